"""What a process of a program is asked, as it is sent; `serve_calls` in the sandbox answers it."""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.graph.operation import Value, shape_of
from autograder.sandbox.host.calls import ChangedCall, FitCall, FunctionCall, GivenArrays, ModuleCall, ProgramFiles

Request = dict[str, Any]


@dataclass(frozen=True)
class Requests:
    """Makes the requests for one program.

    arrays: how each function is given vectors and matrices, if it takes any
    modules: how each class is called
    strict: whether a call that fails on the device is not tried on the CPU
    """

    arrays: Mapping[str, GivenArrays]
    modules: Mapping[str, ModuleCall]
    strict: bool

    def call(self, call: FunctionCall, device: str) -> Request:
        """To call a function."""
        return {
            "do": "call",
            "function": call.function,
            **self._given(call.function, call.inputs),
            "settings": dict(call.settings),
            "fields": list(call.fields),
            "device": device,
            "strict": self.strict,
        }

    def device_bugs(self, call: FunctionCall, *, cuda: bool) -> Request:
        """To look for device bugs in a function. cuda: whether the program mentions a GPU."""
        given = self._given(call.function, call.inputs)
        return {
            "do": "device_bugs",
            "function": call.function,
            **given,
            "settings": dict(call.settings),
            "cuda": cuda,
        }

    def repair(self, call: ChangedCall, seconds: float, changes: Sequence[int], among: tuple[int, int]) -> Request:
        """To call a function with small changes made in the program; see `SandboxedProgram.try_changes`."""
        given = {**vars(call), **self._given(call.function, call.inputs), "right": plain(call.right)}
        tried = {"changes": list(changes), "first": among[0], "last": among[1]}
        return {"do": "repair", "device": "cpu", "strict": True, "seconds": seconds, **given, **tried}

    def _given(self, function: str, inputs: Mapping[str, Value]) -> Request:
        """The inputs of a call, how arrays are given, and how a class is called.

        The weights of a class are drawn from the inputs, so they are the same for the student and the reference.
        """
        how, module, sent = self.arrays.get(function), self.modules.get(function), plain(inputs)
        given = {"arrays": how.given_as, "on_device": how.on_device} if how else {"arrays": "", "on_device": False}
        called = {**vars(module), "seed": zlib.crc32(json.dumps(sent).encode())} if module else None
        return {"inputs": sent, **given, "module": called}


def load(program: ProgramFiles, module: str, seconds: float, device: str, *, double: bool, cuda: bool) -> Request:
    """To execute the program. Arguments as for `SandboxedProgram`; cuda: whether it mentions a GPU."""
    return {
        "do": "load",
        "name": program.name,
        "module": module,
        "cells": list(program.cells),
        "notebook": program.notebook,
        "titles": list(program.titles),
        "seconds": seconds,
        "double": double,
        "device": device,
        "cuda": cuda,
    }


def fit(call: FitCall, device: str) -> Request:
    """To train a model."""
    asked = {name: value for name, value in vars(call).items() if name not in ("X", "y")}
    inputs = plain({"X": call.X, "y": call.y})
    return {
        **asked,
        "do": "fit",
        "inputs": inputs,
        "arrays": "tensor",
        "settings": dict(call.settings),
        "device": device,
    }


def predict(call: FitCall, model: int, samples: Value, device: str) -> Request:
    """To ask a model that was trained for its answers."""
    how = {"arrays": "tensor", "on_device": call.on_device, "device": device}
    return {"do": "predict", "of": model, "inputs": plain({"X": samples}), **how}


def plain(values: Mapping[str, Value]) -> dict[str, Any]:
    """Numbers, and arrays with what `given` in the sandbox has to know."""
    return {
        name: {"values": value.tolist(), "whole": value.dtype.kind == "i"} if shape_of(value) else value
        for name, value in values.items()
    }
