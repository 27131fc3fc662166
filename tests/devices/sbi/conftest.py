from __future__ import annotations

from collections.abc import Iterator

import pytest

from devices.simulated.sbi import SbiSimulator
from tests.devices.sbi.contract_cases import grown


@pytest.fixture
def slap_service() -> Iterator[SbiSimulator]:
    sim = SbiSimulator("finger-slap", frames_per_s=120)
    sim.start()
    grown(sim)
    yield sim
    sim.stop()


@pytest.fixture
def iris_service() -> Iterator[SbiSimulator]:
    sim = SbiSimulator("iris-double")
    sim.start()
    yield sim
    sim.stop()
