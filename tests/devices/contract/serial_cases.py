"""The serial fingerprint families on their pty simulators, at full speed and with short waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt

from biometrics.positions import FingerPosition
from devices.contract import CaptureRequest, Device
from devices.profiles import Profile, load_profile
from devices.serial_55aa import Gt5Scanner
from devices.serial_ef01 import Ef01Scanner
from devices.serial_scanner import SerialScanner
from devices.serial_sfm import SfmScanner
from devices.simulated.serial_55aa import Gt5Simulator
from devices.simulated.serial_ef01 import Ef01Simulator
from devices.simulated.serial_sfm import SfmSimulator
from devices.simulated.wire_finger import Finger
from devices.simulated.wire_pty import SerialSimulator
from tests.devices.contract.table import FaultBench

REQUEST: Final = CaptureRequest(FingerPosition.RIGHT_INDEX, deadline_s=6.0)
DEADLINE_S: Final = 12.0

# Wire faults that a checked protocol with retries must swallow. Unplugging cannot be; the others end with a name when they persist.
SWALLOWED: Final = frozenset(
    {"dropped-byte", "bad-checksum", "stray-ready", "split-read", "silence", "double-ack", "short-last-packet", "lying-length"}
)


def picture(width: int, height: int) -> bytes:
    """A picture whose every part differs, with the families' header bytes in it."""
    pixels = bytearray((x * 7 + y * 3) % 256 for y in range(height) for x in range(width))
    pixels[5:9] = b"\xe0\xf0\x00\x10"  # packs to EF 01 in 4 bits
    pixels[900:906] = b"\x55\xaa\x5a\xa5\x40\x0a"
    return bytes(pixels)


def expected(profile: Profile) -> npt.NDArray[np.uint8]:
    """The pixels that a capture must hold: what lies on the simulated sensor, in the module's own number of grey levels."""
    image = profile.image
    assert image is not None
    grey = np.frombuffer(picture(image.width, image.height), np.uint8).reshape(image.height, image.width)
    return (grey >> 4) * np.uint8(17) if image.bits == 4 else grey


def whole_picture(device: SerialScanner) -> bool:
    """One capture; a picture that differs in one pixel from what lies on the sensor fails the test."""
    (image,) = device.capture(REQUEST).images
    np.testing.assert_array_equal(image.pixels, expected(device.profile))
    return True


def quick(name: str) -> Profile:
    """The profile with short waits: the simulated module answers at once."""
    return load_profile(name).with_port(answer_ms=250, gap_ms=80, quiet_ms=5)


def small(name: str) -> Profile:
    """The same with a small sensor: faults are about order, not about size."""
    profile = quick(name)
    image = profile.image
    assert image is not None
    size = 96 * 64 * image.bits // 8 + image.header_bytes
    bauds = tuple(b for b in profile.port.bauds if b in (profile.port.bauds[0], profile.port.session_baud, 19200))
    return msgspec.structs.replace(
        profile.with_port(bauds=bauds, answer_ms=160),
        image=msgspec.structs.replace(image, width=96, height=64, transfer_bytes=size),
    )


MAKERS: Final[dict[str, tuple[Callable[..., Any], Callable[..., Any], str]]] = {
    "ef01": (Ef01Simulator, Ef01Scanner, "grow-r503-v12"),
    "gt5": (Gt5Simulator, Gt5Scanner, "gt511c3"),
    "sfm": (SfmSimulator, SfmScanner, "suprema-sfm"),
}


def simulator(family: str, profile: Profile, faults: Sequence[str] = (), finger: Finger | None = None) -> SerialSimulator:
    """A simulator at full speed whose finger lies there at the second look."""
    made: SerialSimulator = MAKERS[family][0](profile, faults, paced=False, finger=finger or Finger(away=1), picture=picture)
    return made


@contextmanager
def running(family: str, name: str = "", faults: Sequence[str] = ()) -> Iterator[tuple[SerialScanner, SerialSimulator]]:
    """A closed scanner and the running simulator on its port."""
    profile = quick(name or MAKERS[family][2])
    made = simulator(family, profile, faults)
    try:
        yield MAKERS[family][1](made.start(), profile), made
    finally:
        made.stop()


@contextmanager
def faulty(family: str, fault: str, name: str = "") -> Iterator[FaultBench]:
    """The same with a fault, and how to heal it: another cable, another power-on."""
    profile = small(name or MAKERS[family][2])
    made = [simulator(family, profile, [fault])]
    device = MAKERS[family][1](made[0].start(), profile)

    def heal() -> None:
        assert made[0].faults_spent, f"{fault} was never played"
        made[0].stop()
        made[0] = simulator(family, profile)
        device.port = made[0].start()

    try:
        plain = fault.partition("@")[0]
        yield FaultBench(device, lambda: whole_picture(device), heal, DEADLINE_S, plain in SWALLOWED)
    finally:
        device.close()
        made[0].stop()


@contextmanager
def ef01(_: Path) -> Iterator[Device]:
    with running("ef01") as (device, _made):
        yield device


@contextmanager
def ef01_fault(fault: str) -> Iterator[FaultBench]:
    # The profile whose speed is raised, so that the fault may also hit that.
    with faulty("ef01", fault, "r305-r307") as bench:
        yield bench


@contextmanager
def gt5(_: Path) -> Iterator[Device]:
    with running("gt5") as (device, _made):
        yield device


@contextmanager
def gt5_fault(fault: str) -> Iterator[FaultBench]:
    with faulty("gt5", fault) as bench:
        yield bench


@contextmanager
def sfm(_: Path) -> Iterator[Device]:
    with running("sfm") as (device, _made):
        yield device


@contextmanager
def sfm_fault(fault: str) -> Iterator[FaultBench]:
    with faulty("sfm", fault) as bench:
        yield bench
