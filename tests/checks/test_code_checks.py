"""What checks of code earn and say, for functions whose results are written here: values, gradients, training."""

import math
from collections.abc import Callable

import pytest
from in_process import Function, Numbers, context, outcome, right, value

from autograder.checks.follow_through import explained
from autograder.outcome import Finding, Outcome
from autograder.sandbox.host.calls import NotRun
from autograder.sandbox.host.process import TimedOut
from autograder.sandbox.host.protocol import Failure, Raised, Returned, Strange, Text

FORWARD, BACKWARD, CHECKED = right("fnn_forward"), right("fnn_gradients"), right("fnn_check_result")


def but(function: Function, **instead: object) -> Function:
    """A function with other results: a number, None, or what is made of all right results and the inputs."""

    def call(inputs: Numbers, settings: Numbers) -> object:
        results = function(inputs, settings)
        assert isinstance(results, dict)
        changed = {name: new(results, inputs) if callable(new) else new for name, new in instead.items()}
        return {name: each for name, each in {**results, **changed}.items() if each != "left out"}

    return call


def loop(
    factor: Callable[[int], float] = lambda epoch: 1.0,
    rounds: Callable[[int], int] = lambda n: n,
    keep: Callable[[list[float]], object] = lambda losses: losses,
    give: Callable[[float, object], object] = lambda w, losses: (w, losses),
    *,
    after: bool = False,
    one_more: bool = False,
) -> Function:
    """A training loop. factor: what each update is multiplied by; after: losses are taken after the update."""

    def call(inputs: Numbers, settings: Numbers) -> object:
        x, y, w, losses = inputs["x"], inputs["y"], inputs["w"], []
        for epoch in range(rounds(int(settings["n_epochs"]))):
            before = (x * w - y) ** 2
            w -= factor(epoch) * settings["lr"] * 2 * x * (x * w - y)
            losses.append((x * w - y) ** 2 if after else before)
        return give(w, keep([*losses, (x * w - y) ** 2] if one_more else losses))

    return call


def raising(type: str, message: str = "") -> Function:
    return lambda inputs, settings: Raised(Failure(type, message, 3, "Lab4.py", "x = y"))


FUNCTIONS: dict[str, Function] = {
    "right": FORWARD,
    "sign": but(FORWARD, s=lambda right, at: -right["s"]),
    "first slip": but(
        FORWARD, m2=lambda right, at: 1.3 * right["m2"], y_hat=lambda right, at: 1 / (1 + math.exp(-1.3 * right["m2"]))
    ),
    "missing": but(FORWARD, loss="left out"),
    "middle": but(FORWARD, y_hat=lambda right, at: right["y_hat"] + 0.3),
    "last": but(FORWARD, loss=lambda right, at: right["loss"] + 0.15 * at["x1"] ** 0.5),
    "sometimes": but(FORWARD, m1=lambda right, at: right["m1"] + (0.25 if at["y"] < 0 else 0)),
    "fixed": but(FORWARD, r=0.5),
    "close": but(FORWARD, loss=lambda right, at: 1.01 * right["loss"]),
    "infinite": but(FORWARD, loss=math.inf),
    "text": lambda at, _: Text("secret"),
    "too few": lambda at, _: (1.0, 2.0),
    "too many": lambda at, _: (*FORWARD(at, _).values(), 7.0),  # type: ignore[attr-defined]
    "nothing": lambda at, _: None,
    "slow": lambda at, _: TimedOut(2.0) if at["y"] > 0 else FORWARD(at, _),
    "raises": raising("ZeroDivisionError", "division by zero"),
    "own": raising("Secret", "4.2"),
    "gradients": BACKWARD,
    "none": but(BACKWARD, dr_dm1=None),
    "dw1": but(BACKWARD, dloss_dw1=lambda right, at: right["dloss_dw1"] + 0.3),
    "dw2": but(BACKWARD, dloss_dw2=lambda right, at: right["dloss_dw2"] + 0.3),
    "partial": but(BACKWARD, dm2_dr=lambda right, at: right["dm2_dr"] + 0.3),
    "by autograd": lambda at, _: Returned(value(BACKWARD(at, _)), autograd=True),
    "by hand": CHECKED,
    "as asked": lambda at, _: Returned(value(CHECKED(at, _)), autograd=True),
    "other loss": but(CHECKED, loss=lambda right, at: right["loss"] + 0.15 * at["x1"] ** 0.5),
    "fixed loss": but(CHECKED, loss=0.5),
    "loss not called": but(CHECKED, loss=Strange("a function or method that was not called")),
    "other dw1": but(CHECKED, dloss_dw1=lambda right, at: right["dloss_dw1"] + 0.3),
    "loop": loop(),
    "one more": loop(one_more=True),
    "after": loop(after=True),
    "after and double": loop(lambda epoch: 2.0, after=True),
    "short": loop(rounds=lambda n: n - 1),
    "long": loop(keep=lambda losses: [9.0, 9.0, *losses]),
    "last only": loop(keep=lambda losses: losses[-1:]),
    "first two": loop(keep=lambda losses: losses[:2]),
    "half": loop(keep=lambda losses: [each / 2 for each in losses]),
    "twice": loop(keep=lambda losses: [2 * losses[0], *losses[:-1]]),
    "shifted": loop(keep=lambda losses: [0.37 * n + each for n, each in enumerate(losses, 1)]),
    "same": loop(keep=lambda losses: [losses[0]] * len(losses)),
    "same but first": loop(lambda epoch: 0.0 if epoch else 1.0),
    "up": loop(lambda epoch: -1.0),
    "odd": loop(lambda epoch: -1.7 - 0.3 * epoch),
    "later": loop(lambda epoch: 1.0 if epoch < 3 else 3.0),
    "near": loop(keep=lambda losses: [1.01 * each for each in losses]),
    "weight": loop(give=lambda w, losses: (w + 1, losses)),
    "weight near": loop(give=lambda w, losses: (1.01 * w, losses)),
    "weight alone": loop(give=lambda w, losses: w),
    "losses alone": loop(give=lambda w, losses: losses),
    "turned": loop(give=lambda w, losses: (losses, w)),
    "done": loop(give=lambda w, losses: Text("done")),
    "nan": loop(keep=lambda losses: ["nan"] * len(losses)),
    "empty": loop(keep=lambda losses: []),
    "three decimals": loop(keep=lambda losses: [round(each, 3) for each in losses]),
    "two decimals": loop(keep=lambda losses: [round(each, 2) for each in losses]),
    "eleven right": loop(keep=lambda losses: [*losses[:11], *(9.0 for _ in losses[11:])]),
    "nine right": loop(keep=lambda losses: [*losses[:9], *(9.0 for _ in losses[9:])]),
    "ten right": loop(keep=lambda losses: [*losses[:10], *(9.0 for _ in losses[10:])]),
}

