"""Fuzz target: any array into `assess`, any bytes into the model readers: a verdict or the room's own error, nothing else."""

from __future__ import annotations

import numpy as np

from biometrics.errors import FormatError, ImageError, ModelError
from biometrics.fingerprint.quality import assess, assess_live
from biometrics.models import import_official, official_model, read_descriptor

DTYPES = (np.uint8, np.uint8, np.uint8, np.uint16, np.int32, np.float32, bool)


def one_image(rng: np.random.Generator) -> None:
    """Judge one array of any shape, type and texture."""
    dimensions = int(rng.choice([2, 2, 2, 2, 1, 3]))
    shape = tuple(int(v) for v in rng.choice([0, 1, 2, 31, 32, 33, 68, 69, 97, 195, 197, 260], dimensions))
    kind = rng.integers(4)
    if kind == 0:
        values = np.full(shape, rng.integers(0, 256))
    elif kind == 1:
        values = rng.integers(0, 256, shape)
    elif kind == 2:
        values = (rng.random(shape) < 0.5) * 255
    else:
        values = (np.indices(shape).sum(axis=0) * rng.integers(1, 60)) % 256
    image = np.asarray(values).astype(DTYPES[rng.integers(len(DTYPES))])
    for judge in (assess, assess_live):
        try:
            found = judge(image, 500)
        except ImageError as error:
            if not error.reason_code.startswith("image-"):
                raise
        else:
            assert found.score is None or 0 <= found.score <= 100


def one_model(rng: np.random.Generator) -> None:
    """Read damaged model bytes."""
    data = b"ESRF" + bytes(rng.integers(0, 256, int(rng.integers(0, 400)), dtype=np.uint8))
    for reader in (official_model, import_official, read_descriptor):
        try:
            reader(data)
        except (FormatError, ModelError):
            continue


def run(seed: int, rounds: int) -> None:
    """Run `rounds` cases from one seed."""
    rng = np.random.default_rng(seed)
    for _ in range(rounds):
        one_image(rng)
        one_model(rng)
