"""Several faults in one session, drawn at random: a capture is whole or a named error, and the module is left as it was found."""

from __future__ import annotations

import random

import pytest

from devices.contract import CaptureRequest
from devices.errors import DeviceError
from devices.simulated.wire_faults import ANSWER_FAULTS, SERIAL_FAULTS, FaultScript
from devices.simulated.wire_finger import Finger
from station.words import catalogue
from tests.devices.contract.serial_cases import MAKERS, simulator, small, whole_picture

# A pulled cable ends the session, so it stands in the matrix alone.
DRAWN = [f for f in (*SERIAL_FAULTS, *ANSWER_FAULTS) if not f.startswith("unplug")]


def one_session(family: str, seed: int) -> str:
    """Open, capture twice under two to four faults, then once without; return what happened."""
    rng = random.Random(seed)
    profile = small("r305-r307" if family == "ef01" else MAKERS[family][2])
    faults = rng.sample(DRAWN, rng.randrange(2, 5))
    made = simulator(family, profile, faults, finger=Finger())
    device = MAKERS[family][1](made.start(), profile)
    said = []
    try:
        for _ in range(2):
            try:
                device.open()
                assert whole_picture(device)
                said.append("whole")
            except DeviceError as error:
                said.append(error.reason_code)
        assert set(said) <= {"whole", *catalogue()}, "an error without words"
        made.module.faults = FaultScript([])
        device.open()
        assert device.capture(CaptureRequest(deadline_s=8.0)).images
        assert whole_picture(device)
        device.close()
        assert made.module.baud == profile.port.bauds[0] or "wrong-baud" in " ".join(faults)
        assert made.module.written == []
    finally:
        device.close()
        made.stop()
    return f"{family} {seed} {faults}: {said}"


@pytest.mark.parametrize("family", MAKERS)
@pytest.mark.parametrize("seed", range(3))
def test_a_few_sessions(family: str, seed: int) -> None:
    one_session(family, seed)


@pytest.mark.all
@pytest.mark.parametrize("family", MAKERS)
def test_many_sessions(family: str) -> None:
    for seed in range(100, 300):
        one_session(family, seed)
