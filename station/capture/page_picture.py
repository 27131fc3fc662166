"""From a camera's picture, or a file, to the page that is kept: the sheet seen straight, at most 200 ppi of A4, a JPEG of at most 300 kB.

Nothing is sharpened, whitened or made grey: a red stamp stays red. What is not found as a sheet is kept whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from biometrics.errors import FormatError
from biometrics.portrait.reading import read_portrait
from devices.contract import DeviceIdentity, RawCapture, Source
from station.capture.page import PageFlaw, PageQuality, flat, judge_page, sides
from station.dossier.photographing import Page
from station.errors import InputError

Pixels = npt.NDArray[np.uint8]
PAGE_PPI: Final = 200
LONG_PX: Final = round(297 / 25.4 * PAGE_PPI)
"""The long side of A4 at 200 ppi: 2339 px."""
MAX_BYTES: Final = 300_000
QUALITIES: Final = (80, 72, 64, 56, 48, 40)
"""JPEG qualities that are tried, best first; below the last the picture is made smaller instead."""
SHRINK: Final = 0.85
MARGIN: Final = 0.006
"""So much of the sheet's size is kept around it: its edge is found to about a pixel of a small picture."""
MAX_FILE_BYTES: Final = 20_000_000
MAX_FILE_PIXELS: Final = 50_000_000
JPEG: Final = "image/jpeg"


def page_from(capture: RawCapture, turns: int = 0) -> Page:
    """Return the page of a camera's capture, cut, turned by `turns` quarters clockwise and coded."""
    image = capture.images[0]
    return _page(np.asarray(image.pixels, np.uint8), image.ppi, str(Source(capture.source)), capture.identity, turns)


def page_from_file(data: bytes) -> Page:
    """Return the page of a JPEG or PNG file. Raises: as `picture_from_file`."""
    return _page(picture_from_file(data), None, str(Source.FILE), None, 0)


def picture_from_file(data: bytes) -> Pixels:
    """Return the pixels of a JPEG or PNG file (BGR uint8); its size is bounded before anything is decoded.

    Raises:
        InputError: ``paper-file``: not such a picture, damaged, too large.
    """
    try:
        if len(data) > MAX_FILE_BYTES:
            raise FormatError("too large", code="file-large")
        if not data.startswith((b"\xff\xd8", b"\x89PNG")):
            raise FormatError("not a JPEG or PNG picture", code="file-kind")
        return read_portrait(data, MAX_FILE_PIXELS).image
    except FormatError as error:
        raise InputError(f"This file cannot be kept as a paper ({error}); nothing was stored. Use a JPEG or PNG of at most 20 MB and 50 megapixels.",
                         code="paper-file") from error  # fmt: skip


def _page(image: Pixels, ppi: int | None, source: str, device: DeviceIdentity | None, turns: int) -> Page:
    quality = judge_page(image, all_page=source == Source.FILE)
    flaws = quality.flaws
    if source == Source.FILE:  # a flatbed's picture ends where the paper ends: no sheet is looked for on a table
        flaws = tuple(f for f in flaws if f not in {PageFlaw.NONE, PageFlaw.CUT, PageFlaw.SMALL})
    picture, scale = cut(image, quality)
    if turns % 4:
        picture = np.ascontiguousarray(np.rot90(picture, -turns % 4))
    data, picture, shrunk = encode(picture)
    high, wide = picture.shape[:2]
    return Page(
        data, JPEG, wide, high, round(ppi * scale * shrunk) if ppi else None, source, device, tuple(f.value for f in flaws)
    )


def cut(image: Pixels, quality: PageQuality) -> tuple[Pixels, float]:
    """Return the sheet, seen straight and at most `LONG_PX` long, and its pixels per pixel of the picture (1 or less)."""
    corners = quality.corners
    if corners is None or PageFlaw.CUT in quality.flaws:
        scale = min(1.0, LONG_PX / max(image.shape[:2]))
        return smaller(image, scale), scale
    centre = corners.mean(axis=0)
    around = centre + (corners - centre) * (1 + 2 * MARGIN)
    long_px = max(sides(around))
    # Straightened at its own size, then averaged down: skipping pixels would break thin strokes.
    straight = flat(image, around, round(long_px))
    scale = min(1.0, LONG_PX / max(straight.shape[:2]))
    return smaller(straight, scale), scale


def encode(picture: Pixels, qualities: Sequence[int] = QUALITIES) -> tuple[bytes, Pixels, float]:
    """Return the page as JPEG of at most `MAX_BYTES`, the pixels that were coded, and how much smaller they were made (1: not)."""
    shrunk = 1.0
    while True:
        for quality in qualities:
            options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1, cv2.IMWRITE_JPEG_PROGRESSIVE, 1]
            data = bytes(cv2.imencode(".jpg", picture, options)[1].tobytes())
            if len(data) <= MAX_BYTES:
                return data, picture, shrunk
        picture, shrunk = smaller(picture, SHRINK), shrunk * SHRINK


def smaller(image: Pixels, scale: float) -> Pixels:
    """Return the picture `scale` times as large (1 or less), averaged down."""
    if scale >= 1:
        return image
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
