"""A program finds all of torch, although the parts that take longest are imported only when something needs them."""

import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT
from with_torch import run_script

from autograder.sandbox.host.calls import ProgramFiles
from autograder.sandbox.host.fork_server import PARTS, ForkServer
from autograder.sandbox.host.limits import ProcessLimits
from autograder.sandbox.host.program import SandboxedProgram
from autograder.sandbox.host.protocol import Returned, Text

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each process imports torch")
LIMITS = ProcessLimits(60.0, 20.0, 120.0)
META, DYNAMO, FORWARD, DISTRIBUTED, RANDOM, SYMBOLS = PARTS

SETUP = """
import copy, inspect, io, sys
import torch
from torch import nn

x = torch.tensor([1.0, 2.0])
"""
# What programs do. Each result must be the one of a torch that was imported as usual.
OPTIMIZERS = """
found = {}
for name, kind in sorted(vars(torch.optim).items()):
    if isinstance(kind, type) and name not in ("Optimizer", "Muon", "SparseAdam"):
        torch.manual_seed(0)
        model = nn.Linear(2, 1)
        optimizer = kind(model.parameters())
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1)
        def closure():
            optimizer.zero_grad()
            loss = (model(x) - 1).square().mean()
            loss.backward()
            return loss
        for _ in range(3):
            optimizer.step(closure)
            scheduler.step()
        optimizer.load_state_dict(optimizer.state_dict())
        optimizer.add_param_group({"params": [torch.ones(1, requires_grad=True)]})
        found[name] = (model.weight.tolist(), scheduler.get_last_lr())
"""
CUBE = "f = lambda x: (x**3).sum()\n"
USES = {
    "optimizers": OPTIMIZERS,
    "gradients of functions": CUBE + "found = torch.func.grad(f)(x), torch.func.vjp(f, x)[1](torch.tensor(1.0))",
    "jacobians": "found = [make(lambda x: x**2)(x) for make in (torch.func.jacrev, torch.func.jacfwd)]",
    "hessian": CUBE + "found = torch.func.hessian(f)(x), torch.autograd.functional.hessian(f, x)",
    "vmap": "found = torch.vmap(lambda x: x * 2)(x), torch.func.vmap(torch.sin)(x)",
    "forward mode": CUBE + "found = torch.func.jvp(f, (x,), (x,))",
    "vectorized": "found = torch.autograd.functional.jacobian(lambda x: x**2, x, vectorize=True)",
    "gradcheck": CUBE + "found = torch.autograd.gradcheck(f, (x.double().requires_grad_(),))",
    "functional_call": "net = nn.Linear(2, 1)\nfound = torch.func.functional_call(net, {}, (x,)).shape",
    "recurrent": "found = nn.LSTM(2, 2)(torch.ones(1, 2, 2))[0].shape",
    "transformer": "found = nn.TransformerEncoderLayer(2, 1)(x[None, None]).shape",
    "random numbers": "generator = torch.Generator().manual_seed(3)\n"
    "found = torch.rand(2, generator=generator), type(torch.Generator).__name__",
    "weight norm": "found = nn.utils.parametrizations.weight_norm(nn.Linear(2, 1))(x).shape",
    "script": "found = torch.jit.script(nn.ReLU())(x), torch.jit.trace(nn.ReLU(), x)(x)",
    "symbolic trace": "found = torch.fx.symbolic_trace(nn.ReLU())(x)",
    "averaged": "found = torch.optim.swa_utils.AveragedModel(nn.ReLU())(x)",
    "saved": "file = io.BytesIO()\ntorch.save(nn.Linear(2, 1).state_dict(), file)\nfile.seek(0)\n"
    "found = list(torch.load(file))",
    "compiling": "found = torch.compiler.is_compiling(), torch.compiler.is_dynamo_compiling()",
    "looking around": "found = len(inspect.getsource(nn.Linear)), inspect.getmodule(x), copy.deepcopy(x)",
    "without data": "found = torch.ones(2, 3, device='me' 'ta') @ torch.ones(3, 2, device='me' 'ta')",
    "convolved without data": "found = nn.Conv2d(1, 2, 3, device='meta')(torch.ones(1, 1, 5, 5, device='meta')).shape",
    "checkpoint": "from torch.utils.checkpoint import checkpoint\n"
    "found = checkpoint(torch.sin, x.clone().requires_grad_(), use_reentrant=False).detach()",
    "decompositions": "from torch._decomp import core_aten_decompositions as core\n"
    "found = torch.ops.aten.addcdiv.default in core()",
    "references": "found = torch._refs.where(x > 1, x, 0), len(torch._decomp.decomposition_table)",
    "primitives": "import torch._prims as prims\nfound = prims.sin(x)",
    "what goes in a circle": "from torch.utils._content_store import ContentStoreReader as found",
    "wrappers": "from torch._prims_common.wrappers import out_wrapper\nfound = out_wrapper.__name__",
    "types": "from torch.testing._internal.common_dtype import floating_types\nfound = floating_types()",
    "the parts themselves": "found = torch._meta_registrations.__name__, torch._dynamo.is_compiling()",
    "a part of a part": "import torch._dynamo.config as config\n"
    "found = config.recompile_limit, config is torch._dynamo.config",
    "disabled": "from torch._dynamo import disable\nfound = disable(torch.sin)(x), disable()(lambda x: x + 1)(x)",
    "not compiled": "@torch.compiler.disable\ndef f(x): return x + 1\n"
    "@torch.compiler.disable(recursive=False)\ndef g(x): return x - 1\nfound = f(x), g(x)",
    "a loader": "import torch._refs\nfound = type(torch._refs.__spec__.loader).__name__, torch._refs.__spec__.name",
    "exported": "found = len(list(torch.export.export(nn.Linear(2, 1), (x,)).graph.nodes))",
}  # fmt: skip


