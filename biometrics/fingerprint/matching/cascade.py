"""The first two looks of a search, over arrays of many templates at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from biometrics.errors import FormatError
from biometrics.fingerprint.matching.relax import GATE, PAIRS, bearing_agreement, spread
from biometrics.fingerprint.minutiae.cylinders import CODE_BITS
from biometrics.fingerprint.minutiae.template import Template

# Minutiae per template in the index, and per probe.
SLOTS: Final = 48
_CHUNK: Final = 1024
_NEAR: Final = 48
_STEP: Final = np.float32(2 * np.pi / 256)


@dataclass(frozen=True, slots=True)
class Probe:
    """The probe's best minutiae: codes (m, 2), angle, x, y."""

    codes: NDArray[np.uint64]
    angle: NDArray[np.uint8]
    x: NDArray[np.float32]
    y: NDArray[np.float32]

    @classmethod
    def of(cls, template: Template) -> Probe:
        """Return the best minutiae of a template."""
        return cls(
            template.codes[:SLOTS],
            template.angle[:SLOTS],
            template.x[:SLOTS].astype(np.float32),
            template.y[:SLOTS].astype(np.float32),
        )


@dataclass(frozen=True, slots=True)
class Index:
    """Minutiae of many templates, template along the last axis: codes (2, 48, n), angle, x, y (48, n), count (n).

    Empty slots repeat the template's first minutia: the nearest code stays the nearest.
    """

    NAMES: ClassVar[tuple[str, ...]] = ("codes", "angle", "x", "y", "count")

    codes: NDArray[np.uint64]
    angle: NDArray[np.uint8]
    x: NDArray[np.uint16]
    y: NDArray[np.uint16]
    count: NDArray[np.uint8]

    @classmethod
    def empty(cls, capacity: int) -> Index:
        """Return an index with room for `capacity` templates."""
        return cls(
            np.zeros((2, SLOTS, capacity), np.uint64),
            np.zeros((SLOTS, capacity), np.uint8),
            np.zeros((SLOTS, capacity), np.uint16),
            np.zeros((SLOTS, capacity), np.uint16),
            np.zeros(capacity, np.uint8),
        )

    @property
    def capacity(self) -> int:
        """Templates it has room for."""
        return len(self.count)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return its arrays by name."""
        return {"codes": self.codes, "angle": self.angle, "x": self.x, "y": self.y, "count": self.count}

    def grown(self, capacity: int) -> Index:
        """Return a copy with room for `capacity` templates."""
        larger = Index.empty(capacity)
        for old, new in zip(self.arrays().values(), larger.arrays().values(), strict=True):
            new[..., : self.capacity] = old
        return larger

    def writable(self) -> Index:
        """Return itself, or a copy in memory when it is mapped read-only."""
        return self if self.count.flags.writeable else self.grown(self.capacity)

    def set(self, row: int, template: Template) -> None:
        """Write the template's best minutiae at `row`."""
        n = min(len(template), SLOTS)
        self.count[row] = n
        if n == 0:
            self.codes[:, :, row] = 0
            return
        slot = np.where(np.arange(SLOTS) < n, np.arange(SLOTS), 0)
        self.codes[:, :, row] = template.codes[slot].T
        self.angle[:, row] = template.angle[slot]
        self.x[:, row] = template.x[slot]
        self.y[:, row] = template.y[slot]

    def move(self, source: int, target: int) -> None:
        """Copy the row `source` over the row `target`."""
        for array in self.arrays().values():
            array[..., target] = array[..., source]

    def check(self, total: int) -> None:
        """Raise FormatError unless the arrays have the shapes and types of `total` templates."""
        for (name, array), wanted in zip(self.arrays().items(), Index.empty(0).arrays().values(), strict=True):
            if array.dtype != wanted.dtype or array.shape != (*wanted.shape[:-1], total):
                raise FormatError(f"The gallery's array '{name}' has another shape than announced.", code="gallery-damaged")


