"""Two pictures of a batch: the histogram that helps to choose a threshold, and the contact sheet of prints with their reasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

_FONT: Final = cv2.FONT_HERSHEY_SIMPLEX
_INK: Final = (60, 60, 60)
_BAR: Final = (160, 120, 60)
_LINE: Final = (40, 40, 200)
_RED: Final = (0, 0, 200)


def _text(picture: Picture, words: str, at: tuple[int, int], size: float = 0.45, colour: tuple[int, int, int] = _INK) -> None:
    cv2.putText(picture, words, at, _FONT, size, colour, 1, cv2.LINE_AA)


def histogram_png(scores: Sequence[int], refused: int, model: str) -> bytes:
    """Return a PNG: how many images have which score, and the share that a threshold would refuse (red line)."""
    width, height, left, bottom, top = 900, 480, 60, 420, 60
    picture = np.full((height, width, 3), 255, np.uint8)
    counts = np.bincount(np.clip(np.asarray(scores, np.int64), 0, 100), minlength=101)
    tallest = max(1, int(counts.max()))
    step = (width - left - 70) / 101
    for score, count in enumerate(counts):
        x = int(left + score * step)
        y = bottom - round((bottom - top) * count / tallest)
        cv2.rectangle(picture, (x, y), (int(x + step - 1), bottom), _BAR, -1)
    total = max(1, len(scores))
    below = np.cumsum(counts) / total
    points = [(int(left + (s + 1) * step), int(bottom - (bottom - top) * below[s])) for s in range(101)]
    cv2.polylines(picture, [np.array(points, np.int32)], False, _LINE, 2, cv2.LINE_AA)
    cv2.rectangle(picture, (left, top), (width - 70, bottom), _INK, 1)
    for score in range(0, 101, 10):
        _text(picture, str(score), (int(left + score * step) - 6, bottom + 18))
    for share in range(0, 101, 25):
        _text(picture, f"{share}%", (width - 62, bottom - (bottom - top) * share // 100 + 5), colour=_LINE)
    _text(picture, str(tallest), (14, top + 10))
    _text(picture, "0", (40, bottom))
    mean = f"mean {np.mean(scores):.1f}, median {np.median(scores):.0f}" if len(scores) else "no scores"
    _text(picture, f"{len(scores)} scored, {refused} refused; {mean}; model: {model}", (left, 24), 0.5)
    marks = (
        ", ".join(f"< {t}: {100 * float((np.asarray(scores) < t).mean()):.1f}%" for t in (20, 30, 40, 50, 60))
        if len(scores)
        else ""
    )
    _text(picture, f"refused by a threshold (red, cumulative): {marks}", (left, 46))
    _text(picture, "score", (width // 2 - 20, bottom + 40))
    return _png(picture)


def contact_sheet(cells: Sequence[tuple[Picture, Sequence[str], Sequence[tuple[int, int, int, int]]]], columns: int = 6) -> bytes:
    """Return a PNG of prints with lines of text under each and boxes on it.

    Args:
        cells: (grey picture, lines of text, boxes x, y, width, height in its pixels).
        columns: pictures per row.
    """
    side, text_height = 220, 62
    rows = max(1, -(-len(cells) // columns))
    sheet = np.full((rows * (side + text_height), columns * (side + 8), 3), 255, np.uint8)
    for number, (image, lines, boxes) in enumerate(cells):
        y, x = (number // columns) * (side + text_height), (number % columns) * (side + 8)
        scale = side / max(image.shape)
        size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
        small = cv2.cvtColor(cv2.resize(image, size, interpolation=cv2.INTER_AREA), cv2.COLOR_GRAY2BGR)
        for bx, by, bw, bh in boxes:
            corners = (round(bx * scale), round(by * scale)), (round((bx + bw) * scale) - 1, round((by + bh) * scale) - 1)
            cv2.rectangle(small, *corners, _RED, 1)
        sheet[y : y + small.shape[0], x : x + small.shape[1]] = small
        for line_number, line in enumerate(lines[:4]):
            _text(sheet, line[:34], (x + 2, y + side + 13 + 14 * line_number), 0.36)
    return _png(sheet)


def _png(picture: Picture) -> bytes:
    _, data = cv2.imencode(".png", picture)
    return bytes(data.tobytes())
