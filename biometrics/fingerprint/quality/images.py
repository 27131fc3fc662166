"""Input rules: what may be judged at all, the white crop, and the reduction of 1000 ppi.

Every refusal is an `ImageError` whose code says which rule broke; all are decided before any heavy work.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.errors import ImageError

NATIVE_PPI: Final = 500
MAX_CROP_WIDTH: Final = 800
MAX_CROP_HEIGHT: Final = 1000
# What may be looked at before the crop: a ten-print card at 1000 ppi (8 x 8 inches) fits; beyond it is not a print.
MAX_PIXELS: Final = 64_000_000
MAX_SIDE: Final = 10_000
WHITE_MEAN: Final = 250
# NIST IR 7839 and SP 500-289: Gaussian low pass, then every second pixel.
REDUCTION_SIGMA: Final = 0.8475
REDUCTION_RADIUS: Final = 4


def check_image(image: object) -> NDArray[np.uint8]:
    """Return `image` as a C-contiguous uint8 array (H, W), or refuse it.

    Raises:
        ImageError: ``image-type`` not an array of uint8, ``image-shape`` not two-dimensional or empty,
            ``image-too-large`` a side or the area beyond anything a finger scanner makes.
    """
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8:
        kind = str(image.dtype) if isinstance(image, np.ndarray) else type(image).__name__
        raise ImageError(f"a fingerprint is judged as an 8-bit grey array, not {kind}", code="image-type", dtype=kind)
    if image.ndim != 2 or image.size == 0:
        raise ImageError(f"a grey image has two dimensions, not shape {image.shape}", code="image-shape", shape=image.shape)
    height, width = image.shape
    if max(height, width) > MAX_SIDE or height * width > MAX_PIXELS:
        message = f"{width}x{height} pixels is larger than any finger image; cut out the finger first"
        raise ImageError(message, code="image-too-large", width=width, height=height)
    return np.ascontiguousarray(image)


def crop_white(image: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], int, int]:
    """Cut white margins as NFIQ 2 does and return (crop, x offset, y offset).

    Rows and columns whose mean over the *whole* image exceeds 250 are dropped from each edge inwards.

    Raises:
        ImageError: ``image-all-white`` nothing is left, ``image-too-large`` the crop exceeds 800 x 1000.
    """
    height, width = image.shape
    rows = cv2.reduce(image, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel()
    columns = cv2.reduce(image, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel()
    dark_rows = np.flatnonzero(rows <= WHITE_MEAN * width)
    dark_columns = np.flatnonzero(columns <= WHITE_MEAN * height)
    if not (dark_rows.size and dark_columns.size):
        raise ImageError("the image is white: there is no finger on it", code="image-all-white")
    top, bottom = int(dark_rows[0]), int(dark_rows[-1]) + 1
    left, right = int(dark_columns[0]), int(dark_columns[-1]) + 1
    if right - left > MAX_CROP_WIDTH or bottom - top > MAX_CROP_HEIGHT:
        message = (
            f"{right - left}x{bottom - top} pixels inside the white margin; NFIQ 2 judges one finger of at most "
            f"{MAX_CROP_WIDTH}x{MAX_CROP_HEIGHT}: cut out the finger first"
        )
        raise ImageError(message, code="image-too-large", width=right - left, height=bottom - top)
    return np.ascontiguousarray(image[top:bottom, left:right]), left, top


def reduce_1000_ppi(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a 1000-ppi image at 500 ppi by NIST's recommended method (IR 7839): low pass, then every second pixel."""
    size = 2 * REDUCTION_RADIUS + 1
    smooth = cv2.GaussianBlur(image, (size, size), REDUCTION_SIGMA, borderType=cv2.BORDER_REPLICATE)
    return np.ascontiguousarray(smooth[::2, ::2])


def to_500_ppi(image: NDArray[np.uint8], ppi: int, *, resample: bool = False) -> tuple[NDArray[np.uint8], str | None]:
    """Return the image at 500 ppi and how it was changed (None, ``nist-ir-7839`` or ``resampled-from-N``).

    Raises:
        ImageError: ``image-ppi`` for anything but 500 and 1000 ppi unless `resample` allows 100..4000 ppi.
    """
    if ppi == NATIVE_PPI:
        return image, None
    if ppi == 2 * NATIVE_PPI:
        return reduce_1000_ppi(image), "nist-ir-7839"
    if not resample or not 100 <= ppi <= 4000:
        message = f"NFIQ 2 is defined for 500 ppi (1000 is reduced); {ppi} ppi needs the caller's leave to resample"
        raise ImageError(message, code="image-ppi", ppi=ppi)
    scale = NATIVE_PPI / ppi
    height, width = image.shape
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if max(size) > MAX_SIDE or size[0] * size[1] > MAX_PIXELS:
        raise ImageError("the resampled image would be larger than any finger image", code="image-too-large")
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, size, interpolation=method), np.uint8), f"resampled-from-{ppi}"
