"""Fit the weights of the score and its false-match-rate curve; write `calibration.json`.

    python -m scripts.training.score [--fingers 180] [--open FOLDER …] [--cache FILE] [--minutiae]

Weights: generated fingers only (persons 3000 …, none used for the texture network, six hard impressions each; persons 5000 … as a station takes them,
`station_prints.py`), pairs with at least 31,000 px in common. Logistic loss with both classes weighing the same; every weight may only have the sign
that its feature's meaning allows; L2 keeps collinear features together. Seed 3. What a small common area costs is set, not fitted (few pairs have one).

Curve: the generated impostors of both kinds and those of the FVC folders given with `--open` (the two sets that parameters were chosen on), the worst of
them at every rate. Below the 99th percentile as counted; beyond it an exponential tail fitted to the highest percent
and made 10 % longer. `--cache` keeps the features of the generated pairs between runs.

The weights of the minutiae alone choose which movements are looked at, so all features depend on them: they stay as they are unless
`--minutiae` asks for new ones (then run it again without, for features made by the new ones).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
from scipy.optimize import minimize

from biometrics.fingerprint.matching import score
from biometrics.fingerprint.matching.compare import looks
from biometrics.fingerprint.minutiae import Template, extract_stored
from biometrics.fingerprint.minutiae.template import SAMPLE_PX
from biometrics.fingerprint.synthesis import ContactSide, ImpressionSettings, Person, Sensor, impression
from biometrics.positions import FingerPosition
from scripts.training.station_prints import StationPairs, station_pairs

TARGET = Path(score.__file__).with_name("calibration.json")
SHAPES = {Sensor.OPTICAL: (440, 388), Sensor.CAPACITIVE: (300, 300), Sensor.THERMAL: (480, 300), Sensor.INK: (480, 400)}
FIRST_PERSON = 3000
IMPRESSIONS = 6
L2 = 0.01
MINUTIAE = 7
# Of the features in `matching.score`: the sign each may have, which of them the full score uses, and where the common area stands.
SIGNS = np.array([1, 1, 1, 1, 1, -1, -1, 1, 1, 1, 1, 1, -1, -1, 1, -1])
USED = (0, 1, 2, 3, 4, 5, 7, 9, 11, 12, 13, 14)
OVERLAP = 12
SCARCE, SCARCE_WEIGHT = 15, -6.0
TAIL = 1.1
RATES = (1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7)


def finger(person: int) -> tuple[Sensor, list[Template]]:
    """Return the sensor and the stored-and-read templates of one generated finger."""
    rng = np.random.default_rng([person, 77])
    grown = Person.from_seed(person).finger(FingerPosition(int(rng.integers(1, 11))))
    sensor = Sensor(rng.choice([s.value for s in SHAPES], p=(0.4, 0.3, 0.2, 0.1)))
    found = []
    for k in range(IMPRESSIONS):
        settings = ImpressionSettings.natural(
            rng,
            spread=1.15,
            sensor=sensor,
            distortion=float(np.clip(rng.lognormal(0.6, 0.65), 0.2, 5.5)),
            rotation_deg=float(np.clip(rng.normal(0, 12), -40, 40)),
            shift_px=(float(rng.normal(0, 26)), float(rng.normal(0, 26))),
            contact_share=float(rng.uniform(0.45, 1)) if rng.random() < 0.35 else 1.0,
            contact_side=list(ContactSide)[int(rng.integers(5))],
            noise=float(rng.uniform(0.8, 1.7)),
            scar=float(rng.random() < 0.05) * 0.7,
            dirt=float(rng.random() < 0.15) * 0.5,
        )
        found.append(extract_stored(impression(grown, settings, seed=k, shape=SHAPES[sensor]).image))
    return sensor, found


def look(a: Template, b: Template) -> np.ndarray | None:
    """Return the features of both hypotheses (2, 16), or None where there are none."""
    found = [values for values, _, _ in looks(a, b)][:2]
    return np.array((found + found)[:2]) if found else None


def enough(found: np.ndarray) -> np.ndarray:
    """Return the pairs (n, 2, 16) that have enough of the finger in common to be asked of."""
    return found[np.exp(found[:, 0, OVERLAP]) - 1000 > score.LEAST_COMMON_PX / SAMPLE_PX**2]


def pairs(fingers: list[tuple[Sensor, list[Template]]]) -> tuple[np.ndarray, np.ndarray]:
    """Return features of genuine pairs (8 a finger) and of impostor pairs (25 a finger, mostly of the same sensor)."""
    rng = np.random.default_rng(3)
    genuine, impostor = [], []
    for f, (sensor, prints) in enumerate(fingers):
        for _ in range(8):
            i, j = rng.choice(IMPRESSIONS, 2, replace=False)
            genuine.append((prints[i], prints[j]))
        same = [k for k, (other, _) in enumerate(fingers) if other == sensor and k != f]
        for _ in range(25):
            k = int(rng.choice(same)) if same and rng.random() < 0.8 else int(rng.integers(len(fingers)))
            if k != f:
                impostor.append((prints[rng.integers(IMPRESSIONS)], fingers[k][1][rng.integers(IMPRESSIONS)]))
    found = []
    for group in (genuine, impostor):
        values = [look(a, b) for a, b in group if len(a) > 5 and len(b) > 5]
        found.append(np.array([v for v in values if v is not None]))
    return found[0], found[1]


def fit(genuine: np.ndarray, impostor: np.ndarray, used: Sequence[int]) -> tuple[np.ndarray, float]:
    """Return (weights of all features, 0 for those not in `used`, bias), choosing each pair's better look by the weights of the round before."""
    columns = list(used)
    weights, bias = np.zeros(len(columns)), 0.0
    bounds = [(0, None) if SIGNS[k] > 0 else (None, 0) for k in columns] + [(None, None)]
    for step in range(3):
        chosen = []
        for group in (genuine[..., columns], impostor[..., columns]):
            which = (group @ weights).argmax(1) if step else np.zeros(len(group), int)
            chosen.append(group[np.arange(len(group)), which])
        values = np.concatenate(chosen)
        label = np.concatenate([np.ones(len(chosen[0])), -np.ones(len(chosen[1]))])
        share = np.where(label > 0, 0.5 / len(chosen[0]), 0.5 / len(chosen[1]))
        mean, spread = values.mean(0), values.std(0)
        scaled = (values - mean) / spread

        def loss(p: np.ndarray, x: np.ndarray = scaled, y: np.ndarray = label, w: np.ndarray = share) -> tuple[float, np.ndarray]:
            margin = y * (x @ p[:-1] + p[-1])
            slope = -y * w / (1 + np.exp(margin))
            value = (np.logaddexp(0, -margin) * w).sum() + L2 * (p[:-1] ** 2).sum()
            return value, np.concatenate([x.T @ slope + 2 * L2 * p[:-1], [slope.sum()]])

        p = minimize(loss, np.zeros(len(columns) + 1), jac=True, bounds=bounds, method="L-BFGS-B").x
        weights, bias = p[:-1] / spread, float(p[-1] - (p[:-1] * mean / spread).sum())
    every = np.zeros(len(SIGNS))
    every[columns] = weights
    every[SCARCE] = SCARCE_WEIGHT if OVERLAP in columns else 0.0
    return every, bias


