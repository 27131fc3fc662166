"""Generated prints: time, likeness to the open sets (table 7 of the synthesis study), punishment of bad touches, truth.

`./run bench synthesis [--json] [--fingers N]`; likeness and punishment need the reference data beside the project.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.synthesis import (
    ImpressionKind,
    ImpressionSettings,
    LiveScene,
    Person,
    Sensor,
    finger_spec,
    grow_master,
    impression,
    slap,
)
from biometrics.positions import SINGLE_FINGERS, FingerPosition
from tests.bench.print_measures import measures
from tests.bench.report import Report, cpu_ms, opencv_yardstick_ms
from tests.conftest import shared_dir

Grey = NDArray[np.uint8]
# Open set: (sensor, picture shape, ppi).
SETS = {
    "fvc2002_db1_b": (Sensor.OPTICAL, (374, 388), 500),
    "fvc2004_db1_b": (Sensor.OPTICAL, (480, 640), 500),
    "fvc2002_db3_b": (Sensor.CAPACITIVE, (300, 300), 500),
    "fvc2004_db3_b": (Sensor.THERMAL, (480, 300), 512),
}
TABLE = ("score", "ridge period", "FDA", "LCS", "OCL in region", "OF", "RVU", "coherence", "minutiae", "minutiae per 10^4 px",
         "ridge share", "fine std", "local std")  # fmt: skip


def generated(name: str, fingers: int, touches: int = 2) -> Iterator[Grey]:
    """Yield usual captures of many persons' fingers on the sensor of one open set."""
    sensor, shape, ppi = SETS[name]
    for k in range(fingers):
        position = SINGLE_FINGERS[k * 7 % 10]
        rng = np.random.default_rng([5000 + k, 77])
        # The open sets come from students and staff of a university: young and middle-aged hands.
        finger = grow_master(finger_spec(5000 + k, position, age=rng.uniform(20, 45)), (600, 450))
        for touch in range(touches):
            yield impression(finger, ImpressionSettings.natural(rng, sensor=sensor, ppi=ppi), touch, shape).image


def summary(pictures: Iterator[Grey], ppi: int, shared: Path) -> dict[str, NDArray[np.float64]]:
    """Return per measure its (10 %, median, 90 %) over the pictures."""
    rows = [measures(picture, ppi, shared) for picture in pictures]
    return {name: np.nanpercentile([row.get(name, np.nan) for row in rows], (10, 50, 90)) for name in TABLE}


def real(name: str, shared: Path) -> Iterator[Grey]:
    """Yield every second picture of an open set."""
    for path in sorted((shared / "data/fingerprints" / name).glob("*.png"))[::2]:
        picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        assert picture is not None
        yield np.asarray(picture, dtype=np.uint8)


def likeness(report: Report, shared: Path, fingers: int) -> None:
    """Print per set and measure the generated median, the real median as reference, and whether it lies in the real 10-90 % band."""
    for name, (_, _, ppi) in SETS.items():
        truth, made = summary(real(name, shared), ppi, shared), summary(generated(name, fingers), ppi, shared)
        for measure in TABLE:
            low, middle, high = (float(v) for v in truth[measure])
            value = float(made[measure][1])
            band = f"real {low:.3g} … {high:.3g}, generated {made[measure][0]:.3g} … {made[measure][2]:.3g}"
            report.figure(f"{name}: {measure}", value, "", middle, ("inside " if low <= value <= high else "OUTSIDE ") + band)


PUNISHED = {
    "normal": ImpressionSettings(),
    "dry -0.8": ImpressionSettings(moisture=-0.8),
    "wet 0.8": ImpressionSettings(moisture=0.8),
    "wet 0.8, hard 0.6": ImpressionSettings(moisture=0.8, pressure=0.6),
    "light -0.9": ImpressionSettings(pressure=-0.9),
    "worn 0.6": ImpressionSettings(worn=0.6),
    "smeared 14 px": ImpressionSettings(smear_px=14, smear_deg=60),
    "tip": ImpressionSettings(kind=ImpressionKind.TIP),
    "latent and dirt": ImpressionSettings(dirt=0.6),
    "4 bit": ImpressionSettings(bits=4),
    "strong distortion": ImpressionSettings(distortion=3),
}


def punishment(report: Report, shared: Path, fingers: int) -> None:
    """Print the mean score of the same fingers under one fault each."""
    masters = [grow_master(finger_spec(900 + k, SINGLE_FINGERS[k % 10], age=25), (600, 450)) for k in range(fingers)]
    old = [grow_master(finger_spec(900 + k, SINGLE_FINGERS[k % 10], age=82), (600, 450)) for k in range(fingers)]
    normal = None
    cases = [(name, masters, settings) for name, settings in PUNISHED.items()] + [("age 82", old, ImpressionSettings())]
    for name, fingers_of_case, settings in cases:
        scores = [measures(impression(m, settings, 1, (480, 400)).image, 500, shared).get("score", 0.0) for m in fingers_of_case]
        value = float(np.nanmean(np.nan_to_num(scores)))
        normal = value if normal is None else normal
        report.figure(f"score: {name}", value, "points", normal)


def speed(report: Report) -> None:
    """Print times of one thread."""
    report.figure("OpenCV yardstick", opencv_yardstick_ms(), "ms")
    spec = finger_spec(3, FingerPosition.RIGHT_INDEX)
    report.figure("new rolled-size finger 752x800", cpu_ms(lambda: grow_master(spec), 5), "ms", 400)
    report.figure("new plain-size finger 450x600", cpu_ms(lambda: grow_master(spec, (600, 450)), 5), "ms")
    finger, person = grow_master(spec), Person.from_seed(3)
    report.figure("plain impression 388x374", cpu_ms(lambda: impression(finger, None, 1, (374, 388))), "ms", 30)
    rolled = ImpressionSettings(kind=ImpressionKind.ROLLED)
    report.figure("rolled impression 800x750", cpu_ms(lambda: impression(finger, rolled, 1)), "ms", 60)
    report.figure("slap 1600x1500", cpu_ms(lambda: slap(person, FingerPosition.RIGHT_FOUR, None, 1)), "ms", 300)
    full = ImpressionSettings(halo=0.6, dirt=0.4, latent=finger, rotation_deg=30)
    work = lambda: slap(person, FingerPosition.RIGHT_FOUR, full, 1, second_phalanx=1.0)  # noqa: E731
    report.figure("slap with halo, latent, second phalanx", cpu_ms(work), "ms", 300)
    live, hand = LiveScene.of_finger(finger), LiveScene.of_slap(person, FingerPosition.RIGHT_FOUR)
    report.figure("live frame of a finger, 250 ppi", cpu_ms(lambda: live.frame(1.5)), "ms")
    report.figure("live frame of a slap, 125 ppi", cpu_ms(lambda: hand.frame(1.5)), "ms")


def main(arguments: list[str]) -> int:
    """Print every figure."""
    cv2.setNumThreads(1)
    report = Report(arguments)
    fingers = int(arguments[arguments.index("--fingers") + 1]) if "--fingers" in arguments else 24
    speed(report)
    shared = shared_dir()
    if shared is not None:
        likeness(report, shared, fingers)
        punishment(report, shared, 12)
    return 0