TOO = "which counts too."
(EXPLAINED,) = explained([Finding("y_hat", "follows")], 1.0)


def graded(name: str, number: str) -> Outcome:
    functions = dict.fromkeys(("fnn_forward", "fnn_gradients", "fnn_check_result", "train"), FUNCTIONS[name])
    return outcome(context(functions), number)


@pytest.mark.parametrize(
    ("name", "number", "points", "text"),
    [
        (
            "right",
            "5.1",
            2,
            [
                "Called with the lab's numbers: 6 of 6 values right.",
                "✓ m1, r, m2, y_hat, s, loss",
            ],
        ),
        (
            "sign",
            "5.1",
            1.67,
            [
                "Called with the lab's numbers: 5 of 6 values right.",
                "✓ m1, r, m2, y_hat, loss",
                "✗ s: your 0.401312 is wrong",
                (
                    "→ One mistake explains all your results: the two operands of s are in the wrong order. "
                    "Which operand is subtracted from which at s? Read again: task 2, step 1."
                ),
            ],
        ),
        (
            "sign",
            "5.2",
            10,
            [
                "Called with 4 other sets of numbers: 5 of 6 values right.",
                "✓ m1, r, m2, y_hat, loss",
                "✗ s: is wrong",
                (
                    "→ One mistake explains all your results: the two operands of s are in the wrong order. "
                    "Which operand is subtracted from which at s? Read again: task 2, step 1."
                ),
            ],
        ),
        (
            "first slip",
            "5.1",
            1.67,
            [
                f"Called with the lab's numbers: 4 of 6 values right, 1 more correct given your earlier value, {TOO}",
                "✓ m1, r, s, loss",
                "✗ m2: your 0.52 is wrong",
                "↳ y_hat: correct given your earlier value",
                "→ Look at m2 first: of what is wrong, it is computed first.",
                f"Note: {EXPLAINED}",
            ],
        ),
        (
            "first slip",
            "5.2",
            10,
            [
                "Called with 4 other sets of numbers: 4 of 6 values right, "
                f"1 more correct given your earlier value, {TOO}",
                "✓ m1, r, s, loss",
                "✗ m2: is wrong",
                "↳ y_hat: correct given your earlier value",
                "→ Look at m2 first: of what is wrong, it is computed first.",
                f"Note: {EXPLAINED}",
            ],
        ),
        (
            "missing",
            "5.1",
            1.67,
            [
                "Called with the lab's numbers: 5 of 6 values right.",
                "✓ m1, r, m2, y_hat, s",
                "✗ loss: is missing",
                (
                    "→ One mistake explains all your results: loss is not among what is returned. Return every value "
                    "that is asked for: m1, r, m2, y_hat, s, loss. Read again: task 2, step 1."
                ),
            ],
        ),
        (
            "middle",
            "5.1",
            1.67,
            [
                "Called with the lab's numbers: 5 of 6 values right.",
                "✓ m1, r, m2, s, loss",
                "✗ y_hat: your 0.898688 is wrong",
                "→ Look at y_hat first: of what is wrong, it is computed first.",
            ],
        ),
        (
            "last",
            "5.1",
            1.67,
            [
                "Called with the lab's numbers: 5 of 6 values right.",
                "✓ m1, r, m2, y_hat, s",
                "✗ loss: your 0.461052 is wrong",
                "→ Everything before loss is right; look at the line that computes it.",
            ],
        ),
        (
            "fixed",
            "5.2",
            10,
            [
                "Called with 4 other sets of numbers: 5 of 6 values right.",
                "✓ m1, m2, y_hat, s, loss",
                "✗ r: does not change with the inputs: compute it from the parameters",
                "→ Look at r first: of what is wrong, it is computed first.",
            ],
        ),
        (
            "close",
            "5.1",
            1.67,
            [
                "Called with the lab's numbers: 5 of 6 values right.",
                "✓ m1, r, m2, y_hat, s",
                (
                    "✗ loss: your 0.162662 is close, but not close enough; is it rounded, or is the formula "
                    "slightly different?"
                ),
                "→ Everything before loss is right; look at the line that computes it.",
            ],
        ),
        (
            "close",
            "5.2",
            10,
            [
                "Called with 4 other sets of numbers: 5 of 6 values right.",
                "✓ m1, r, m2, y_hat, s",
                ("✗ loss: is close, but not close enough; is it rounded, or is the formula slightly different?"),
                "→ Everything before loss is right; look at the line that computes it.",
            ],
        ),
        (
            "infinite",
            "5.1",
            1.67,
            [
                "Called with the lab's numbers: 5 of 6 values right.",
                "✓ m1, r, m2, y_hat, s",
                "✗ loss: is infinite",
                "→ Everything before loss is right; look at the line that computes it.",
            ],
        ),
        (
            "infinite",
            "5.2",
            10,
            [
                "Called with 4 other sets of numbers: 5 of 6 values right.",
                "✓ m1, r, m2, y_hat, s",
                "✗ loss: does not change with the inputs: compute it from the parameters",
                "→ Everything before loss is right; look at the line that computes it.",
            ],
        ),
        (
            "text",
            "5.1",
            0,
            [
                "fnn_forward(): it returned a text; 6 values are asked for: m1, r, m2, y_hat, s, loss.",
                "→ Return them in this order, or a dict with these names.",
            ],
        ),
        (
            "text",
            "5.2",
            0,
            [
                "fnn_forward(): it did not return the values that are asked for.",
                "→ Return them in this order, or a dict with these names.",
            ],
        ),
        (
            "too few",
            "5.1",
            0,
            [
                "fnn_forward(): it returned 2 values; 6 values are asked for: m1, r, m2, y_hat, s, loss.",
                "→ Return them in this order, or a dict with these names.",
            ],
        ),
        (
            "too few",
            "5.2",
            0,
            [
                "fnn_forward(): it did not return the values that are asked for.",
                "→ Return them in this order, or a dict with these names.",
            ],
        ),
        (
            "too many",
            "5.1",
            2,
            [
                "Called with the lab's numbers: 6 of 6 values right.",
                "✓ m1, r, m2, y_hat, s, loss",
                "Note: It returned 7 values; the first 6 were read.",
            ],
        ),
        (
            "too many",
            "5.2",
            12,
            [
                "Called with 4 other sets of numbers: 6 of 6 values right.",
                "✓ m1, r, m2, y_hat, s, loss",
            ],
        ),
        (
            "nothing",
            "5.1",
            0,
            [
                "fnn_forward() returned nothing.",
                ("→ End it with a return: a dict of the values under their names. What it returns is graded."),
            ],
        ),
        (
            "raises",
            "5.1",
            0,
            [
                "fnn_forward() raised ZeroDivisionError: division by zero (Lab4.py, line 3: `x = y`).",
                "→ Which inputs make this line divide by zero?",
            ],
        ),
        (
            "raises",
            "5.2",
            0,
            [
                "fnn_forward() raised ZeroDivisionError (line 3).",
                "→ Which inputs make this line divide by zero?",
            ],
        ),
        (
            "own",
            "5.1",
            0,
            [
                "fnn_forward() raised Secret: 4.2 (Lab4.py, line 3: `x = y`).",
            ],
        ),
        (
            "own",
            "5.2",
            0,
            [
                "fnn_forward() raised an exception (line 3).",
            ],
        ),
        (
            "sometimes",
            "5.2",
            10.75,
            [
                "Called with 4 other sets of numbers: 5 of 6 values right, 1 partly.",
                "~ m1: right for 3 of 4 sets of numbers; for the others it is wrong",
                "✓ r, m2, y_hat, s, loss",
                "→ Look at m1 first: of what is wrong, it is computed first.",
            ],
        ),
        (
            "slow",
            "5.2",
            1.5,
            [
                (
                    "Called with 4 other sets of numbers: 0 of 6 values right, 6 partly. For 3 of 4 sets of "
                    "numbers there was no answer, which counts as wrong: fnn_forward() did not return within 2 s "
                    "and was stopped."
                ),
                "~ m1, r, m2, y_hat, s, loss: right wherever there was a result",
                "→ Is there a loop whose condition never becomes false?",
            ],
        ),
        (
            "none",
            "6.1",
            1.78,
            [
                "Called with the lab's numbers: 8 of 9 values right.",
                "✓ dloss_ds, ds_dy_hat, dy_hat_dm2, dm2_dw2, dm2_dr, dm1_dw1, dloss_dw2, dloss_dw1",
                "✗ dr_dm1: is None: backward() never reached it",
                (
                    "→ One mistake explains all your results: dr_dm1 is None. Which line gives it a value, and what "
                    "does that line return? Read again: task 2, steps 2 and 3."
                ),
            ],
        ),
        (
            "dw1",
            "6.1",
            1.78,
            [
                "Called with the lab's numbers: 8 of 9 values right.",
                "✓ dloss_ds, ds_dy_hat, dy_hat_dm2, dm2_dw2, dm2_dr, dr_dm1, dm1_dw1, dloss_dw2",
                "✗ dloss_dw1: your 0.145729 is wrong",
                "→ Everything before dloss_dw1 is right; look at the line that computes it.",
            ],
        ),
        (
            "partial",
            "6.1",
            1.78,
            [
                "Called with the lab's numbers: 8 of 9 values right.",
                "✓ dloss_ds, ds_dy_hat, dy_hat_dm2, dm2_dw2, dr_dm1, dm1_dw1, dloss_dw2, dloss_dw1",
                "✗ dm2_dr: your 0.5 is wrong",
                "→ Look at dm2_dr first: of what is wrong, it is computed first.",
            ],
        ),
        (
            "dw2",
            "6.2",
            7,
            [
                "Called with 4 other sets of numbers: 7 of 7 values right.",
                "✓ dloss_ds, ds_dy_hat, dy_hat_dm2, dm2_dw2, dm2_dr, dr_dm1, dm1_dw1",
            ],
        ),
        (
            "dw1",
            "6.3",
            6,
            [
                "Called with 4 other sets of numbers: 1 of 2 values right.",
                "✓ dloss_dw2",
                "✗ dloss_dw1: is wrong",
                (
                    "→ A gradient is the product of the local derivatives on the path from the loss to the "
                    "weight; check them one by one."
                ),
            ],
        ),
        (
            "dw2",
            "6.3",
            6,
            [
                "Called with 4 other sets of numbers: 1 of 2 values right.",
                "✗ dloss_dw2: is wrong",
                "✓ dloss_dw1",
                (
                    "→ A gradient is the product of the local derivatives on the path from the loss to the "
                    "weight; check them one by one."
                ),
            ],
        ),
        (
            "by autograd",
            "6.1",
            2,
            [
                "Called with the lab's numbers: 9 of 9 values right.",
                ("✓ dloss_ds, ds_dy_hat, dy_hat_dm2, dm2_dw2, dm2_dr, dr_dm1, dm1_dw1, dloss_dw2, dloss_dw1"),
                (
                    "Note: fnn_gradients() let autograd compute the gradients; it was meant to be done by "
                    "hand, with the chain rule."
                ),
            ],
        ),
        (
            "by autograd",
            "6.3",
            12,
            [
                "Called with 4 other sets of numbers: 2 of 2 values right.",
                "✓ dloss_dw2, dloss_dw1",
            ],
        ),
        (
            "gradients",
            "6.1",
            2,
            [
                "Called with the lab's numbers: 9 of 9 values right.",
                ("✓ dloss_ds, ds_dy_hat, dy_hat_dm2, dm2_dw2, dm2_dr, dr_dm1, dm1_dw1, dloss_dw2, dloss_dw1"),
            ],
        ),
        (
            "by hand",
            "7.1",
            2,
            [
                "Called with the lab's numbers: 3 of 3 values right.",
                "✓ loss, dloss_dw2, dloss_dw1",
                ("Note: fnn_check_result() did not use autograd; it was meant to check your own gradients with it."),
            ],
        ),
        (
            "by hand",
            "7.2",
            12,
            [
                "Called with 4 other sets of numbers: 3 of 3 values right.",
                "✓ loss, dloss_dw2, dloss_dw1",
            ],
        ),
        (
            "as asked",
            "7.1",
            2,
            [
                "Called with the lab's numbers: 3 of 3 values right.",
                "✓ loss, dloss_dw2, dloss_dw1",
            ],
        ),
        (
            "fixed loss",
            "7.2",
            8,
            [
                "Called with 4 other sets of numbers: 2 of 3 values right.",
                "✗ loss: does not change with the inputs: compute it from the parameters",
                "✓ dloss_dw2, dloss_dw1",
                "→ Compute everything inside the function, from its parameters, with no tensors from outside.",
            ],
        ),
        (
            "loss not called",
            "7.2",
            8,
            [
                "Called with 4 other sets of numbers: 2 of 3 values right.",
                "✗ loss: has the wrong type or size",
                "✓ dloss_dw2, dloss_dw1",
                (
                    "→ One mistake explains all your results: a function or method that is not called stands in the "
                    "place of loss. Are its parentheses missing? Read again: task 2, step 6."
                ),
            ],
        ),
        (
            "other loss",
            "7.1",
            1.33,
            [
                "Called with the lab's numbers: 2 of 3 values right.",
                "✗ loss: your 0.461052 is wrong",
                "✓ dloss_dw2, dloss_dw1",
                "→ Your forward pass differs from the graph: compare them node by node.",
                ("Note: fnn_check_result() did not use autograd; it was meant to check your own gradients with it."),
            ],
        ),
        (
            "other loss",
            "7.2",
            8,
            [
                "Called with 4 other sets of numbers: 2 of 3 values right.",
                "✗ loss: is wrong",
                "✓ dloss_dw2, dloss_dw1",
                "→ Your forward pass differs from the graph: compare them node by node.",
            ],
        ),
        (
            "other dw1",
            "7.1",
            1.33,
            [
                "Called with the lab's numbers: 2 of 3 values right.",
                "✓ loss, dloss_dw2",
                "✗ dloss_dw1: your 0.145729 is wrong",
                (
                    "→ The loss is right, so look at what comes after it: backward(), and which .grad is "
                    "returned (loss, dloss_dw2, dloss_dw1)."
                ),
                ("Note: fnn_check_result() did not use autograd; it was meant to check your own gradients with it."),
            ],
        ),
        (
            "raises",
            "7.1",
            0,
            [
                ("fnn_check_result() raised ZeroDivisionError: division by zero (Lab4.py, line 3: `x = y`)."),
                "→ Which inputs make this line divide by zero?",
            ],
        ),
        (
            "loop",
            "3.1",
            4,
            [
                "Called with the lab's numbers, 20 epochs: 2 of 2 values right.",
                "✓ w, losses",
            ],
        ),
        (
            "one more",
            "3.1",
            4,
            [
                "Called with the lab's numbers, 20 epochs: 2 of 2 values right.",
                "✓ w, losses",
                "Note: There is one loss more than there are epochs; accepted.",
            ],
        ),
        (
            "after",
            "3.1",
            4,
            [
                "Called with the lab's numbers, 20 epochs: 2 of 2 values right.",
                "✓ w, losses",
                "Note: The losses were taken after each update instead of before it; accepted.",
            ],
        ),
        (
            "after and double",
            "3.1",
            2,
            [
                "Called with the lab's numbers, 20 epochs: 1 of 2 values right.",
                "✓ w",
                "✗ losses: are wrong from the first epoch on",
                (
                    "→ One mistake explains all your results: every update is twice as large as it should be. "
                    "How many times does each epoch update the weight, and how many times does backward() run? Read "
                    "again: task 1, step 5."
                ),
            ],
        ),
        (
            "short",
            "3.1",
            2,
            [
                "Called with the lab's numbers, 20 epochs: 1 of 2 values right.",
                "✓ w",
                "✗ losses: hold 19 values; expected one per epoch, 20 in all",
                (
                    "→ One mistake explains all your results: the loop runs one epoch too few. How many times does the "
                    "loop run? range(n) counts from 0 to n - 1. Read again: task 1, step 5."
                ),
            ],
        ),
        (
            "long",
            "3.1",
            2,
            [
                "Called with the lab's numbers, 20 epochs: 1 of 2 values right.",
                "✓ w",
                "✗ losses: hold 22 values; expected one per epoch, 20 in all",
                "→ Does the loop run for n_epochs epochs, and does the list start empty in every call?",
            ],
        ),
        (
            "last only",
            "3.1",
            2,
            [
                "Called with the lab's numbers, 20 epochs: 1 of 2 values right.",
                "✓ w",
                "✗ losses: hold 1 value; expected one per epoch, 20 in all",
                (
                    "→ One mistake explains all your results: only the last loss is kept. Is the list created "
                    "inside the loop? Read again: task 1, step 5."
                ),
            ],
        ),
        (
            "first two",
            "3.1",
            2,
            [
                "Called with the lab's numbers, 20 epochs: 1 of 2 values right.",
                "✓ w",
                "✗ losses: hold 2 values; expected one per epoch, 20 in all",
                "→ Does the loop run for n_epochs epochs, whatever the loss is?",
            ],
        ),
        (
            "half",
            "3.1",
            2,
            [
                "Called with the lab's numbers, 20 epochs: 1 of 2 values right.",
                "✓ w",
                "✗ losses: are wrong from the first epoch on",
                (
                    "→ One mistake explains all your results: each entry is half the loss. What exactly do you append "
                    "to the list in each epoch? Read again: task 1, step 5."
                ),
            ],
        ),
        (
            "twice",
            "3.1",
            2,
            [
                "Called with the lab's numbers, 20 epochs: 1 of 2 values right.",
                "✓ w",
                "✗ losses: are wrong from the first epoch on",
                (
                    "→ Already the first loss is wrong: is it computed from the parameters x, y and w as the graph "
                    "says, and before w changes?"
                ),
            ],
        ),
        (
            "shifted",
            "3.1",
            2,
            [
                "Called with the lab's numbers, 20 epochs: 1 of 2 values right.",
                "✓ w",
                "✗ losses: are wrong from the first epoch on",
                (
                    "→ Already the first loss is wrong: is it computed from the parameters x, y and w as the graph "
                    "says, and before w changes?"
                ),
            ],
        ),
        (
            "same",
            "3.1",
            2,
            [
                "Called with the lab's numbers, 20 epochs: 1 of 2 values right.",
                "✓ w",
                "✗ losses: are right for the first epoch only",
                (
                    "→ One mistake explains all your results: every entry is the first loss, although the weight "
                    "changes. Is the loss computed again in each epoch? Read again: task 1, step 5."
                ),
            ],
        ),
        (
            "same but first",
            "3.1",
            0,
            [
                "Called with the lab's numbers, 20 epochs: 0 of 2 values right.",
                "✗ w: your 0.42 is wrong",
                "✗ losses: are right for the first 2 epochs, then wrong",
                (
                    "→ One mistake explains all your results: the weight is updated only in the first epoch. In which "
                    "epochs does the line that updates the weight run? Read again: task 1, step 5."
                ),
            ],
        ),
        (
            "up",
            "3.1",
            0,
            [
                "Called with the lab's numbers, 20 epochs: 0 of 2 values right.",
                "✗ w: your 64.7291 is wrong",
                "✗ losses: are right for the first epoch only",
                (
                    "→ One mistake explains all your results: the weight moves in the direction of the "
                    "gradient instead "
                    "of against it. Which way does the gradient point, and which way should the weight move? Read "
                    "again: task 1, step 5."
                ),
            ],
        ),
        (
            "odd",
            "3.1",
            0,
            [
                "Called with the lab's numbers, 20 epochs: 0 of 2 values right.",
                "✗ w: your 9.35469e+06 is wrong",
                "✗ losses: are right for the first epoch only",
                (
                    "→ The first loss is right and the second is not: look at the first update of w, at the gradient "
                    "(its factors and its sign), at lr, and at whatever else changes the step (weight decay, "
                    "rounding, a limit). Or is only what you append not the loss?"
                ),
            ],
        ),
        (
            "later",
            "3.1",
            2,
            [
                "Called with the lab's numbers, 20 epochs: 1 of 2 values right.",
                "✓ w",
                "✗ losses: are right for the first 4 epochs, then wrong",
                (
                    "→ The first 4 losses are right and a later one is not: what is different in a later epoch? "
                    "What is in w.grad when backward() is called again, does an optimizer remember earlier steps, and "
                    "does anything change lr or w in between (a schedule, rounding, a limit)?"
                ),
            ],
        ),
        (
            "near",
            "3.1",
            2,
            [
                "Called with the lab's numbers, 20 epochs: 1 of 2 values right.",
                "✓ w",
                "✗ losses: are wrong from the first epoch on",
                (
                    "→ Already the first loss is wrong: is it computed from the parameters x, y and w as the graph "
                    "says, and before w changes?"
                ),
            ],
        ),
        (
            "weight",
            "3.1",
            2,
            [
                "Called with the lab's numbers, 20 epochs: 1 of 2 values right.",
                "✗ w: your 1.25011 is wrong",
                "✓ losses",
                "→ The first 10 losses are right: what changes after them, and what do you return as w?",
            ],
        ),
        (
            "weight alone",
            "3.1",
            2,
            [
                "Called with the lab's numbers, 20 epochs: 1 of 2 values right.",
                "✓ w",
                "✗ losses: are missing",
                (
                    "→ One mistake explains all your results: losses are not among what is returned. Append one number "
                    "per epoch to a list, and return the list. Read again: task 1, step 5."
                ),
                "Note: It returned only one number; it was read as w.",
            ],
        ),
        (
            "losses alone",
            "3.1",
            2,
            [
                "Called with the lab's numbers, 20 epochs: 1 of 2 values right.",
                "✗ w: is missing",
                "✓ losses",
                (
                    "→ One mistake explains all your results: w is not among what is returned. Return every value that "
                    "is asked for: w, losses. Read again: task 1, step 5."
                ),
                "Note: It returned only a list; it was read as losses.",
            ],
        ),
        (
            "turned",
            "3.1",
            4,
            [
                "Called with the lab's numbers, 20 epochs: 2 of 2 values right.",
                "✓ w, losses",
                "Note: It returned losses before w; the order asked for is w, losses.",
            ],
        ),
        (
            "done",
            "3.1",
            0,
            [
                "train(): it returned a text; 2 values are asked for: w, losses.",
                "→ End it with `return w, losses`: the final weight, and a list with one loss per epoch.",
            ],
        ),
        (
            "nan",
            "3.1",
            2,
            [
                "Called with the lab's numbers, 20 epochs: 1 of 2 values right.",
                "✓ w",
                "✗ losses: hold nan or infinity",
                "→ A loss is infinite or not a number, and in the end w is right: look at what you append.",
            ],
        ),
        (
            "empty",
            "3.1",
            2,
            [
                "Called with the lab's numbers, 20 epochs: 1 of 2 values right.",
                "✓ w",
                "✗ losses: hold 0 values; expected one per epoch, 20 in all",
                (
                    "→ One mistake explains all your results: losses are empty. Which line appends to the list, and "
                    "does it run in every epoch? Read again: task 1, step 5."
                ),
            ],
        ),
        (
            "three decimals",
            "3.1",
            4,
            [
                "Called with the lab's numbers, 20 epochs: 2 of 2 values right.",
                "✓ w, losses",
            ],
        ),
        (
            "two decimals",
            "3.1",
            2,
            [
                "Called with the lab's numbers, 20 epochs: 1 of 2 values right.",
                "✓ w",
                "✗ losses: are right for the first epoch only",
                (
                    "→ One mistake explains all your results: the losses are rounded to two decimals. Store the loss "
                    "without rounding it; round only what you print. Read again: task 1, step 5."
                ),
            ],
        ),
        (
            "ten right",
            "3.1",
            4,
            [
                "Called with the lab's numbers, 20 epochs: 2 of 2 values right.",
                "✓ w, losses",
            ],
        ),
        (
            "nine right",
            "3.1",
            2,
            [
                "Called with the lab's numbers, 20 epochs: 1 of 2 values right.",
                "✓ w",
                "✗ losses: are right for the first 9 epochs, then wrong",
                (
                    "→ The first 9 losses are right and a later one is not: what is different in a later epoch? "
                    "What is in w.grad when backward() is called again, does an optimizer remember earlier steps, and "
                    "does anything change lr or w in between (a schedule, rounding, a limit)?"
                ),
            ],
        ),
        (
            "loop",
            "3.2",
            12,
            [
                "Called with 2 other sets of numbers, 10 epochs: 2 of 2 values right.",
                "✓ w, losses",
            ],
        ),
        (
            "after",
            "3.2",
            12,
            [
                "Called with 2 other sets of numbers, 10 epochs: 2 of 2 values right.",
                "✓ w, losses",
                "Note: The losses were taken after each update instead of before it; accepted.",
            ],
        ),
        (
            "short",
            "3.2",
            0,
            [
                "Called with 2 other sets of numbers, 10 epochs: 0 of 2 values right.",
                "✗ w: is wrong",
                "✗ losses: have the wrong type or size",
                (
                    "→ One mistake explains all your results: the loop runs one epoch too few. How many times does the "
                    "loop run? range(n) counts from 0 to n - 1. Read again: task 1, step 5."
                ),
            ],
        ),
        (
            "shifted",
            "3.2",
            6,
            [
                "Called with 2 other sets of numbers, 10 epochs: 1 of 2 values right.",
                "✓ w",
                "✗ losses: are wrong from the first epoch on",
                (
                    "→ Already the first loss is wrong: is it computed from the parameters x, y and w as the graph "
                    "says, and before w changes?"
                ),
            ],
        ),
        (
            "weight near",
            "3.2",
            6,
            [
                "Called with 2 other sets of numbers, 10 epochs: 1 of 2 values right.",
                "✗ w: is wrong",
                "✓ losses",
                "→ The losses are right, so look at the last update, and at what you return as w.",
            ],
        ),
        (
            "weight alone",
            "3.2",
            6,
            [
                "Called with 2 other sets of numbers, 10 epochs: 1 of 2 values right.",
                "✓ w",
                "✗ losses: have the wrong type or size",
                (
                    "→ One mistake explains all your results: losses are not among what is returned. Append one number "
                    "per epoch to a list, and return the list. Read again: task 1, step 5."
                ),
            ],
        ),
        (
            "done",
            "3.2",
            0,
            [
                "train(): it did not return the values that are asked for.",
                "→ End it with `return w, losses`: the final weight, and a list with one loss per epoch.",
            ],
        ),
        (
            "odd",
            "3.2",
            0,
            [
                "Called with 2 other sets of numbers, 10 epochs: 0 of 2 values right.",
                "✗ w: is wrong",
                "✗ losses: are right for the first epoch only",
                (
                    "→ The first loss is right and the second is not: look at the first update of w, at the gradient "
                    "(its factors and its sign), at lr, and at whatever else changes the step (weight decay, "
                    "rounding, a limit). Or is only what you append not the loss?"
                ),
            ],
        ),
        (
            "nan",
            "3.2",
            6,
            [
                "Called with 2 other sets of numbers, 10 epochs: 1 of 2 values right.",
                "✓ w",
                "✗ losses: hold nan or infinity",
                "→ A loss is infinite or not a number, and in the end w is right: look at what you append.",
            ],
        ),
        (
            "loop",
            "3.3",
            4,
            [
                "Called with 1 other set of numbers, 10 epochs: 2 of 2 values right.",
                "✓ w, losses",
            ],
        ),
        (
            "last only",
            "3.4",
            3,
            [
                "Called with 1 other set of numbers, 1 epoch: 2 of 2 values right.",
                "✓ w, losses",
            ],
        ),
        (
            "up",
            "3.4",
            1.5,
            [
                "Called with 1 other set of numbers, 1 epoch: 1 of 2 values right.",
                "✗ w: is wrong",
                "✓ losses",
                (
                    "→ One mistake explains all your results: the weight moves in the direction of the "
                    "gradient instead "
                    "of against it. Which way does the gradient point, and which way should the weight move? Read "
                    "again: task 1, step 5."
                ),
            ],
        ),
        (
            "loop",
            "3.4",
            3,
            [
                "Called with 1 other set of numbers, 1 epoch: 2 of 2 values right.",
                "✓ w, losses",
            ],
        ),
        (
            "half",
            "3.4",
            1.5,
            [
                "Called with 1 other set of numbers, 1 epoch: 1 of 2 values right.",
                "✓ w",
                "✗ losses: are wrong from the first epoch on",
                (
                    "→ One mistake explains all your results: each entry is half the loss. What exactly do you append "
                    "to the list in each epoch? Read again: task 1, step 5."
                ),
            ],
        ),
    ],
)
def test_an_outcome_in_full(name: str, number: str, points: float, text: list[str]) -> None:
    found = graded(name, number)
    text_of = found.text.replace("\n  ", " ")  # each hint on one line
    lines = [line for line in text_of.split("\n") if not (found.path and line.count(" → ") == len(found.path) - 1)]
    assert (found.points, lines) == (points, text)


