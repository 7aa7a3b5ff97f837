"""Device bugs are found without a GPU, and right code has none, however it is written."""

from collections.abc import Callable

import pytest

from autograder.sandbox.host.calls import ProgramFiles
from autograder.sandbox.host.fork_server import ForkServer
from autograder.sandbox.host.limits import ProcessLimits
from autograder.sandbox.host.process import Ended, TimedOut
from autograder.sandbox.host.program import SandboxedProgram
from autograder.sandbox.host.protocol import DeviceBug, DeviceBugs, Returned

Make = Callable[..., SandboxedProgram]
INPUTS = {"x": 4.0137, "w": 0.5274}


def found(make: Make, body: str) -> DeviceBugs:
    """What is found in a function f(x, w, device) with this body."""
    lines = "".join(f"    {line}\n" for line in body.strip().splitlines())
    handle = make(f"import torch\n\ndef f(x, w, device='cpu'):\n{lines}")
    bugs = handle.device_bugs("f", INPUTS, {})
    assert isinstance(bugs, DeviceBugs)
    return bugs


BOTH = """
x = torch.tensor(x, device=device)
w = torch.tensor(w, device=device, requires_grad=True)
"""
GRADIENT = """
(x * w).sum().backward()
return w.grad.sum().item()
"""
RIGHT = {
    "the device if there is one": "device = torch.device(device if torch.cuda.is_available() else 'cpu')" + BOTH,
    "the CPU where there is no CUDA": "if device == 'cuda' and not torch.cuda.is_available(): device = 'cpu'" + BOTH,
    "cuda where that is asked for": """
x, w = torch.tensor(x), torch.tensor(w)
if device == "cuda":
    torch.cuda.synchronize()
    x, w = x.cuda(), w.cuda()
w.requires_grad_()
""",
    "made beside another": BOTH + "x = x + torch.zeros_like(w) + torch.tensor(0.0, device=w.device) + w.new_zeros(())",
    "moved to where another is": BOTH + "x = (x.cpu() * 1).to(w)",
    "moved to the type of another": BOTH + "x = torch.tensor([3.0]).type_as(w) * x",
    "numbers in torch.func": """
w = torch.tensor([w], device=device)
value = torch.vmap(torch.func.grad(lambda v: (x * v - 3.5) ** 2))(w).item()
value += torch.func.jacrev(lambda v: ((x - v) ** 2).sum())(w).sum().item()
x, w = torch.tensor(x, device=device), torch.tensor(value, device=device, requires_grad=True)
""",
    "copied": BOTH + "import copy\nx = copy.deepcopy(x)",
    "in the context of a device": """
with torch.device(device):
    x, w = torch.tensor(x), torch.tensor(w, requires_grad=True)
""",
    "weights assigned anew": BOTH + "for _ in range(9):\n    w.data = w.data - 0.1 * x",
    "a default device": "torch.set_default_device(device)\nx, w = torch.tensor(x), torch.tensor(w, requires_grad=True)",
    "a master weight on the CPU": """
w0 = torch.tensor(w, requires_grad=True)
x = torch.tensor(x, device=device)
(x * w0.to(device)).backward()
with torch.no_grad():
    w0 -= 0.1 * w0.grad
w = w0.detach().to(device).requires_grad_()
""",
    "a history on the CPU": BOTH + "history = torch.zeros(3)\nhistory[0] = (x * w).detach()\nhistory += 1",
    "a history with its graph": BOTH + """
history = torch.zeros(2)
for number in range(2):
    history[number] = x * w
(history * torch.ones(2)).sum().backward(retain_graph=True)
history[1:].backward(torch.ones(1))
w.grad = None
""",
    "a history that is filled": BOTH + "history = torch.zeros(2)\nfor each in range(2): history[each].fill_(x * w)",
    "a history computed with": BOTH + "history = torch.zeros(2)\nhistory[0] = w.detach()\nx = x + w - history[0]",
    "a history on the device": BOTH + "history = w.new_zeros(2)\nhistory[:1] = torch.tensor(3.0)\nhistory[1] = x * w",
    "a history that grows": BOTH + """
history = torch.tensor([], device=device)
for _ in range(2):
    history = torch.cat([history, x.view(1)])
""",
    "moved while it is empty": BOTH + "torch.cat([torch.empty(0).to(device), x.view(1)])",
    "no element is left": BOTH + "rest = w.view(1)\nx = torch.cat([rest[rest > 9], x.view(1)])",
    "as a tensor on the CPU": BOTH + """
for move in (torch.as_tensor, torch.asarray):
    move(x, device="cpu").numpy()
    move(x, device=torch.device("cpu")).numpy()
""",
    "as a tensor on the device": """
x = torch.as_tensor(torch.tensor([x]), device=device)
w = torch.asarray(w, device=device, requires_grad=True)
""",
    "NumPy with force": BOTH + "(x * w).numpy(force=True)",
    "like another, on the CPU": BOTH + "torch.zeros_like(x, device='cpu').numpy()\nx.new_ones(2, device='cpu').numpy()",
    "the CPU in spite of a default": """
torch.set_default_device(device)
x, w = torch.tensor(x), torch.tensor(w, requires_grad=True)
torch.zeros(2, device="cpu").numpy()
""",
    "made by a function of torch": BOTH + "x = x * torch.nn.functional.one_hot(torch.tensor([1], device=device), 2)",
    "torch.func": BOTH + """
f = torch.func.grad(lambda v: (x * v * torch.tensor([1.0], device=v.device)).sum())
f(w.detach()).item()
""",
    "back on the CPU": BOTH + "loss = (x * w).cpu()\n(loss + torch.ones(1)).sum().backward()\nw.grad = None",
    "a constant": BOTH + "x = torch.maximum(x, torch.tensor(0.0)) * torch.tensor(2.0)",
    "values decide": BOTH + "while w > 0.1:\n    w = (w / 2).detach().requires_grad_()",
    "asked where it is": BOTH + "assert x.is_cuda or x.device.type == device",
    "printed": BOTH + "print(f'{w:.3f} {float(x)} {w}', x.tolist(), (x * w).detach().cpu().numpy())",
    "a parameter": "x = torch.tensor(x, device=device)\nw = torch.nn.Parameter(torch.tensor(w, device=device))",
    "an optimizer": BOTH + "o = torch.optim.Adam([w])\n(x * w).backward()\no.step()\no.zero_grad()\n",
    "clipping": BOTH + "(x * w).backward()\ntorch.nn.utils.clip_grad_norm_([w], 1.0)\nw.grad = None",
}  # fmt: skip


