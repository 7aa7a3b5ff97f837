#!/usr/bin/env bash
# Installs the autograder into a virtual environment, the folder .venv beside this file. Nothing outside it is changed.
#
#   ./setup.sh           what marking needs
#   ./setup.sh --dev     also what developing and testing need
#   ./setup.sh --quiet   says nothing when there is nothing to do
#   ./setup.sh --help    this text
#
# Run it as often as you like: it does only what is missing. For a clean start, remove .venv first.
# torch comes as the CPU build (about 200 MB) where PyTorch's own index answers. Another index, or with an empty value
# the ordinary one, whose Linux build is for NVIDIA GPUs (about 3 GB):
#
#   TORCH_INDEX_URL=https://download.pytorch.org/whl/cu130 ./setup.sh

set -euo pipefail
umask 022 # student code runs as another user, who has to be able to read the environment

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
venv=$root/.venv
python=$venv/bin/python
log=$venv/setup.log
stamp=$venv/setup.stamp
gradescope=${AUTOGRADER_ROOT:-/autograder}
mode=plain
quiet=false

say() { printf 'setup: %s\n' "$*"; }

fail() {
    printf 'setup: %s\n' "$*" >&2
    exit 1
}

# All that .venv depends on. Every start of the grader computes this, so no Python is started for it.
fingerprint() {
    [ -x "$python" ] || return 1
    printf '%s\n' "$root"                # scripts and the link to the sources hold absolute paths
    readlink -f "$python" || true        # the system's Python was replaced by another; not on old macOS
    cksum pyproject.toml constraints.txt setup.sh .venv/pyvenv.cfg
}

is_ready() {
    local now
    [ -f "$stamp" ] && now=$(fingerprint 2>/dev/null) || return 1
    case $(<"$stamp") in
        "$now"$'\n'"$mode" | "$now"$'\n'dev) return 0 ;;
        *) return 1 ;;
    esac
}

# One setup at a time in this folder; the lock goes with the process that holds it, however that ends.
lock() {
    if command -v flock >/dev/null; then
        exec 9>"$venv.lock"
        flock -n 9 || { say "another setup is at work here, waiting for it" && flock 9; }
        return
    fi
    # macOS has no flock: a symbolic link is made atomically and can carry the number of its process.
    until ln -sn "$$" "$venv.lock" 2>/dev/null; do
        ps -p "$(readlink "$venv.lock")" >/dev/null 2>&1 || rm -f "$venv.lock"
        sleep 1
    done
    trap 'rm -f "$venv.lock"' EXIT
}

find_python() {
    local name path version found=""
    for name in python3 python3.14 python3.13 python3.12 python3.11 python3.10; do
        path=$(command -v "$name") || continue
        # A name on the PATH need not work: version managers put stand-ins there.
        version=$("$path" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
        case $version in
            3.[0-9] | [012].*) found="$found, $path is $version" ;;
            *) base_python=$path base_version=$version && return ;;
        esac
    done
    found=${found#, }
    fail "Python 3.10 or newer is needed (${found:-there is none here}). Install one, for example from" \
        "https://www.python.org/downloads, and run ./setup.sh again."
}

ensure_venv_module() {
    has_venv() { "$base_python" -c 'import ensurepip, venv' 2>/dev/null; }
    has_venv && return
    if [ -d "$gradescope/source" ] && [ "$EUID" -eq 0 ] && command -v apt-get >/dev/null; then
        say "installing python$base_version-venv"
        export DEBIAN_FRONTEND=noninteractive
        logged apt-get install -y --no-install-recommends "python$base_version-venv" ||
            { logged apt-get update && logged apt-get install -y --no-install-recommends "python$base_version-venv"; } ||
            true
        has_venv && return
        explain "Installing python$base_version-venv"
    fi
    fail "$base_python cannot make virtual environments, its modules venv and ensurepip are missing. On Debian and" \
        "Ubuntu: sudo apt-get install python$base_version-venv. Then run ./setup.sh again."
}

logged() { { "$@"; } >>"$log" 2>&1; } # the braces: bash's own "Killed" goes there too

pip() { logged "$python" -m pip install --no-cache-dir --no-input --disable-pip-version-check "$@"; }

log_has() { grep -qE "$1" "$log"; }

