"""Extraction: a picture in, a template out."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.errors import ImageError
from biometrics.fingerprint.minutiae import cylinders, fields
from biometrics.fingerprint.minutiae.enhance import enhance
from biometrics.fingerprint.minutiae.fields import CELL, Floats
from biometrics.fingerprint.minutiae.residues import find
from biometrics.fingerprint.minutiae.template import RIDGE_SCALE, SAMPLE_PX, Template
from biometrics.fingerprint.minutiae.texture import texture_codes

# As many as the stored form keeps: a template compares the same before and after it was stored.
MOST_MINUTIAE: Final = 64
LEAST_SIDE: Final = 64
MOST_SIDE: Final = 4096


def check_image(image: NDArray[np.uint8]) -> None:
    """Raise ImageError unless `image` is a grey 8-bit picture of a size that can hold a print."""
    if getattr(image, "dtype", None) != np.uint8 or image.ndim != 2:
        raise ImageError("A print must be a grey 8-bit array (height, width).", code="image-not-grey8")
    height, width = image.shape
    if min(height, width) < LEAST_SIDE:
        raise ImageError(f"{width}x{height} pixels are too few for a print.", code="image-too-small", width=width, height=height)
    if max(height, width) > MOST_SIDE:
        raise ImageError(
            f"{width}x{height} pixels are too many for one print.", code="image-too-large", width=width, height=height
        )


def extract(image: NDArray[np.uint8], ppi: int = 500) -> Template:
    """Return the template of one print.

    Args:
        image: uint8 (height, width), dark ridges; 64..4096 px a side.
        ppi: its resolution; anything but 500 (by more than 1 %) is resampled, and the template speaks of the resampled picture.

    Raises:
        ImageError: not a grey 8-bit array, too small, too large, or a resolution outside 250..1200 ppi.
        A picture without ridges is no error: its template has no minutiae.
    """
    check_image(image)
    if not 250 <= ppi <= 1200:
        raise ImageError(f"{ppi} ppi is outside 250..1200.", code="image-resolution", ppi=ppi)
    if abs(ppi - 500) > 5:
        scale = 500 / ppi
        size = max(LEAST_SIDE, round(image.shape[1] * scale)), max(LEAST_SIDE, round(image.shape[0] * scale))
        resampled = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
        image = np.asarray(resampled, np.uint8)
    ridge_fields = fields.analyse(image)
    e = enhance(ridge_fields)
    points = find(e, ridge_fields, MOST_MINUTIAE)
    x = np.clip(points.x, 0, 65535).astype(np.uint16)
    y = np.clip(points.y, 0, 65535).astype(np.uint16)
    angle = (np.round(points.angle * (256 / (2 * np.pi))).astype(np.int32) & 255).astype(np.uint8)
    px, py = x + np.float32(0.5), y + np.float32(0.5)
    ridges = ridge_picture(e, ridge_fields.mask)
    bits = cylinders.cylinders(px, py, angle, ridge_fields.mask, ridge_fields.offset)
    return Template(
        width=image.shape[1],
        height=image.shape[0],
        x=x,
        y=y,
        angle=angle,
        quality=np.round(points.quality * 255).astype(np.uint8),
        kind=points.kind,
        codes=cylinders.encode(*bits),
        texture=texture_codes(px, py, angle, ridges, ridge_fields.offset),
        mask=ridge_fields.mask,
        origin=ridge_fields.offset,
        ridges=ridges,
    )


def from_minutiae(points: NDArray[np.float64], kind: NDArray[np.uint8], size: tuple[int, int]) -> Template:
    """Return a template of minutiae that another extractor found; the ridges' area is taken as their hull, with a margin of 20 px.

    Args:
        points: (n, 4): x, y in px at 500 ppi, angle in radians from x towards y (down), quality 0..1.
        kind: uint8 (n,), 1 ending, 2 bifurcation, 0 unknown.
        size: (width, height) of the picture, px at 500 ppi.

    Raises:
        ImageError: a picture of less than 1 or more than 4096 px a side.
    """
    width, height = size
    if not (1 <= width <= MOST_SIDE and 1 <= height <= MOST_SIDE):
        raise ImageError(f"{width}x{height} pixels are no fingerprint.", code="image-too-large", width=width, height=height)
    order = np.argsort(-points[:, 3], kind="stable")[:MOST_MINUTIAE]
    points, kind = points[order], kind[order]
    x = np.clip(points[:, 0] - 0.5, 0, width - 1).astype(np.uint16)
    y = np.clip(points[:, 1] - 0.5, 0, height - 1).astype(np.uint16)
    angle = (np.round(points[:, 2] * (256 / (2 * np.pi))).astype(np.int64) & 255).astype(np.uint8)
    grid = np.zeros((-(-height // CELL), -(-width // CELL)), np.uint8)
    if len(x) >= 3:
        hull = cv2.convexHull(np.stack([x, y], 1).astype(np.int32) // CELL)
        cv2.fillConvexPoly(grid, hull, 1)
        grid = np.asarray(cv2.dilate(grid, np.ones((5, 5), np.uint8)), np.uint8)
    mask = grid.astype(bool)
    bits = cylinders.cylinders(x + np.float32(0.5), y + np.float32(0.5), angle, mask, (0, 0))
    return Template(
        width=width,
        height=height,
        x=x,
        y=y,
        angle=angle,
        quality=np.clip(np.round(points[:, 3] * 255), 0, 255).astype(np.uint8),
        kind=kind,
        codes=cylinders.encode(*bits),
        texture=np.zeros(0, np.uint64),
        mask=mask,
        origin=(0, 0),
        ridges=np.zeros((0, 0), np.int8),
    )


def ridge_picture(e: Floats, mask: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Return the enhanced ridges every 2.5 px, evened out to one local deviation (= 32), 0 off the print."""
    height, width = e.shape
    size = int(width / SAMPLE_PX), int(height / SAMPLE_PX)
    span = round(size[0] * SAMPLE_PX), round(size[1] * SAMPLE_PX)
    small = cv2.resize(e[: span[1], : span[0]], size, interpolation=cv2.INTER_AREA)
    power = cv2.GaussianBlur(small * small, (0, 0), 6.0)
    small = small / np.sqrt(power + 1e-3)
    rows = np.minimum(((np.arange(size[1]) + 0.5) * SAMPLE_PX / CELL).astype(np.intp), mask.shape[0] - 1)
    columns = np.minimum(((np.arange(size[0]) + 0.5) * SAMPLE_PX / CELL).astype(np.intp), mask.shape[1] - 1)
    value = np.round(np.clip(small * RIDGE_SCALE, -127, 127)).astype(np.int8)
    # Zero means "no print here", so a ridge flank that rounds to zero becomes one.
    value[value == 0] = 1
    return np.where(mask[np.ix_(rows, columns)], value, np.int8(0))
