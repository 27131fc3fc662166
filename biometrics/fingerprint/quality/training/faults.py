"""Synthetic prints with one known fault each, stated by physics; used to fit the ink and movement weights and to measure the rules.

    python -m biometrics.fingerprint.quality.training.faults --count 960 --seed 502

prints how many faults are told and how many clean touches get a false reason. Nothing here reads the rules' thresholds.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.quality.rules import reasons_of
from biometrics.fingerprint.synthesis import (
    ContactSide,
    ImpressionKind,
    ImpressionSettings,
    LiveScene,
    MasterFinger,
    grow_finger,
    impression,
)
from biometrics.positions import SINGLE_FINGERS
from biometrics.reasons import ReasonCode

_LITTLE_INK: Final = frozenset({ReasonCode.TOO_DRY, ReasonCode.TOO_LIGHT})
_MUCH_INK: Final = frozenset({ReasonCode.TOO_WET, ReasonCode.TOO_HEAVY})

# What may be said of each fault. The issue names light/dry, heavy/wet as pairs: one state of the skin.
RIGHT: Final[dict[str, frozenset[ReasonCode]]] = {
    "clean": frozenset(),
    "dry": _LITTLE_INK,
    "light": _LITTLE_INK,
    "wet": _MUCH_INK,
    "heavy": _MUCH_INK,
    "left": frozenset({ReasonCode.OFF_CENTRE_LEFT}),
    "right": frozenset({ReasonCode.OFF_CENTRE_RIGHT}),
    "up": frozenset({ReasonCode.OFF_CENTRE_UP}),
    "down": frozenset({ReasonCode.OFF_CENTRE_DOWN}),
    "tip": frozenset({ReasonCode.TIP_ONLY, ReasonCode.TOO_SMALL}),
    "tilted": frozenset({ReasonCode.TILTED}),
    "moved": frozenset({ReasonCode.MOVED}),
    "worn": frozenset({ReasonCode.WORN}),
    "dirt": frozenset({ReasonCode.DIRTY_PLATEN}),
    "latent": frozenset({ReasonCode.LATENT}),
    "small": frozenset({ReasonCode.TOO_SMALL}),
    "none": frozenset({ReasonCode.NO_FINGER}),
}


def fault_settings(name: str, rng: np.random.Generator, other: MasterFinger) -> ImpressionSettings:
    """Return a careful touch with the one fault `name`, by its physics."""
    u = rng.uniform
    sides = [side for side in ContactSide if side is not ContactSide.WHOLE]
    faults: dict[str, dict[str, Any]] = {
        "clean": {},
        "dry": {"moisture": u(-1, -0.75)},
        "light": {"pressure": u(-1, -0.85), "moisture": u(-0.8, -0.5)},
        "wet": {"moisture": u(0.75, 1)},
        "heavy": {"pressure": u(0.85, 1), "moisture": u(0.5, 0.8)},
        "left": {"shift_px": (u(-120, -85), 0.0)},
        "right": {"shift_px": (u(85, 120), 0.0)},
        "up": {"shift_px": (0.0, u(-160, -110))},
        "down": {"shift_px": (0.0, u(110, 160))},
        "tip": {"kind": ImpressionKind.TIP},
        "tilted": {"rotation_deg": float(rng.choice([-1, 1])) * u(30, 55)},
        "moved": {"smear_px": u(10, 24), "smear_deg": u(0, 360)},
        "worn": {"worn": u(0.75, 1)},
        "dirt": {"dirt": u(0.6, 1)},
        "latent": {"latent": other, "latent_strength": u(0.6, 0.95)},
        "small": {"contact_share": u(0.2, 0.35), "contact_side": sides[int(rng.integers(len(sides)))]},
    }
    return replace(ImpressionSettings.natural(rng, spread=0.2), **{"worn": 0.0, **faults[name]})


def faulty_prints(count: int, seed: int, names: tuple[str, ...] = tuple(RIGHT)) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Yield (fault, image uint8 (480, 400) at 500 ppi), the faults in turn."""
    rng = np.random.default_rng(seed)
    fingers = [
        grow_finger(seed * 1000 + i, SINGLE_FINGERS[int(rng.integers(len(SINGLE_FINGERS)))]) for i in range(max(4, count // 12))
    ]
    for number in range(count):
        name = names[number % len(names)]
        finger, other = fingers[int(rng.integers(len(fingers)))], fingers[int(rng.integers(len(fingers)))]
        if name == "none":
            yield name, LiveScene.of_finger(finger, seed=number, ppi=500).frame(0.0).image
        else:
            yield name, impression(finger, fault_settings(name, rng, other), number).image


def tally(prints: Iterator[tuple[str, NDArray[np.uint8]]]) -> tuple[Counter[str], Counter[str]]:
    """Return how many prints of each fault there were, and how many were judged right (clean: no reason at all)."""
    total: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for name, image in prints:
        codes = {reason.code for reason in reasons_of(image, 500)}
        total[name] += 1
        right[name] += not codes if name == "clean" else bool(codes & RIGHT[name])
    return total, right


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="How many planted faults the rules tell.")
    parser.add_argument("--count", type=int, default=960)
    parser.add_argument("--seed", type=int, default=502)
    given = parser.parse_args()
    total, right = tally(faulty_prints(given.count, given.seed))
    for name, number in total.items():
        sys.stdout.write(f"{name:8s} {right[name]:4d} of {number}\n")
    faults = [name for name in total if name != "clean"]
    share = sum(right[n] for n in faults) / sum(total[n] for n in faults)
    sys.stdout.write(f"faults told {100 * share:.1f} %; clean without a reason {right['clean']} of {total['clean']}\n")


if __name__ == "__main__":
    main()
