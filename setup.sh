#!/usr/bin/env bash
# Installs the autograder into a virtual environment, the folder .venv beside this file, and changes nothing else.
#
#   ./setup.sh           what grading needs, and, except on Gradescope, `autograder watch`
#   ./setup.sh --dev     also what developing and testing need
#   ./setup.sh --quiet   prints nothing if there is nothing to do
#   ./setup.sh --help    prints this text
#
# Run it as often as you like: it installs only what is missing. For a clean start, remove .venv first.
# torch is PyTorch's CPU build (about 200 MB), if PyTorch's own index can be reached. TORCH_INDEX_URL names another
# index; an empty value means the default index, whose Linux build is for NVIDIA GPUs (about 3 GB):
#
#   TORCH_INDEX_URL=https://download.pytorch.org/whl/cu130 ./setup.sh

set -euo pipefail
umask 022 # student code runs as another user, who must be able to read the environment

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

# Everything that .venv depends on. Every run of the grader computes this, so it must not start Python.
fingerprint() {
    [ -x "$python" ] || return 1
    printf '%s\n' "$root"                # scripts and the link to the sources contain absolute paths
    readlink -f "$python" || true        # the system's Python may have been replaced; fails on old macOS
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

# One setup at a time in this folder. The lock is released when the process that holds it ends, for whatever reason.
lock() {
    if command -v flock >/dev/null; then
        exec 9>"$venv.lock"
        flock -n 9 || { say "waiting for another setup that is running here" && flock 9; }
        return
    fi
    # macOS has no flock: a symbolic link is made atomically, and its target can be the ID of our process.
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
        # A name on the PATH may not work: version managers put placeholders there.
        version=$("$path" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
        case $version in
            3.[0-9] | [012].*) found="$found, $path is $version" ;;
            *) base_python=$path base_version=$version && return ;;
        esac
    done
    found=${found#, }
    fail "Python 3.10 or newer is needed (${found:-none was found}). Install it, for example from" \
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
    fail "$base_python cannot create virtual environments: its modules venv and ensurepip are missing. On Debian and" \
        "Ubuntu: sudo apt-get install python$base_version-venv. Then run ./setup.sh again."
}

logged() { { "$@"; } >>"$log" 2>&1; } # the braces: bash's own "Killed" goes to the log too

pip() { logged "$python" -m pip install --no-cache-dir --no-input --disable-pip-version-check "$@"; }

log_has() { grep -qE "$1" "$log"; }

# Prints the end of the log, then one sentence: what failed and what to do about it.
explain() {
    local advice="Run ./setup.sh again; if it fails again, the lines above say why."
    if log_has 'No space left|Disk quota' || [ "$(df -Pk "$venv" | awk 'NR == 2 { print $4 }')" -lt 10240 ]; then
        advice="The disk is full: free about 2 GB here and in ${TMPDIR:-/tmp}, then run ./setup.sh again."
    elif log_has 'Connection|Timeout|timed out|name resolution|unreachable|Max retries|ProxyError|SSLError|No route'; then
        advice="The package index could not be reached: check the network (and https_proxy), then run ./setup.sh again."
    elif log_has 'No matching distribution found for torch'; then
        advice="There is no ${torch:-torch} for Python $base_version on this kind of computer: install another Python version, then remove .venv and run ./setup.sh again."
    elif log_has 'Killed|MemoryError'; then
        advice="There was not enough memory: make 1 GB available, then run ./setup.sh again."
    fi
    tail -n 15 "$log" >&2
    fail "$1 failed. $advice (Full output: $log)"
}

# Whether an index answers. Any answer will do, even an HTTP error: pip then finds out. The alarm also ends a DNS lookup
# that hangs.
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
    # Its dependencies are installed later, from the default index, with all other packages.
    { answers "${index%/}" && pip --no-deps --index-url "$index" "$torch"; } 2>>"$log" ||
        say "not available there, using the default index (on Linux a much larger download)"
}

while [ $# -gt 0 ]; do
    case $1 in
        --dev) mode=dev ;;
        --quiet) quiet=true ;;
        -h | --help) sed -n '2,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" && exit ;;
        *) printf 'setup: unknown option: %s (./setup.sh --help lists all)\n' "$1" >&2 && exit 2 ;;
    esac
    shift
done

cd "$root"
if is_ready; then
    $quiet || say "already done, nothing to do"
    exit
fi
[ -w "$root" ] || fail "cannot write to $root: run ./setup.sh as the user who owns that folder."
lock
is_ready && exit # the setup that we waited for has done it

exec </dev/null # nothing may wait for input
unset PYTHONHOME PYTHONPATH PIP_TARGET PIP_PREFIX
export PIP_USER=0
PATH=${PATH//"$venv/bin:"/} # do not build on the Python of an activated .venv
find_python
say "Python $base_version, $base_python"

# Without a stamp, the state of .venv is unknown (a setup was interrupted), so it is made again. If the stamp is only out
# of date (other requirements), .venv is kept, unless its Python has changed.
if ! { [ -f "$stamp" ] && grep -qxF "$root" "$stamp" && grep -qxF "$(readlink -f "$python")" "$stamp" &&
    "$python" -m pip --version; } >/dev/null 2>&1; then
    rm -rf "$venv"
    mkdir "$venv"
    : >"$log"
    ensure_venv_module
    say "creating the virtual environment .venv"
    logged "$base_python" -m venv "$venv" || explain "Creating the virtual environment"
fi
rm -f "$stamp"
: >"$log"

install_torch_for_cpu
extra="[watch]"
[ ! -d "$gradescope/source" ] || extra="" # nobody watches there
[ $mode = plain ] || extra="[dev,dask,watch]"
say "installing the autograder and the packages it needs"
pip --constraint constraints.txt --editable ".$extra" || explain "Installing the packages"
# The link to the sources is made relative: Python reads it as text in the locale's encoding, and with LC_ALL=C it would
# not start at all in a folder whose name has non-ASCII letters.
for link in "$venv"/lib/python*/site-packages/_editable_impl_autograder.pth; do
    [ ! -f "$link" ] || echo ../../../.. >"$link"
done
logged "$python" -I -c 'import autograder, torch' || explain "Importing torch"
logged "$python" -m compileall -q autograder || true # errors in our own sources are found by the tests

case $root/ in
    /usr/* | /lib/* | /lib32/* | /lib64/* | /bin/*)
        say "every submission can read this folder, with the reference; move it, for example to your home"
        ;;
esac

{ fingerprint && printf '%s\n' "$mode"; } >"$stamp.new"
mv "$stamp.new" "$stamp"
say "done in $SECONDS s"
