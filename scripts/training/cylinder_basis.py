"""Learn the basis of the neighbourhood codes from random minutiae: 400 prints of 30..70 points, directions of a zero-pole field. Seed 5."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from biometrics.fingerprint.minutiae import cylinders

TARGET = Path(cylinders.__file__).with_name("codes.npz")


def one_print(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return (bits, valid) of the cylinders of one random print."""
    count = int(rng.integers(30, 71))
    points: list[np.ndarray] = []
    while len(points) < count:
        place = rng.uniform(-1, 1, 2)
        if np.hypot(*place) > 1:
            continue
        place = place * [140, 170] + [170, 200]
        if all(np.hypot(*(place - other)) > 8 for other in points):
            points.append(place)
    xy = np.array(points)
    z = xy[:, 0] + 1j * xy[:, 1]
    core = 170 + rng.normal(0, 20) + 1j * (200 + rng.normal(0, 20))
    delta = core + rng.choice([-1, 1]) * rng.uniform(70, 130) + 1j * rng.uniform(80, 150)
    theta = 0.5 * (np.angle(z - core) - np.angle(z - delta))
    if rng.random() >= 0.5:
        theta = theta + 0.5 * (np.angle(z - core - 20j) - np.angle(z - (2 * core.real - delta.real) - 1j * delta.imag))
    theta = theta + np.pi * rng.integers(0, 2, count)
    angle = (np.round(theta * 256 / (2 * np.pi)).astype(int) & 255).astype(np.uint8)
    y, x = np.mgrid[0:36, 0:30] * 12 + 6.0
    mask = ((x - 170) / 150) ** 2 + ((y - 200) / 180) ** 2 < 1
    return cylinders.cylinders(xy[:, 0].astype(np.float32), xy[:, 1].astype(np.float32), angle, mask, (0, 0))


def main() -> None:
    """Learn and write the basis."""
    rng = np.random.default_rng(5)
    prints = [one_print(rng) for _ in range(400)]
    bits = np.concatenate([b for b, _ in prints])
    valid = np.concatenate([v for _, v in prints])
    mean = bits.sum(0) / np.maximum(valid.sum(0), 1)
    centred = (bits - mean * valid).astype(np.float32)
    _, vectors = np.linalg.eigh(centred.T @ centred)
    directions = vectors[:, ::-1][:, : cylinders.CODE_BITS]
    directions = directions / np.abs(directions).max(0) * 127
    np.savez_compressed(TARGET, mean=np.round(mean * 255).astype(np.uint8), directions=np.round(directions).astype(np.int8))


if __name__ == "__main__":
    main()