@pytest.mark.parametrize(
    ("name", "number", "near", "given"),
    [
        ("right", "5.1", (), ()),
        ("sign", "5.1", (), (("s", pytest.approx(0.401312, rel=1e-5)),)),
        ("sign", "5.2", (), ()),
        ("close", "5.1", ("loss",), (("loss", pytest.approx(0.162662, rel=1e-5)),)),
        ("close", "5.2", ("loss",), ()),
        ("infinite", "5.1", (), ()),
        ("missing", "5.1", (), ()),
        ("weight near", "3.1", ("w",), (("w", pytest.approx(0.252613, rel=1e-5)),)),
        ("near", "3.1", ("losses",), ()),
        ("odd", "3.2", (), ()),
    ],
)
def test_what_is_kept_for_the_instructor(
    name: str, number: str, near: tuple[str, ...], given: tuple[tuple[str, float], ...]
) -> None:
    found = graded(name, number)
    assert (found.near, found.given) == (near, given)


@pytest.mark.parametrize(
    ("name", "number", "phrase"),
    [
        ("nothing", "5.1", "returned nothing"),
        ("too few", "5.2", "returned something else than is asked for"),
        ("own", "5.1", "raised an exception"),
        ("slow", "5.2", ""),
        ("done", "3.1", "returned something else than is asked for"),
    ],
)
def test_why_nothing_was_marked(name: str, number: str, phrase: str) -> None:
    found = graded(name, number)
    assert (found.unanswered, found.graded) == (phrase, not phrase)