def open_impostors(folder: Path) -> np.ndarray:
    """Return the features (n, 2, 16) of every cross-finger pair of an FVC folder (`101_1.png` …), stored-and-read templates."""
    prints = {}
    for path in sorted(folder.glob("*.png")):
        image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        prints[path.stem] = extract_stored(np.asarray(image, np.uint8))
    found = [look(prints[a], prints[b]) for a, b in combinations(prints, 2) if a.split("_")[0] != b.split("_")[0]]
    return np.array([values for values in found if values is not None])


def curve(sources: list[np.ndarray]) -> list[dict[str, float]]:
    """Return score by rate: counted down to 1 %, an exponential tail of the highest percent beyond, the worst source at each rate."""
    rows = []
    for rate in RATES:
        lines = []
        for scores in sources:
            start = np.quantile(scores, 0.99)
            tail = TAIL * float((scores[scores > start] - start).mean())
            lines.append(float(np.quantile(scores, 1 - rate)) if rate >= 0.01 else start + tail * np.log(0.01 / rate))
        rows.append({"score": round(max(lines), 4), "fmr": rate})
    return rows


def write(
    genuine: np.ndarray, impostor: np.ndarray, taken: StationPairs, opened: list[tuple[str, np.ndarray]], *, minutiae: bool
) -> None:
    """Fit and write `calibration.json`; `taken` are pairs as a station has them, `opened` (name, features of impostor pairs) of open sets."""
    genuine, impostor = enough(genuine), enough(impostor)
    alike, strangers = np.concatenate([genuine, enough(taken.genuine)]), np.concatenate([impostor, enough(taken.impostor)])
    weights, bias = fit(alike, strangers, USED)
    if minutiae:
        own, own_bias = fit(alike, strangers, range(MINUTIAE))
    else:
        own, own_bias = score.calibration().minutia_weights, score.calibration().minutia_bias
    hard, plain = ((values @ weights + bias).max(1) for values in (impostor, taken.plain_impostor))
    rows = curve([hard, plain, *((values @ weights + bias).max(1) for _, values in opened)])
    line = next(row["score"] for row in rows if row["fmr"] == 1e-4)
    sources = ", ".join(
        [
            f"{len(impostor)} of these generated impostor pairs, {len(taken.plain_impostor)} of plain prints as a station takes them",
            *(f"the {len(v)} of {name}" for name, v in opened),
        ]
    )
    text = {
        "version": 1,
        "weights": [round(float(w), 5) for w in weights],
        "bias": round(bias, 5),
        "minutia_weights": [round(float(w), 5) for w in own[:MINUTIAE]],
        "minutia_bias": round(own_bias, 5),
        "curve": rows,
        "measured_down_to": 0.001,
        "measured_on": (
            f"weights: generated fingers, {len(alike)} genuine and {len(strangers)} impostor pairs with at least {score.LEAST_COMMON_PX} px in common. "
            f"curve: {sources}, the worst of them at every rate; counted down to 1e-2, from there an exponential "
            f"tail made 10 % longer: inside what was counted to 1e-3, extrapolated beyond. {int((hard >= line).sum())} and "
            f"{int((plain >= line).sum())} of the generated impostor pairs pass the line of 1e-4"
        ),
    }
    TARGET.write_text(json.dumps(text, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Generate, compare, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fingers", type=int, default=180)
    parser.add_argument("--open", type=Path, nargs="*", default=[])
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--minutiae", action="store_true")
    given = parser.parse_args()
    if given.cache and given.cache.exists():
        with np.load(given.cache) as kept:
            genuine, impostor = kept["genuine"], kept["impostor"]
            taken = StationPairs(kept["taken_genuine"], kept["taken_impostor"], kept["taken_plain"])
    else:
        genuine, impostor = pairs([finger(FIRST_PERSON + k) for k in range(given.fingers)])
        taken = station_pairs(look)
        if given.cache:
            np.savez(given.cache, genuine=genuine, impostor=impostor, taken_genuine=taken.genuine, taken_impostor=taken.impostor,
                     taken_plain=taken.plain_impostor)  # fmt: skip
    write(genuine, impostor, taken, [(folder.name, open_impostors(folder)) for folder in given.open], minutiae=given.minutiae)


if __name__ == "__main__":
    main()