def vote_scores(probe: Probe, index: Index, total: int) -> NDArray[np.float32]:
    """Return (total,) scores of the first look: nearest codes voting for a rotation in 16 bins, two neighbours together."""
    scores = np.empty(total, np.float32)
    for start in range(0, total, _CHUNK):
        stop = min(start + _CHUNK, total)
        first, second = index.codes[0, :, start:stop], index.codes[1, :, start:stop]
        angle = index.angle[:, start:stop].astype(np.uint16)
        n = stop - start
        best = np.empty((len(probe.codes), n), np.uint16)
        for k, code in enumerate(probe.codes):
            distance = np.bitwise_count(first ^ code[0])
            distance += np.bitwise_count(second ^ code[1])
            # Distance and the winner's angle in one word, so that one minimum finds both.
            word = distance.astype(np.uint16)
            word <<= 8
            word |= angle
            word.min(0, out=best[k])
        weight = np.maximum(_NEAR - (best >> 8).astype(np.int32), 0)
        turn = (probe.angle[:, None].astype(np.int32) - (best & 255)) & 255
        where = np.arange(n) * 16 + (turn >> 4)
        votes = np.bincount(where.ravel(), weight.ravel(), n * 16).reshape(n, 16)
        scores[start:stop] = (votes + np.roll(votes, 1, 1)).max(1)
    scores[index.count[:total] == 0] = -1
    return scores


def relaxed_scores(probe: Probe, index: Index, rows: NDArray[np.intp]) -> NDArray[np.float32]:
    """Return (len(rows),) base scores of the second look: the same relaxation as 1:1, for many templates at once."""
    scores = np.empty(len(rows), np.float32)
    for start in range(0, len(rows), 64):
        part = rows[start : start + 64]
        scores[start : start + 64] = _relax_many(probe, index, part)
    return scores


def _relax_many(probe: Probe, index: Index, rows: NDArray[np.intp]) -> NDArray[np.float32]:
    codes = index.codes[:, :, rows].transpose(2, 1, 0)
    angle, x, y = index.angle[:, rows].T, index.x[:, rows].T, index.y[:, rows].T
    many, m = len(rows), len(probe.codes)
    difference = np.bitwise_count(probe.codes[None, :, None, 0] ^ codes[:, None, :, 0])
    difference += np.bitwise_count(probe.codes[None, :, None, 1] ^ codes[:, None, :, 1])
    turn = (angle[:, None, :] - probe.angle[None, :, None]).view(np.int8)
    difference[np.abs(turn.astype(np.int16)) > GATE] = CODE_BITS // 2
    # Empty slots may not pair: they are copies.
    empty = np.arange(SLOTS)[None, :] >= index.count[rows][:, None]
    difference[np.broadcast_to(empty[:, None, :], difference.shape)] = CODE_BITS // 2
    pairs = min(PAIRS, m * SLOTS)
    flat = difference.reshape(many, -1)
    best = np.argpartition(flat, pairs - 1, axis=1)[:, :pairs]
    start = np.maximum(CODE_BITS // 2 - np.take_along_axis(flat, best, 1).astype(np.float32), 0) * np.float32(2 / CODE_BITS)
    ia, ib = np.divmod(best, SLOTS)
    xb, yb = np.take_along_axis(x, ib, 1).astype(np.float32), np.take_along_axis(y, ib, 1).astype(np.float32)
    ta, tb = probe.angle[ia] * _STEP, np.take_along_axis(angle, ib, 1).astype(np.float32) * _STEP
    rho = bearing_agreement(spread(probe.x[ia], probe.y[ia]), spread(xb, yb), ta, tb)
    rho[(ia[:, :, None] == ia[:, None, :]) | (ib[:, :, None] == ib[:, None, :])] = 0
    strength: NDArray[np.floating[Any]] = start
    for _ in range(5):
        push = np.minimum((rho @ strength[:, :, None])[:, :, 0], 12.0)
        strength = np.float32(0.5) * strength + push * np.float32(0.5 / 12)
    best_six = -np.sort(-strength, axis=1)[:, :6]
    return np.asarray(best_six.mean(1), np.float32)
