"""JPEG or JPEG 2000 within a byte budget at the best measured quality."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from biometrics.errors import ImageError
from biometrics.portrait.face import Image
from biometrics.portrait.profiles import EncodingSpec

_RATE_TOP: Final = 1000


@dataclass(frozen=True, slots=True)
class Encoded:
    """`data`: the file's bytes. `format`: "jpeg" or "jpeg2000". `setting`: JPEG quality 1..100 or JPEG 2000 rate 1..1000.

    `psnr_db`, `ssim`: measured against the given picture (luma), after decoding.
    """

    data: bytes
    format: str
    setting: int
    psnr_db: float
    ssim: float


def encode_within(image: Image, spec: EncodingSpec) -> Encoded:
    """Encode `image` (HxWx3 uint8 B G R) in at most `spec.max_bytes` bytes, at the highest setting that fits.

    The file size grows with the setting, so the setting is found by halving (about ten encodings); the result is decoded again
    and its quality measured.

    Raises:
        ImageError: even the lowest setting is larger than the budget (code `budget-too-small`).
    """
    low, high, best = 1, (95 if spec.format == "jpeg" else _RATE_TOP), None
    best_setting = 0
    while low <= high:
        middle = (low + high) // 2
        data = _encode(image, spec.format, middle)
        if len(data) <= spec.max_bytes:
            best, best_setting, low = data, middle, middle + 1
        else:
            high = middle - 1
    if best is None:
        raise ImageError(
            f"{image.shape[1]}x{image.shape[0]} pixels do not fit into {spec.max_bytes} bytes as {spec.format}",
            code="budget-too-small",
        )
    decoded = np.asarray(cv2.imdecode(np.frombuffer(best, np.uint8), cv2.IMREAD_COLOR), np.uint8)
    luma, again = (cv2.cvtColor(p, cv2.COLOR_BGR2GRAY).astype(np.float64) for p in (image, decoded))
    return Encoded(best, spec.format, best_setting, _psnr(luma, again), ssim(luma, again))


def _encode(image: Image, form: str, setting: int) -> bytes:
    if form == "jpeg":
        options = [cv2.IMWRITE_JPEG_QUALITY, setting, cv2.IMWRITE_JPEG_OPTIMIZE, 1]
        ok, data = cv2.imencode(".jpg", image, options)
    else:
        ok, data = cv2.imencode(".jp2", image, [cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, setting])
    if not ok:
        raise ImageError(f"this OpenCV cannot write {form}", code="encoder-missing")
    return data.tobytes()


def _psnr(a: np.ndarray[tuple[int, ...], np.dtype[np.float64]], b: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    error = float(((a - b) ** 2).mean())
    return 99.0 if error < 1e-9 else float(10 * np.log10(255**2 / error))


def ssim(a: np.ndarray[tuple[int, ...], np.dtype[np.float64]], b: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    """Return the mean structural similarity of two grey pictures (Wang et al., 2004: Gaussian window, sigma 1.5)."""

    def blur(p: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        return np.asarray(cv2.GaussianBlur(p, (11, 11), 1.5), np.float64)

    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    ma, mb = blur(a), blur(b)
    va, vb, cov = blur(a * a) - ma * ma, blur(b * b) - mb * mb, blur(a * b) - ma * mb
    value = ((2 * ma * mb + c1) * (2 * cov + c2)) / ((ma * ma + mb * mb + c1) * (va + vb + c2))
    return float(value.mean())
