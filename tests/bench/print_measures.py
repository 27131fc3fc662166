"""The measures by which generated prints are compared with real ones (table 7 of the synthesis study), one dict per picture."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.errors import BiometricsError
from biometrics.fingerprint.minutiae import extract
from biometrics.fingerprint.quality import MEASURE_NAMES, assess
from biometrics.fingerprint.quality.blocks import BLOCK, gradient_sums
from biometrics.fingerprint.quality.measures import measure_without_minutiae
from biometrics.models import ForestModel
from biometrics.models.nfiq2 import import_official

Grey = NDArray[np.uint8]


@lru_cache(maxsize=1)
def official_model(shared: Path) -> ForestModel:
    """Return NIST's forest from the shared folder (for benchmarks only)."""
    return ForestModel(import_official((shared / "data/nfiq2/nist_plain_tir-ink.yaml.xz").read_bytes()))


def ridge_period(image: Grey, region: NDArray[np.bool_]) -> float:
    """Return the median ridge period in px: the energy-weighted frequency of 32x32 Hann blocks inside `region`."""
    window = np.outer(np.hanning(34)[1:-1], np.hanning(34)[1:-1]).astype(np.float32)
    fx, fy = np.meshgrid(np.fft.rfftfreq(32), np.fft.fftfreq(32))
    radius = np.hypot(fx, fy)
    band = (radius > 1 / 18) & (radius < 1 / 4.5)
    periods = []
    for top in range(0, image.shape[0] - 31, 16):
        for left in range(0, image.shape[1] - 31, 16):
            if region[top : top + 32, left : left + 32].mean() < 0.95:
                continue
            part = image[top : top + 32, left : left + 32].astype(np.float32)
            power = np.abs(np.fft.rfft2((part - part.mean()) * window)) ** 2 * band
            # Near the strongest direction only, squared: harmonics and grain count little.
            power = power**2
            periods.append(power.sum() / max(float((power * radius).sum()), 1e-9))
    return float(np.median(periods)) if periods else float("nan")


def _score(image: Grey, shared: Path) -> float:
    """Return the NFIQ 2 score; while the score's own minutiae are missing, the matcher's stand in for the four inputs they feed."""
    model = official_model(shared)
    verdict = assess(image, 500, model)
    return float("nan") if verdict.score is None else float(verdict.score)


def measures(image: Grey, ppi: int, shared: Path) -> dict[str, float]:
    """Return the measures of one picture (`ppi` near 500; the picture is taken as it is, as in the study)."""
    found: dict[str, float] = {}
    rows, columns = np.flatnonzero(image.mean(axis=1) <= 250), np.flatnonzero(image.mean(axis=0) <= 250)
    if not len(rows) or not len(columns):
        return found
    crop = np.ascontiguousarray(image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    try:
        measured = measure_without_minutiae(crop)
    except BiometricsError:
        return found
    region = measured.region
    assert region is not None
    for name, key in (
        ("FDA", "FDA_Bin10_Mean"),
        ("LCS", "LCS_Bin10_Mean"),
        ("OF", "OF_Bin10_Mean"),
        ("RVU", "RVUP_Bin10_Mean"),
        ("coherence", "OrientationMap_ROIFilter_CoherenceRel"),
    ):
        found[name] = measured.measures[key]
    inside = region.mask
    blocks = gradient_sums(crop)
    xx, yy, xy = (np.asarray(part, dtype=np.float64) for part in (blocks.xx, blocks.yy, blocks.xy))
    full = (crop.shape[0] // BLOCK, crop.shape[1] // BLOCK)
    part = (slice(full[0]), slice(full[1]))
    keep = region.blocks[part] & ((xx + yy)[part] > 0)
    root = np.sqrt((xx - yy)[part] ** 2 + 4 * xy[part] ** 2)
    total = (xx + yy)[part]
    found["OCL in region"] = float((1 - (total - root)[keep] / (total + root)[keep]).mean())
    grey = crop.astype(np.float32)
    found["ridge period"] = ridge_period(crop, inside)
    template = extract(image, ppi)
    found["minutiae"] = float(len(template))
    found["minutiae per 10^4 px"] = 1e4 * len(template) / max(region.area, 1)
    local = cv2.blur(grey, (19, 19))
    found["ridge share"] = float((grey < local)[inside].mean())
    found["fine std"] = float((grey - cv2.GaussianBlur(grey, (0, 0), 1.0))[inside].std())
    spread = np.sqrt(np.maximum(cv2.blur(grey * grey, (19, 19)) - local * local, 0))
    found["local std"] = float(spread[inside].mean())
    found["score"] = _stand_in(image, shared, measured.measures, template, crop)
    return found


def _stand_in(image: Grey, shared: Path, known: dict[str, float], template: object, crop: Grey) -> float:
    score = _score(image, shared)
    if not np.isnan(score):
        return score
    x, y = np.asarray(template.x, float), np.asarray(template.y, float)  # type: ignore[attr-defined]
    if len(x) < 6:
        return float("nan")
    mean, deviation = float(crop.mean()), float(crop.std())
    near = (np.abs(x - x.mean()) <= 100) & (np.abs(y - y.mean()) <= 100)
    rows, columns = np.flatnonzero(image.mean(axis=1) <= 250), np.flatnonzero(image.mean(axis=0) <= 250)
    shade, certain = [], []
    for px, py in zip(x - columns[0], y - rows[0], strict=True):
        top, left = int(np.clip(py - 16, 0, crop.shape[0] - 32)), int(np.clip(px - 16, 0, crop.shape[1] - 32))
        block = crop[top : top + 32, left : left + 32].astype(float)
        shade.append((mean - block.mean()) / max(deviation, 1e-6))
        gy, gx = np.gradient(block)
        a, b, c = (gx * gx).mean(), (gy * gy).mean(), (gx * gy).mean()
        root = np.sqrt((a - b) ** 2 + 4 * c * c)
        certain.append(1 - (a + b - root) / max(a + b + root, 1e-9))
    values = dict(known)
    values["FingerJetFX_MinutiaeCount"] = float(len(x))
    values["FingerJetFX_MinCount_COMMinRect200x200"] = float(near.sum())
    values["FJFXPos_Mu_MinutiaeQuality_2"] = float(np.mean([(0 < s <= 0.5) for s in shade]))
    values["FJFXPos_OCL_MinutiaeQuality_80"] = float(np.mean([int(100 * o + 0.5) > 80 for o in certain]))
    return float(official_model(shared).score(np.array([values[name] for name in MEASURE_NAMES])))
