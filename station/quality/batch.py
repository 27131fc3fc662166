"""One row per image file: decoded, judged, timed; in this process or in several."""

from __future__ import annotations

import csv
import hashlib
import io
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.errors import BiometricsError, ImageError
from biometrics.fingerprint.quality import ACTIONABLE_NAMES, MEASURE_NAMES, QUALITY_BLOCK_NAMES, FingerprintQuality, assess
from biometrics.formats.raster import MAX_FILE_BYTES, read_grey
from biometrics.models import QualityModel
from station.errors import InputError
from station.models import ModelStore

SUFFIXES: Final = frozenset({".png", ".bmp", ".pgm", ".pnm", ".tif", ".tiff", ".jpg", ".jpeg", ".wsq"})
_WSQ: Final = b"\xff\xa0"
_CHUNK: Final = 8

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """`ppi` None: 1000 where the file says so, else 500. `official` False: our own model even where NIST's is imported."""

    ppi: int | None = None
    resample: bool = False
    official: bool = True


def find_images(paths: Iterable[Path]) -> list[Path]:
    """Return the files, folders searched through and through, sorted inside each folder.

    Raises:
        InputError: a path does not exist, or nothing was found.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
        elif path.is_file():
            found.append(path)
        else:
            raise InputError(f"There is no file or folder '{path.name}'; nothing was judged.", code="input-file")
    if not found:
        raise InputError("No image files were found there; nothing was judged.", code="input-file")
    return found


def read_print(path: Path) -> tuple[NDArray[np.uint8], int | None]:
    """Return pixels and the ppi the file states.

    Raises:
        ImageError: ``image-corrupt``, ``image-too-large``, ``image-colour``, ``image-bits``, ``image-unreadable``.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ImageError("the file is larger than any print", code="image-too-large")
        data = path.read_bytes()
    except OSError as error:
        raise ImageError("the file cannot be read", code="image-unreadable") from error
    if data.startswith(_WSQ):
        return _read_wsq(data), None
    pixels, header = read_grey(data)
    return pixels, header.ppi


def _read_wsq(data: bytes) -> NDArray[np.uint8]:
    import wsq  # registers the format with Pillow
    from PIL import Image

    assert wsq
    try:
        with Image.open(io.BytesIO(data), formats=["WSQ"]) as image:
            if image.width * image.height > 16_000_000:
                raise ImageError("the WSQ picture is larger than any print", code="image-too-large")
            return np.asarray(image.convert("L"), np.uint8)
    except ImageError:
        raise
    except Exception as error:
        raise ImageError("the WSQ stream cannot be decoded", code="image-corrupt") from error


@cache
def _model(official: bool) -> QualityModel | None:
    return ModelStore().official() if official else None


def assess_file(path: Path, options: BatchOptions) -> tuple[Row, str]:
    """Judge one file; return its row and the sha256 of its pixels (for conformance). Never raises for a bad image.

    Row keys: file, measures, actionable, quality_blocks, score, model, reasons, error, seconds; and `resampled` where the image
    was brought to 500 ppi.
    """
    started = time.perf_counter()
    quality, error, digest = FingerprintQuality(), None, ""
    try:
        pixels, stated = read_print(path)
        digest = hashlib.sha256(pixels.tobytes()).hexdigest()
        ppi = options.ppi or (1000 if stated is not None and abs(stated - 1000) <= 10 else 500)
        quality = assess(pixels, ppi, _model(options.official), resample=options.resample)
        error = quality.refusal
    except BiometricsError as problem:
        error = problem.reason_code
    row: Row = {
        "file": str(path),
        "measures": quality.measures,
        "actionable": quality.actionable,
        "quality_blocks": quality.quality_blocks,
        "score": quality.score,
        "model": quality.model,
        "reasons": [
            {
                "code": str(r.code),
                "confidence": round(r.confidence, 3),
                "region": [r.region.x, r.region.y, r.region.width, r.region.height] if r.region else None,
            }
            for r in quality.reasons
        ],
        "error": error,
        "seconds": round(time.perf_counter() - started, 6),
    }
    if quality.resampled:
        row["resampled"] = quality.resampled
    return row, digest


def _assess_chunk(paths: list[Path], options: BatchOptions) -> list[tuple[Row, str]]:
    return [assess_file(path, options) for path in paths]


def assess_files(paths: list[Path], options: BatchOptions, jobs: int = 1) -> Iterator[tuple[Row, str]]:
    """Yield the row of every file, in order; with `jobs` > 1 in that many processes, each on one thread."""
    if jobs <= 1 or len(paths) < 2:
        cv2.setNumThreads(1)
        for path in paths:
            yield assess_file(path, options)
        return
    rest = iter(paths)
    chunks = list(iter(lambda: list(islice(rest, _CHUNK)), []))
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=cv2.setNumThreads, initargs=(1,)) as pool:
        for rows in pool.map(_assess_chunk, chunks, [options] * len(chunks)):
            yield from rows


def csv_header() -> list[str]:
    """Columns of the table form."""
    blocks = [f"QB_{name}" for name in MEASURE_NAMES if name in QUALITY_BLOCK_NAMES]
    return ["file", "score", "model", "error", "reasons", "seconds", *ACTIONABLE_NAMES, *MEASURE_NAMES, *blocks]


def csv_line(row: Row) -> str:
    """Return one row as a line of the table (without the line end); figures that do not exist are empty."""
    cells = [row["file"], row["score"], row["model"], row["error"], ";".join(r["code"] for r in row["reasons"]), row["seconds"]]
    cells += [row["actionable"].get(n) for n in ACTIONABLE_NAMES]
    cells += [row["measures"].get(n) for n in MEASURE_NAMES]
    cells += [row["quality_blocks"].get(n) for n in MEASURE_NAMES if n in QUALITY_BLOCK_NAMES]
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(["" if c is None else c for c in cells])
    return out.getvalue()
