from __future__ import annotations

from collections.abc import Iterator

import pytest

from devices.simulated.sbi import SbiSimulator


@pytest.fixture
def slap_service() -> Iterator[SbiSimulator]:
    sim = SbiSimulator("finger-slap", frames_per_s=120)
    sim.start()
    sim.warm_up("3")  # thumbs grown, so that deadlines in tests may be short
    yield sim
    sim.stop()


@pytest.fixture
def iris_service() -> Iterator[SbiSimulator]:
    sim = SbiSimulator("iris-double")
    sim.start()
    yield sim
    sim.stop()