@pytest.mark.parametrize("body", RIGHT.values(), ids=RIGHT)
def test_right_code_has_no_device_bug(student: Make, body: str) -> None:
    assert found(student, body + "\n" + GRADIENT.strip()) == DeviceBugs([], "")


@pytest.mark.parametrize(
    ("body", "bug"),
    [
        (BOTH.replace("x, device=device", "x"), DeviceBug("cpu", 0, 1, 4)),
        ("w = torch.tensor([w])\nx = torch.tensor(x, device=device)\nreturn w * x", DeviceBug("cpu", 1, 1, 4)),
        ("w = torch.tensor([w, 1.0])\nreturn w * torch.tensor(x).to(device)", DeviceBug("cpu", None, 1, 4)),
        (
            "w = torch.tensor(w, requires_grad=True).to(device)\nreturn (x * w).sum(), w.grad",
            DeviceBug("leaf", 1, 1, 4),
        ),
        ("w = torch.tensor(w, device=device)\nimport numpy\nreturn numpy.asarray(w)", DeviceBug("numpy", None, 1, 6)),
        ("w = torch.tensor(w).cuda()\nreturn w * x", DeviceBug("cuda", None, 1, 4)),
        ("x = torch.empty(0)\nreturn torch.cat([x, torch.tensor([w], device=device)])", DeviceBug("cpu", None, 1, 4)),
        ("w = torch.tensor([w], device=device)\nx = torch.asarray([x])\nreturn w * x", DeviceBug("cpu", 0, 1, 5)),
        (
            "x = torch.tensor([[x]], device=device)\nlinear = torch.nn.Linear(1, 1)\n"
            "linear.weight.data.copy_(x)\nreturn linear(x)",
            DeviceBug("cpu", 0, 1, 5),
        ),
    ],
)
def test_a_device_bug_is_found_with_its_input_and_its_line(student: Make, body: str, bug: DeviceBug) -> None:
    assert found(student, body + "\n" + GRADIENT.strip()).bugs[0] == bug


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("return x * w", "device unused"),
        ("raise ValueError", "raised"),
        ("class E(Exception):\n  def __str__(self): raise self\nraise E", "raised"),
    ],
)
def test_what_cannot_be_told_is_not_decided(student: Make, body: str, why: str) -> None:
    assert found(student, body) == DeviceBugs([], why)  # type: ignore[arg-type]
    assert student("def f(x, w): return x").device_bugs("f", INPUTS, {}) == DeviceBugs([], "no device")


@pytest.mark.parametrize(("body", "what"), [("import os; os._exit(1)", Ended), ("while True: pass", TimedOut)])
def test_hanging_function_is_reported(student: Make, body: str, what: type) -> None:
    handle = student(f"def f(x, w, device):\n    {body}\ndef g(x, w, device): return x", call=1.0)
    assert isinstance(handle.device_bugs("f", INPUTS, {}), what)
    assert handle.device_bugs("g", INPUTS, {}) == DeviceBugs([], "device unused")


def test_earlier_calls_cannot_choose_device_findings(student: Make) -> None:
    """The bugs' lines are shown, and so they would tell the inputs of calls that are hidden."""
    text = """
import os, torch
seen = []
def f(x, w, device="cpu"):
    if device == "cpu":
        seen.append(x)
        open("seen", "w").write("x")
    left = seen or os.path.exists("seen")
    one = torch.tensor(x, device="cpu" if left else device, requires_grad=True)
    (one * torch.tensor(w, device=device)).backward()
    return one.grad
"""
    handle = student(text)
    assert isinstance(handle.call("f", INPUTS).verdict, Returned)
    assert handle.device_bugs("f", INPUTS, {}) == DeviceBugs([], "")


def test_device_bugs_leave_torch_unchanged() -> None:
    body = BOTH + "torch.set_default_device(device)\n" + GRADIENT.strip()
    lines = "".join(f"    {line}\n" for line in body.strip().splitlines())
    text = f"""
import sys, torch
def f(x, w, device="cpu"):
{lines}
def g(x):
    modes = torch._C._len_torch_function_stack() + torch._C._len_torch_dispatch_stack()
    return [modes, "torch._dynamo.config" in sys.modules, torch.cuda.is_available(), torch.ones(1).device.type]
"""
    limits = ProcessLimits(9.0, 20.0, 60.0)
    with ForkServer() as fresh, SandboxedProgram(fresh, ProgramFiles("Lab4.py", (text,)), limits, "Lab4") as handle:
        before = handle.call("g", {"x": 1.0}).verdict
        assert handle.device_bugs("f", INPUTS, {}) == DeviceBugs([], "")
        after = handle.call("g", {"x": 2.0}).verdict
    assert isinstance(after, Returned)
    assert before == after