# The end of the log, then one sentence: what failed and what to do about it.
explain() {
    local advice="Run ./setup.sh again; if that fails too, the lines above say why."
    if log_has 'No space left|Disk quota' || [ "$(df -Pk "$venv" | awk 'NR == 2 { print $4 }')" -lt 10240 ]; then
        advice="The disk is full: free about 2 GB here and in ${TMPDIR:-/tmp}, then run ./setup.sh again."
    elif log_has 'Connection|Timeout|timed out|name resolution|unreachable|Max retries|ProxyError|SSLError|No route'; then
        advice="The package index could not be reached: check the network (and https_proxy), then run ./setup.sh again."
    elif log_has 'No matching distribution found for torch'; then
        advice="There is no ${torch:-torch} for Python $base_version on this kind of computer: install another Python, then remove .venv and run ./setup.sh again."
    elif log_has 'Killed|MemoryError'; then
        advice="There was not enough memory: give it 1 GB, then run ./setup.sh again."
    fi
    tail -n 15 "$log" >&2
    fail "$1 failed. $advice (The whole output: $log)"
}

# Any answer will do, even a refusal: pip then finds out. The alarm also ends a name look-up that hangs.
answers() {
    "$python" - "$1/torch/" <<'PYTHON'
import signal, sys, urllib.error, urllib.request
signal.alarm(5)
try:
    urllib.request.urlopen(sys.argv[1]).close()
except urllib.error.HTTPError:
    pass
PYTHON
}

install_torch_for_cpu() {
    local index=""
    [ "$(uname -s)" != Linux ] || index=https://download.pytorch.org/whl/cpu
    index=${TORCH_INDEX_URL-$index}
    torch=$(sed -n 's/^ *"\(torch==[^"]*\)".*/\1/p' pyproject.toml)
    [ -n "$index" ] || return 0
    "$python" -c "from importlib.metadata import version; assert version('torch').split('+')[0] == '${torch#*==}'" \
        2>/dev/null && return
    say "installing $torch from $index"
    # Its dependencies come from the ordinary index with all the others.
    { answers "${index%/}" && pip --no-deps --index-url "$index" "$torch"; } 2>>"$log" ||
        say "not to be had there, taking the ordinary index (on Linux a far larger download)"
}

while [ $# -gt 0 ]; do
    case $1 in
        --dev) mode=dev ;;
        --quiet) quiet=true ;;
        -h | --help) sed -n '2,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" && exit ;;
        *) printf 'setup: no such option: %s (./setup.sh --help shows them)\n' "$1" >&2 && exit 2 ;;
    esac
    shift
done

cd "$root"
if is_ready; then
    $quiet || say "already done, nothing to do"
    exit
fi
[ -w "$root" ] || fail "no right to write in $root: run ./setup.sh as the user to whom that folder belongs."
lock
is_ready && exit # done by the setup we waited for

exec </dev/null # nothing may wait for an answer
unset PYTHONHOME PYTHONPATH PIP_TARGET PIP_PREFIX
export PIP_USER=0
PATH=${PATH//"$venv/bin:"/} # an activated .venv is not the Python to build on
find_python
say "Python $base_version, $base_python"

# Without a stamp the state of .venv is unknown (a setup was interrupted). A stamp that is only out of date (other
# requirements) leaves it in use, unless the Python below it has changed.
if ! { [ -f "$stamp" ] && grep -qxF "$root" "$stamp" && grep -qxF "$(readlink -f "$python")" "$stamp" &&
    "$python" -m pip --version; } >/dev/null 2>&1; then
    rm -rf "$venv"
    mkdir "$venv"
    : >"$log"
    ensure_venv_module
    say "making the virtual environment .venv"
    logged "$base_python" -m venv "$venv" || explain "Making the virtual environment"
fi
rm -f "$stamp"
: >"$log"

install_torch_for_cpu
extra=""
[ $mode = plain ] || extra="[dev,dask]"
say "installing the autograder and the packages it needs"
pip --constraint constraints.txt --editable ".$extra" || explain "Installing the packages"
# The link to the sources is made relative: Python reads it as text in the locale's encoding, and under LC_ALL=C it would
# not start at all in a folder whose name has other letters.
for link in "$venv"/lib/python*/site-packages/_editable_impl_autograder.pth; do
    [ ! -f "$link" ] || echo ../../../.. >"$link"
done
logged "$python" -I -c 'import autograder, torch' || explain "Importing torch"
logged "$python" -m compileall -q autograder || true # a mistake in our own sources is for the tests to find

case $root/ in
    /usr/* | /lib/* | /lib32/* | /lib64/* | /bin/*)
        say "this folder lies where every submission can read, and the reference with it; move it, say to your home"
        ;;
esac

{ fingerprint && printf '%s\n' "$mode"; } >"$stamp.new"
mv "$stamp.new" "$stamp"
say "done in $SECONDS s"
