"""Which parameter of a student's function gets which value."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from autograder.sandbox.child.arguments import SignatureProblem, arguments, matched

INPUTS = {"x": 1.0, "w": 2.0}
SETTINGS = {"lr": 0.1, "n_epochs": 5}
ALL = {**INPUTS, **SETTINGS}


def made(signature: str) -> Callable[..., Any]:
    """A function that returns what its parameters are given."""
    space: dict[str, Any] = {}
    exec(f"def f({signature}): return locals()", space)
    return space["f"]  # type: ignore[no-any-return]


def received(signature: str, device: str | None = "cpu") -> dict[str, Any]:
    function = made(signature)
    args, kwargs, _ = arguments(function, INPUTS, SETTINGS, device)
    return function(*args, **kwargs)  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("signature", "more"),
    [
        ("x, w, lr, n_epochs", {}),
        ("w, n_epochs, x, lr", {}),
        ("x, w, lr, n_epochs, device", {"device": "cpu"}),
        ("device, x, w, lr, n_epochs", {"device": "cpu"}),
        ("x, w, device, lr=1, n_epochs=2", {"device": "cpu"}),
        ("x, w, lr, n_epochs, device=None", {"device": "cpu"}),
        ("x, w, lr, n_epochs, *, device", {"device": "cpu"}),
        ("x, w, lr, n_epochs, where", {"where": "cpu"}),
        ("x, w, lr, n_epochs, where=3", {"where": 3}),
        ("x, w, verbose=False, lr=0, n_epochs=0", {"verbose": False}),
        ("w, x, lr, *, n_epochs", {}),
        ("*, x, n_epochs, w, lr", {}),
        ("w, x, /, n_epochs, lr", {}),
        ("w, x, lr, device, /, n_epochs", {"device": "cpu"}),
        ("w, x, more=0, /, *, n_epochs, lr", {"more": 0}),
        ("x, w, lr, n_epochs, **more", {"more": {}}),
    ],
)
def test_every_parameter_gets_the_value_of_its_name(signature: str, more: dict[str, Any]) -> None:
    assert received(signature) == {**ALL, **more}
    if "device" not in signature and "where," not in signature and not signature.endswith("where"):
        assert received(signature, None) == {**ALL, **more}


def test_extra_values_go_to_star_args() -> None:
    assert received("*args") == {"args": (1.0, 2.0, 0.1, 5)}
    assert received("x, *args, device") == {"x": 1.0, "args": (2.0, 0.1, 5), "device": "cpu"}
    assert received("x, *args, lr") == {"x": 1.0, "args": (2.0, 5), "lr": 0.1}
    assert received("**all") == {"all": ALL}
    assert received("lr, **rest") == {"lr": 0.1, "rest": {"x": 1.0, "w": 2.0, "n_epochs": 5}}
    assert arguments(max, INPUTS, SETTINGS, "cpu").args == list(ALL.values())


@pytest.mark.parametrize(
    ("own", "asked"),
    [
        ("W X", "w x"),
        ("w_ x_", "w x"),
        ("weight x", "w x"),
        ("data weight", "x w"),
        ("a b", "x w"),
        ("weight feature learningRate num_epochs", "w x lr n_epochs"),
        ("epochs rate x w", "n_epochs lr x w"),
    ],
)
def test_a_name_like_the_one_asked_for_is_that(own: str, asked: str) -> None:
    assert list(matched(list(ALL), own.split()).items())[:4] == list(zip(own.split(), asked.split(), strict=True))


def test_numbers_in_names_tell_parameters_apart() -> None:
    asked = ["x1", "w1", "w2", "y"]
    for own in (["w_1", "w_2", "x", "y"], ["weight1", "weight2", "x1", "target"], ["weight_1", "weight_2", "x", "y"]):
        assert list(matched(asked, own).values()) == ["w1", "w2", "x1", "y"]
    assert list(matched(asked, ["a", "b", "c", "d"]).values()) == asked


@pytest.mark.parametrize(
    ("signature", "sentence"),
    [
        ("", "it has to take 4 inputs and takes 0 (none)"),
        ("x, lr", "it has to take 4 inputs and takes 2 (x, lr)"),
        ("x, lr, device", "it has to take 4 inputs and takes 2 (x, lr)"),
        ("x, w, *, lr", "it has to take 4 inputs and takes 3 (x, w, lr)"),
    ],
)
def test_too_few_parameters_are_counted(signature: str, sentence: str) -> None:
    with pytest.raises(SignatureProblem) as caught:
        arguments(made(signature), INPUTS, SETTINGS, "cpu")
    assert str(caught.value) == sentence


def test_another_order_and_other_names_are_said() -> None:
    said = {
        "x, w, lr, n_epochs, device": "",
        "w, x, lr, n_epochs": "because their order is another one than asked for (w, x, lr, n_epochs)",
        "a, b, lr, n_epochs": "because its parameters have other names than asked for (a = x, b = w, lr, n_epochs)",
        "x, weight, learning_rate, epochs": "",
    }
    for signature, words in said.items():
        note = arguments(made(signature), INPUTS, SETTINGS, "cpu").note
        assert words in note
        assert bool(words) == bool(note)


def test_a_function_is_looked_at_once_and_another_callable_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[object] = []
    signature = inspect.signature

    def counted(function: Callable[..., Any]) -> inspect.Signature:
        looked.append(function)
        return signature(function)

    monkeypatch.setattr(inspect, "signature", counted)
    function, other = made("w, x"), made("x, w")
    for _ in range(3):
        assert arguments(function, INPUTS, {}, None).args == [2.0, 1.0]
        assert arguments(other, INPUTS, {}, None).args == [1.0, 2.0]
    assert looked == [function, other]

    class Callables:
        __hash__ = None  # type: ignore[assignment]

        def __call__(self, x: float, w: float) -> None: ...

    for _ in range(2):
        assert arguments(Callables(), INPUTS, {}, None).args == [1.0, 2.0]
    assert len(looked) == 4
