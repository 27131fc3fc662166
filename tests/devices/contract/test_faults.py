"""The fault matrix: every fault of every family (`table.FAULT_CASES`) recovers or ends with a named error within its deadline.

No hang, no half picture, and after the fault is healed the next use works.
"""

from __future__ import annotations

import time

import pytest

from devices.errors import DeviceError
from devices.simulated.table import FAMILIES, load_simulator
from station.words import catalogue
from tests.devices.contract.table import FAULT_CASES, find_fault

MATRIX: list[tuple[str, str]] = [(family, fault) for family in sorted(FAULT_CASES) for fault in load_simulator(family).FAULTS]


def test_every_family_is_in_the_matrix() -> None:
    assert set(FAULT_CASES) == set(FAMILIES)


@pytest.mark.parametrize(("family", "fault"), MATRIX, ids=[f"{family}-{fault}" for family, fault in MATRIX])
def test_it_recovers_or_names_its_error_and_the_next_use_works(family: str, fault: str, matrix: list[str]) -> None:
    with find_fault(FAULT_CASES[family])(fault) as bench:
        began = time.monotonic()
        word = "recovered"
        try:
            bench.device.open(bench.deadline_s)
            assert bench.use()
        except DeviceError as error:
            word = error.reason_code
        took = time.monotonic() - began
        matrix.append(f"fault {family:12s} {fault:20s} {word:28s} {took:6.2f} s")
        assert word == "recovered" or word in catalogue(), f"{word} has no words"
        assert word == "recovered" or not bench.recovers, f"{fault} must not even be noticed"
        assert took <= bench.deadline_s + 0.5
        bench.device.close()
        bench.heal()
        bench.device.open()
        assert bench.use(), "the next use works"
        bench.device.close()
