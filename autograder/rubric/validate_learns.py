"""Find what does not fit in checks of training: their data, their bounds, and the function that trains."""

import ast
from collections.abc import Iterator, Mapping

from autograder.rubric import data_files, validate_classes
from autograder.rubric.lab import Lab
from autograder.rubric.schema import LearnsCheck
from autograder.schema_errors import unknown_name
from autograder.text import list_names

Problem = tuple[tuple[str, ...], str]


def problems(lab: Lab, check: LearnsCheck, defined: Mapping[str, ast.FunctionDef | ast.ClassDef]) -> Iterator[Problem]:
    """What does not fit, as (keys within the check, sentence). defined: what the reference defines."""
    yield from _of_functions(check, defined)
    if not 1 <= check.enough <= check.seeds <= 20:
        yield ("enough",), f"enough is a number of runs from 1 to seeds ({check.seeds}), and there are at most 20 seeds"
    if (check.accuracy is None) == (check.mse is None):
        yield ("accuracy",), "give either accuracy, for classes, or mse, the mean squared error, for numbers"
        return
    if check.falls is not None and not 0 < check.falls < 1:
        yield ("falls",), "this is the share of the first loss that the last one may be, between 0 and 1"
    found: dict[str, data_files.Data] = {}
    for key in ("train", "held_out"):
        name = getattr(check, key)
        if not (lab.folder / name).resolve().is_relative_to(lab.folder.resolve()):
            yield (key,), f"{name} is outside of the lab's folder; put it beside rubric.yaml"
            return
        try:
            found[key] = data_files.read(lab.folder / name)
        except data_files.DataError as error:
            yield (key,), str(error)
            return
    yield from _of_data(check, found["train"], found["held_out"])


def _of_functions(check: LearnsCheck, defined: Mapping[str, ast.FunctionDef | ast.ClassDef]) -> Iterator[Problem]:
    if check.model and not isinstance(defined.get(check.model), ast.ClassDef):
        classes = {name for name, each in defined.items() if isinstance(each, ast.ClassDef)}
        yield ("model",), unknown_name("class of the reference", check.model, classes)
    elif isinstance(cls := defined.get(check.model), ast.ClassDef):
        for problem in validate_classes.of_build(check.build, cls):
            yield ("build",), problem
    epochs = check.settings.get("n_epochs", 1)
    if epochs != int(epochs) or epochs < 1:
        yield ("settings",), "n_epochs must be a whole number, 1 or more"
    function = defined.get(check.function)
    if not isinstance(function, ast.FunctionDef):
        functions = {name for name, each in defined.items() if isinstance(each, ast.FunctionDef)}
        yield ("function",), unknown_name("function of the reference", check.function, functions)
        return
    asked = [*(["model"] if check.model else []), "X", "y", *check.settings]
    taken = [argument.arg for argument in function.args.args if argument.arg != "device"]
    if taken != asked:
        here, there = f"{check.function}({', '.join(asked)})", f"{check.function}({', '.join(taken)})"
        yield ("settings",), f"the rubric asks for {here}, but the reference defines {there}; change one or the other"


def _of_data(check: LearnsCheck, train: data_files.Data, held_out: data_files.Data) -> Iterator[Problem]:
    if train.X.shape[1:] != held_out.X.shape[1:]:
        yield ("held_out",), f"its samples have other features than those of {check.train}"
    if len(held_out.y) > data_files.MOST_SAMPLES:
        yield ("held_out",), f"at most {data_files.MOST_SAMPLES} samples can be held out"
    if check.accuracy is not None and not held_out.guessed_accuracy < check.accuracy <= 1:
        guessed = f"{held_out.guessed_accuracy:.2g}"
        yield ("accuracy",), f"it must be above {guessed}, which always answering the most frequent class reaches"
    if check.accuracy is not None:
        for key, each in (("train", train), ("held_out", held_out)):
            if each.y.dtype.kind != "i" or each.y.min() < 0:
                yield (key,), "for an accuracy, y must be whole numbers: the classes, from 0"
                return
        known = set(train.y.tolist())
        if known != set(range(len(known))) or len(known) < 2:
            classes = list_names(map(str, sorted(known)))
            yield ("train",), f"its classes are {classes}; they must be 0, 1 and so on, at least two of them"
        elif unknown := set(held_out.y.tolist()) - known:
            classes = list_names(map(str, sorted(unknown)))
            yield ("held_out",), f"its classes {classes} are not among those of {check.train}"
    if check.mse is not None and not 0 < check.mse < held_out.guessed_error:
        guessed = f"{held_out.guessed_error:.3g}"
        yield ("mse",), f"it must be between 0 and {guessed}, which always answering the mean reaches"
