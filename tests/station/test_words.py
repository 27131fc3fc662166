"""Every code that a person may see has words in both languages."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import biometrics
import devices
import station
from biometrics.errors import BiometricsError
from biometrics.portrait.reasons import Instruction
from biometrics.reasons import ReasonCode
from devices.errors import DeviceError
from station.errors import StationError
from station.words import catalogue


def _kinds(kind: type) -> Iterator[type]:
    yield kind
    for below in kind.__subclasses__():
        yield from _kinds(below)


def test_every_reason_and_instruction_has_words() -> None:
    for code in [*ReasonCode, *Instruction]:
        assert all(catalogue()[code.value].values()), code


def test_every_error_class_has_words() -> None:
    for room in (biometrics, devices, station):
        for module in pkgutil.walk_packages(room.__path__, room.__name__ + "."):
            if not module.name.endswith("__main__") and "migrations" not in module.name:
                importlib.import_module(module.name)
    codes = {
        k.code
        for base in (BiometricsError, DeviceError, StationError)
        for k in _kinds(base)
        if k.__module__.split(".")[0] != "tests"
    }
    assert codes - set(catalogue()) == set()