@pytest.fixture(scope="module")
def as_usual(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each use gives in a process that has imported torch as usual."""
    script = tmp_path_factory.mktemp("usual") / "usual.py"
    lines = [f"space = {{}}\nexec({SETUP + body!r}, space)\nprint([{name!r}, repr(space['found'])])"
             for name, body in USES.items()]  # fmt: skip
    script.write_text("\n".join(lines))
    return dict(eval(line) for line in run_script(script).stdout.splitlines())


# What imports hundreds of modules when it is first used.
MOST_IMPORTED = 12  # modules, in a few milliseconds
FIRST_USES = {
    "forward mode": "torch.func.jvp(lambda x: torch.relu(x * 2) ** 2, (x,), (x,))",
    "dual": "import torch.autograd.forward_ad as ad\nwith ad.dual_level(): ad.make_dual(x, x) ** 2",
    "jacobian": "torch.func.jacrev(lambda x: x**2)(x)",
    "jacobian forward": "torch.func.jacfwd(lambda x: x**2)(x)",
    "hessian": "torch.func.hessian(lambda x: (x**3).sum())(x)",
    "linearized": "torch.func.linearize(lambda x: x**2, x)",
    "products": "torch.autograd.functional.hvp(lambda x: (x**3).sum(), x, x)",
    "products before": "torch.autograd.functional.vhp(lambda x: (x**3).sum(), x, x)",
    "vectorized": "torch.autograd.functional.jacobian(lambda x: x**2, x, vectorize=True)",
    "batched": "y = x.clone().requires_grad_()\ntorch.autograd.grad(y**2, y, torch.eye(2), is_grads_batched=True)",
    "gradcheck": "torch.autograd.gradcheck(lambda x: x**2, x.double().requires_grad_())",
    "twice": "torch.autograd.gradgradcheck(lambda x: x**2, x.double().requires_grad_())",
    "random numbers": "import numpy as np\nnp.random.seed(0)\nnp.random.randn(3)",
    "optimizer": "torch.optim.Adam([x.clone().requires_grad_()]).step()",
    "close": "torch.testing.assert_close(x, x)",
    "profiler": "with torch.profiler.profile(): x * 2",
    "checkpoint": "from torch.utils.checkpoint import checkpoint\ncheckpoint(torch.sin, x, use_reentrant=False)",
}


def answer(server: ForkServer, body: str) -> str:
    text = f"{SETUP}\n\ndef f():\n{textwrap.indent(body, '    ')}\n    return repr(found)\n"
    with SandboxedProgram(server, ProgramFiles("Lab4.py", (text,)), LIMITS, "Lab4") as program:
        verdict = program.call("f", {}).verdict
    assert isinstance(verdict, Returned)
    assert isinstance(verdict.value, Text)
    return verdict.value.value


class Unasked(ForkServer):
    """A server that is not asked for a part that a program mentions: it has to come by itself."""

    def import_parts(self, text: bytes) -> None:
        pass


@pytest.fixture(scope="module")
def fresh() -> Iterator[ForkServer]:
    """A server in which no program has asked for any part."""
    with Unasked() as started:
        yield started


@pytest.mark.parametrize("name", [name for name in USES if name != "convolved without data"])
def test_what_a_program_does_gives_what_it_gives_elsewhere(
    fresh: ForkServer, as_usual: dict[str, str], name: str
) -> None:
    assert answer(fresh, USES[name]) == as_usual[name][:500]


# Each in a process of its own that has only what its text asks for. Prints how many modules it imports.
IN_TURN = """
import os, sys
from autograder.sandbox.child import lean_torch
lean_torch.load()
for parts, body in {uses!r}:
    sys.stdout.flush()
    if not os.fork():
        for part in parts:
            lean_torch.load_part(part)
        before = len(sys.modules)
        exec(body, {{}})
        print(len(sys.modules) - before, flush=True)
        os._exit(0)
    os.wait()
"""


@pytest.mark.long
def test_what_imports_much_finds_it_imported() -> None:
    """Each process of a class would import it again."""
    bodies = [SETUP + body for body in FIRST_USES.values()]
    uses = [([part for part, needed in PARTS.items() if needed.search(body.encode())], body) for body in bodies]
    ran = subprocess.run(
        [sys.executable, "-c", IN_TURN.format(uses=uses)], capture_output=True, text=True, cwd=ROOT, timeout=120
    )
    imported = dict(zip(FIRST_USES, map(int, ran.stdout.split()), strict=True))
    assert {name: count for name, count in imported.items() if count > MOST_IMPORTED} == {}


def test_each_process_has_random_numbers_of_its_own(server: ForkServer) -> None:
    """Else students who forgot a seed would have equal wrong numbers, as if one had copied from the other."""
    body = "import numpy as np, random\nfound = np.random.rand(), np.random.default_rng().random(), random.random()"
    first, second = (eval(answer(server, body)) for _ in range(2))
    assert all(one != two for one, two in zip(first, second, strict=True))


def test_what_needs_a_part_that_is_mentioned(as_usual: dict[str, str]) -> None:
    with ForkServer() as server:
        assert answer(server, USES["convolved without data"]) == as_usual["convolved without data"]


# What a program could notice of META: all that torch's dispatcher knows, but for tensors without data, and for Macs,
# where torch is imported as usual; and some more.
NOTICED = """
import gc
gc.disable()
from autograder.sandbox.child import lean_torch
lean_torch.load()
import torch

def noticed():
    found = {name: torch._C._dispatch_dump(name) for name in torch._C._dispatch_get_all_op_names()}
    kernels = {name: [line.split()[0] for line in dump.splitlines() if not line.startswith(("Meta", "MPS"))]
               for name, dump in found.items() if not name.startswith(("prims::", "debugprims::", "rngprims::"))}
    return kernels, sorted(vars(torch.Tensor)), sorted(vars(torch.nn.functional)), type(torch.Generator)

before = noticed()
lean_torch.load_part(lean_torch.META)
after = noticed()
print(len(before[0]), before == after)
"""  # fmt: skip


def test_nothing_is_different_without_the_part_but_tensors_without_data() -> None:
    ran = subprocess.run([sys.executable, "-c", NOTICED], capture_output=True, text=True, cwd=ROOT, timeout=120)
    operations, same = ran.stdout.split()
    assert int(operations) > 3000
    assert same == "True"


IMPORTED = (
    f"found = {META!r} in sys.modules, hasattr(sys.modules[{DYNAMO!r}], '__version__') or len(vars(torch._dynamo)) > 30"
)


@pytest.mark.parametrize(
    ("body", "imported"),
    [
        ("", (False, False)),
        ("torch.optim.SGD([x.requires_grad_()], lr=0.1).step()", (False, False)),
        ("torch.func.grad(torch.sin)(x[0])", (False, False)),
        ("for module in list(sys.modules.values()): hasattr(module, '__file__')", (False, False)),
        ("torch.func.jvp(torch.sin, (x,), (x,))", (True, False)),
        ("torch._dynamo.reset()", (True, True)),
    ],
)
def test_a_part_is_imported_when_it_is_needed(fresh: ForkServer, body: str, imported: tuple[bool, bool]) -> None:
    assert answer(fresh, f"{body}\n{IMPORTED}") == repr(imported)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("import torch\ntorch.optim.SGD([w], lr=0.1)", []),
        ("re.compile('x'); torch.compile(f); # checkpoint", []),
        ("x.to('meta')", [META]),
        ("from torch.func import vmap", [META]),
        ("from torch.func import hessian", [META]),
        ("torch.autograd.functional.hessian(f, x)", [META, FORWARD, SYMBOLS]),
        ("jacobian(f, x, vectorize=True)", [SYMBOLS]),
        ("np.vectorize(f)  # as gradcheck, linearized", []),
        ("import torch._dynamo", [DYNAMO]),
        ("from torch.utils.checkpoint import checkpoint", [DYNAMO]),
        ("torch.testing.assert_close(x, y)", [DISTRIBUTED]),
        ("torch.autograd.gradcheck(f, x)", [SYMBOLS]),
        ("np.random.seed(0)", [RANDOM]),
        ("import random", []),
    ],
)
def test_which_parts_a_program_needs(
    server: ForkServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, parts: list[str]
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(ForkServer, "import_module", lambda self, module: asked.append(module))
    for name in ("helper.py", "settings.json"):
        files = ProgramFiles("Lab4.py", ("import helper",), ((name, text.encode()),))
        SandboxedProgram(server, files, LIMITS, "Lab4").close()
    assert asked == parts * 2
