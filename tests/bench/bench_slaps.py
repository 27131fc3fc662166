"""`./run bench slaps [--json] [--count N]`: open slaps against the peer's boxes, generated slaps against their truth, time."""

from __future__ import annotations

import csv
import sys
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from biometrics.fingerprint.segmentation import segment_preview, segment_slap
from biometrics.fingerprint.synthesis import ImpressionSettings, Person, slap
from biometrics.positions import SLAP_FINGERS, FingerPosition
from tests.bench.report import Report, cpu_ms
from tests.conftest import shared_dir


def overlap(a: Any, b: Any) -> float:
    """Return the intersection over union of two oriented boxes ((x, y), (w, h), degrees clockwise)."""
    p, q = cv2.boxPoints(a).astype(np.float32), cv2.boxPoints(b).astype(np.float32)
    common, _ = cv2.intersectConvexConvex(p, q)
    return float(common / (cv2.contourArea(p) + cv2.contourArea(q) - common))


def open_slaps(report: Report) -> None:
    """Print the figures of the open slaps. The peer turns the other way, so its angle is negated."""
    shared = shared_dir()
    if shared is None:
        sys.stderr.write("bench slaps: the open slaps are not on this machine; left out\n")
        return
    with (shared / "data" / "slaps" / "nfseg_open.csv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    boxes, angles, times, total = [], [], [], 0
    for path in sorted((shared / "data" / "fingerprints" / "slaps").glob("*.png")):
        image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        found = {int(f.position): f for f in segment_slap(image).fingers}
        times.append(cpu_ms(lambda i=image: segment_slap(i), 3))
        for row in rows:
            if Path(row["file"]).name != path.name:
                continue
            total += 1
            finger = found.get({11: 1, 12: 6}.get(int(row["fgp"]), int(row["fgp"])))
            if finger is None:
                continue
            x, y, w, h, turn = (float(row[k]) for k in ("cx", "cy", "w", "h", "theta_deg"))
            boxes.append(overlap((finger.centre, (finger.width, finger.height), finger.angle_deg), ((x, y), (w, h), -turn)))
            angles.append(abs(finger.angle_deg + turn))
    note = "a070's peer boxes are wrong: one is handwriting"
    report.figure("open slaps, fingers found with the peer's label", len(boxes), "fingers", total, note)
    report.figure("open slaps, box overlap >= 0.75", sum(b >= 0.75 for b in boxes), "fingers", total, note)
    report.figure("open slaps, box overlap, median", float(np.median(boxes)), "IoU", 0.75)
    report.figure("open slaps, angle within 6 degrees", sum(a <= 6 for a in angles), "fingers", total, note)
    report.figure("open slaps, slowest, CPU", max(times), "ms", 80)


def generated(report: Report, count: int) -> None:
    """Print the figures of `count` generated slaps: a quarter with missing fingers, most of those declared."""
    right = hands = done = confident_wrong = sure = 0
    overlaps, live, full, wrong = [], [], [], [0.0]
    positions = (FingerPosition.RIGHT_FOUR, FingerPosition.LEFT_FOUR) * 3 + (FingerPosition.TWO_THUMBS,)
    start = time.monotonic()
    person_seed = 5000
    while done < count:
        person = Person.from_seed(person_seed)
        rng = np.random.default_rng([person_seed, 9])
        person_seed += 1
        for k, position in enumerate(positions):
            if done == count:
                break
            tilt = float(rng.uniform(-45, 45)) if rng.random() < 0.3 else float(np.clip(rng.normal(0, 8), -30, 30))
            if position == FingerPosition.TWO_THUMBS:
                tilt = float(np.clip(tilt, -25, 25))
            fingers = SLAP_FINGERS[position]
            missing = tuple(fingers[i] for i in rng.choice(len(fingers), 1, replace=False)) if rng.random() < 0.25 else ()
            settings = ImpressionSettings.natural(rng, rotation_deg=tilt, halo=0.6 * float(rng.random() < 0.2))
            spread, phalanx = float(rng.uniform(0.82, 1.02)), float(rng.choice([0, 0.5, 1]))
            truth = slap(person, position, settings, seed=k, missing=missing, spread=spread, second_phalanx=phalanx)
            found = segment_slap(truth.image, position, missing)
            boxes = {f.position: f for f in found.fingers}
            good = found.hand == position and set(boxes) == {f.position for f in truth.fingers}
            for finger in truth.fingers:
                if finger.position in boxes:
                    o, f = finger.oriented, boxes[finger.position]
                    value = overlap((o.centre, (o.width, o.height), o.angle_deg), (f.centre, (f.width, f.height), f.angle_deg))
                    overlaps.append(value)
                    good = good and value > 0.4
            right += good
            alone = segment_slap(truth.image)
            hands += alone.hand == position
            if alone.hand != position:
                confident_wrong += alone.hand_confidence > 0.9
                wrong.append(alone.hand_confidence)
            else:
                sure += alone.hand_confidence > 0.9
            if k == 0:
                small = cv2.resize(truth.image, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
                live.append(cpu_ms(lambda s=small, p=position: segment_preview(s, 125, p), 3))
                full.append(cpu_ms(lambda t=truth, p=position: segment_slap(t.image, p), 3))
            done += 1
    report.figure("generated slaps, all fingers found and labelled", 100 * right / count, "%", 99, f"{count} slaps")
    report.figure("generated slaps, hand told without being asked", 100 * hands / count, "%")
    report.figure("generated slaps, right hand with confidence > 0.9", 100 * sure / count, "%")
    report.figure("generated slaps, wrong hand with confidence > 0.9", confident_wrong, "slaps", 0, f"surest {max(wrong):.3f}")
    report.figure("generated slaps, box overlap, median", float(np.median(overlaps)), "IoU")
    report.figure("slap 1600x1500, CPU", float(np.median(full)), "ms", 80)
    report.figure("live picture 400x375, CPU", float(np.median(live)), "ms", 15)
    report.figure("whole run", time.monotonic() - start, "s")


def main(arguments: list[str]) -> int:
    """Run the benchmark."""
    cv2.setNumThreads(1)
    report = Report(arguments)
    count = int(arguments[arguments.index("--count") + 1]) if "--count" in arguments else 500
    open_slaps(report)
    generated(report, count)
    return 0
