"""Generated rolls, each with one fault or none: how many are told, and false alarms. Synthetic only.

./run bench rolls [--json]
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

import numpy as np

from biometrics.fingerprint.quality.rolling import RollWatch
from biometrics.fingerprint.synthesis import ImpressionKind, ImpressionSettings, LiveScene, Roll, grow_finger
from biometrics.positions import SINGLE_FINGERS
from tests.bench.report import Report

FINGERS = 20
PLANTED: dict[str, Callable[[Callable[[float, float], float]], Roll | None]] = {
    "": lambda u: Roll(seconds=u(0.7, 2.0)),
    "roll-fast": lambda u: Roll(seconds=u(0.12, 0.2)),
    "roll-short": lambda u: Roll(seconds=u(0.7, 1.5), share=u(0.0, 0.2)),
    "roll-slipped": lambda u: Roll(seconds=u(0.8, 1.6), slip_mm=u(1.2, 2.5)),
    "at once": lambda u: None,
}


def told(fingers: int = FINGERS, seed: int = 5) -> tuple[dict[str, Counter[str]], list[float]]:
    """Return, by what was planted, how often each code was told, and the watch's own CPU seconds a picture."""
    found: dict[str, Counter[str]] = {name: Counter() for name in PLANTED}
    spent: list[float] = []
    rng = np.random.default_rng(seed)
    for number in range(fingers):
        finger = grow_finger(seed * 1000 + number, SINGLE_FINGERS[number % len(SINGLE_FINGERS)])
        for name, plant in PLANTED.items():
            settings = ImpressionSettings.natural(rng, spread=0.4, kind=ImpressionKind.ROLLED)
            roll = plant(rng.uniform)
            scene = LiveScene.of_finger(finger, settings, number, shape=(400, 375), land_s=0.05, roll=roll)
            watch, codes = RollWatch(), set[str]()
            for picture in range(int(30 * ((roll.seconds if roll else 0.5) + 1.3))):
                at_s = picture / 30
                image = scene.frame(at_s).image
                began = time.thread_time()
                codes.update(watch.feed(image, 250, at_s))
                spent.append(time.thread_time() - began)
            found[name].update(map(str, codes or {"-"}))
    return found, sorted(spent)


def main(arguments: list[str]) -> int:
    """Print one line per figure."""
    report = Report(arguments)
    found, spent = told()
    for name in ("roll-fast", "roll-short", "roll-slipped"):
        report.figure(f"told: {name}", 100 * found[name][name] / FINGERS, "%", None, str(dict(found[name])))
    for name in ("", "at once"):
        report.figure(
            f"good rolls with a false reason ({name or 'rolled'})",
            100 * (1 - found[name]["-"] / FINGERS),
            "%",
            None,
            str(dict(found[name])),
        )
    report.figure("watching a roll, p95 (own CPU)", 1000 * spent[int(0.95 * len(spent))], "ms", 2)
    return 0