def test_losses_are_drawn_for_the_published_inputs_alone() -> None:
    curve = graded("one more", "3.1").curve
    assert curve is not None
    assert (len(curve.losses), len(curve.expected)) == (21, 20)
    assert graded("loop", "3.2").curve is None
    assert graded("weight alone", "3.1").curve is None
    many = outcome(context({"train": loop(keep=lambda losses: losses * 30)}), "3.1").curve
    assert many is not None
    assert len(many.losses) == 200


def test_right_losses_beside_wrong_ones_are_too_coarse_to_be_copied() -> None:
    right = graded("loop", "3.1").curve
    wrong = outcome(context({"train": loop(keep=lambda losses: [2 * loss for loss in losses])}), "3.1").curve
    assert right is not None
    assert wrong is not None
    assert right.expected == pytest.approx(right.losses, rel=1e-6)
    steps = [round(10 * loss, 9) for loss in wrong.expected]
    assert steps == [round(step) for step in steps] == [round(10 * loss) for loss in right.expected]
    copied = outcome(context({"train": loop(keep=lambda losses: list(wrong.expected))}), "3.1")
    assert "✓ w" in str(copied.findings[0])
    assert copied.findings[1].state == "wrong"


def test_answers_for_some_inputs_only_lose_the_others() -> None:
    rest = outcome(
        context({"fnn_forward": lambda at, _: FORWARD(at, _) if at["y"] > 1 else NotRun("time is up")}), "5.2"
    )
    assert rest.summary.startswith("Called with 4 other sets of numbers: 0 of 6 values right, 6 partly. For ")
    assert rest.summary.endswith(
        "there was no answer, which counts as wrong: fnn_forward() was not called: time is up."
    )
    assert 0 < rest.points < 12


def test_a_program_that_fails_at_a_dead_relu_loses_no_more_than_that() -> None:
    alive = {"fnn_forward": lambda at, _: FORWARD(at, _) if at["x1"] * at["w1"] > 0 else NotRun("it is dead")}
    rest = outcome(context(alive), "5.2")
    assert rest.points == 9
    assert "there was no answer: fnn_forward() was not called: it is dead." in rest.summary
