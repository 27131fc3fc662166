"""Two captures side by side: a rolled print and the flat one of the same finger, two fingers that look alike, portrait and chip photo.

The second print is turned and moved onto the first by the matcher's own minutia pairs, so that blinking between them shows what
differs. A score is shown with the line it would have to pass; where nothing was compared the words say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import cv2
import numpy as np
import numpy.typing as npt

from biometrics.fingerprint.matching import Comparison, compare, threshold
from biometrics.fingerprint.minutiae import Template, extract
from biometrics.fingerprint.segmentation import segment_slap
from biometrics.positions import FingerPosition
from station.app import Station
from station.desks.pictures import Picture, Pixels, picture_of
from station.dossier.state import DossierState
from station.views.base import Tone, Words

FALSE_MATCH_RATE = 1e-4


@dataclass(frozen=True, slots=True)
class Choice:
    """A pair that can be looked at: two steps of one dossier and what the pair is called."""

    left: str
    right: str
    words: Words


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pictures of the same size, the second laid onto the first where `aligned`; the verdict in words."""

    left: Pixels
    right: Pixels
    left_words: Words
    right_words: Words
    score: float | None
    line: float
    aligned: bool
    verdict: Words
    tone: Tone


class PairDesk:
    """Looks at pairs of one station's captures."""

    def __init__(self, station: Station) -> None:
        self._station = station

    def choices(self, dossier: str) -> tuple[Choice, ...]:
        """Return what can be compared in a dossier: what the sequence check found first, then every two captures, same finger first."""
        state = self._station.book.state(dossier)
        steps = [s for s in state.captures.values() if s.accepted is not None]
        fingers = [s for s in steps if s.accepted is not None and s.accepted.capture.modality == "finger"]
        pairs = [Choice(a.step, b.step, Words("ui.pair.of", {"left": f"step.{a.step}", "right": f"step.{b.step}"}))
                 for a, b in combinations(fingers, 2)]  # fmt: skip
        found = {frozenset((e.first.step, e.second.step)) for f in state.findings for e in f.evidence}
        return tuple(sorted(pairs, key=lambda c: (frozenset((c.left, c.right)) not in found, not self._same_hand(state, c))))

    @staticmethod
    def _same_hand(state: DossierState, choice: Choice) -> bool:
        first, second = (set(state.procedure.step(s).fingers) for s in (choice.left, choice.right))
        return bool(first & second)

    def pair(self, dossier: str, left: str, right: str) -> Pair | None:
        """Return the pair, None when one of the pictures is not there."""
        state = self._station.book.state(dossier)
        first, second = (picture_of(self._station.journal, state, s) for s in (left, right))
        if first is None or second is None:
            return None
        shared = set(state.procedure.step(left).fingers) & set(state.procedure.step(right).fingers)
        found = next((e for f in state.findings for e in f.evidence if {e.first.step, e.second.step} == {left, right}), None)
        if found is not None:
            fingers = {e.step: FingerPosition(e.finger) for e in (found.first, found.second)}
            first, second = _one_finger(first, fingers[left]), _one_finger(second, fingers[right])
        elif shared:
            first, second = (_one_finger(p, min(shared)) for p in (first, second))
        return compare_pictures(first, second, Words(f"step.{left}"), Words(f"step.{right}"))


def compare_pictures(first: Picture, second: Picture, left: Words, right: Words) -> Pair:
    """Return two pictures as a pair; fingerprints are compared and laid onto each other, other pictures are only shown."""
    line = threshold(FALSE_MATCH_RATE)
    if first.pixels.ndim != 2 or second.pixels.ndim != 2:
        return Pair(
            first.pixels,
            _fitted(second.pixels, first.pixels),
            left,
            right,
            None,
            line,
            False,
            Words("ui.pair.not-compared"),
            Tone.IDLE,
        )
    a, b = _at_500(first), _at_500(second)
    ta, tb = extract(a), extract(b)
    found = compare(ta, tb)
    moved = _moved(b, a, ta, tb, found)
    same = found.score >= line
    values = {"score": f"{found.score:.1f}".replace(".", ","), "line": f"{line:.1f}".replace(".", ",")}
    verdict = Words("ui.pair.same" if same else "ui.pair.different", values)
    return Pair(a, moved if moved is not None else _fitted(b, a), left, right, found.score, line, moved is not None, verdict,
                Tone.GOOD if same else Tone.RETRY)  # fmt: skip


def _one_finger(picture: Picture, finger: FingerPosition) -> Picture:
    """Return `finger` cut upright out of a slap, or the picture as it is (a single finger, or a slap that does not show it)."""
    if picture.position < 13 or picture.pixels.ndim != 2:
        return picture
    found = segment_slap(picture.pixels, FingerPosition(picture.position), ppi=picture.ppi or 500)
    cut = next((f for f in found.fingers if f.position == finger), None)
    return replace(picture, pixels=cut.crop(picture.pixels), position=int(finger)) if cut is not None else picture


def _at_500(picture: Picture) -> Pixels:
    ppi = picture.ppi or 500
    if abs(ppi - 500) <= 5:
        return picture.pixels
    size = round(picture.pixels.shape[1] * 500 / ppi), round(picture.pixels.shape[0] * 500 / ppi)
    return np.asarray(cv2.resize(picture.pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _moved(b: Pixels, a: Pixels, ta: Template, tb: Template, found: Comparison) -> Pixels | None:
    """Return `b` turned and moved onto `a` by a rigid fit of the paired minutiae, None with fewer than three pairs."""
    if len(found.pairs) < 3:
        return None
    onto, of = _places(ta, [i for i, _ in found.pairs]), _places(tb, [j for _, j in found.pairs])
    rigid = np.asarray(cv2.estimateAffinePartial2D(of, onto, method=cv2.RANSAC, ransacReprojThreshold=12.0)[0])
    if rigid.shape != (2, 3):  # no fit: OpenCV says None
        return None
    size = (a.shape[1], a.shape[0])
    return np.asarray(
        cv2.warpAffine(b, rigid, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(255,)), np.uint8
    )


def _places(template: Template, wanted: Sequence[int]) -> npt.NDArray[np.float32]:
    return np.asarray([[template.x[i], template.y[i]] for i in wanted], np.float32).reshape(-1, 2)


def _fitted(picture: Pixels, like: Pixels) -> Pixels:
    """Return `picture` on a white ground of `like`'s height and width, its own proportions kept."""
    high, wide = like.shape[:2]
    scale = min(wide / picture.shape[1], high / picture.shape[0])
    small = cv2.resize(
        picture, (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale))), interpolation=cv2.INTER_AREA
    )
    ground = np.full((high, wide, *picture.shape[2:]), 255, np.uint8)
    top, left = (high - small.shape[0]) // 2, (wide - small.shape[1]) // 2
    ground[top : top + small.shape[0], left : left + small.shape[1]] = small
    return np.asarray(ground, np.uint8)
