"""What `match`, `search` and `assess slap` share: reading prints and templates from files, and writing pictures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.errors import BiometricsError
from biometrics.fingerprint.minutiae import Template, extract_stored, from_bytes
from biometrics.formats import ansi378, iso19794_2
from biometrics.formats.raster import MAX_FILE_BYTES, read_grey
from station.errors import InputError, StorageError

IMAGE_SUFFIXES: Final = (".png", ".bmp", ".pgm", ".pnm", ".tif", ".tiff", ".jpg", ".jpeg", ".wsq")
RECORD_SUFFIXES: Final = (".fmr", ".ist", ".iso", ".ansi", ".378", ".eft")
SUFFIXES: Final = IMAGE_SUFFIXES + RECORD_SUFFIXES


@dataclass(frozen=True, slots=True)
class Print:
    """One print from a file: its template, and its picture at 500 ppi where the file is a picture."""

    name: str
    template: Template
    image: NDArray[np.uint8] | None


def file_bytes(path: Path) -> bytes:
    """Return the bytes of `path`. Raises InputError with one sentence when it cannot be read or is too large."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise InputError(f"{path.name} is larger than {MAX_FILE_BYTES} bytes; it was not read.", code="file-too-large")
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path.name} cannot be read; nothing was compared. Check its name and rights.", code="file-missing"
        ) from error


def read_picture(path: Path, ppi: int | None) -> tuple[NDArray[np.uint8], int]:
    """Return (grey picture, ppi): `ppi` as given, else what the file says when that is believable, else 500."""
    data = file_bytes(path)
    try:
        pixels, header = read_grey(data)
    except BiometricsError as error:
        raise InputError(f"{path.name}: {error}", code=error.reason_code) from error
    said = header.ppi if header.ppi is not None and 250 <= header.ppi <= 1200 else 500
    return pixels, ppi or said


def read_print(path: Path, ppi: int | None = None) -> Print:
    """Return the print in `path`: a picture, an ISO/IEC 19794-2 or INCITS 378 record, or a stored template."""
    if path.suffix.lower() in RECORD_SUFFIXES:
        return Print(path.name, _record(path), None)
    pixels, resolution = read_picture(path, ppi)
    try:
        if abs(resolution - 500) > 5:
            size = round(pixels.shape[1] * 500 / resolution), round(pixels.shape[0] * 500 / resolution)
            shrink = resolution > 500
            pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if shrink else cv2.INTER_CUBIC), np.uint8)
        return Print(path.name, extract_stored(pixels), pixels)
    except BiometricsError as error:
        raise InputError(f"{path.name}: {error}", code=error.reason_code) from error


def _record(path: Path) -> Template:
    data = file_bytes(path)
    try:
        if data[:3] == b"EFT":
            return from_bytes(data)
        if iso19794_2.is_record(data):
            record = iso19794_2.read(data)
        else:
            record = ansi378.read(data)
        return record.views[0].template(record.width, record.height, record.ppi_x)
    except BiometricsError as error:
        raise InputError(f"{path.name}: {error}", code=error.reason_code) from error


def print_files(folder: Path) -> list[Path]:
    """Return the prints of a folder by name. Raises InputError when it is no folder or holds none."""
    if not folder.is_dir():
        raise InputError(f"{folder.name} is not a folder; nothing was compared.", code="folder-missing")
    files = sorted(p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES)
    if not files:
        raise InputError(f"{folder.name} holds no prints ({', '.join(SUFFIXES)}).", code="folder-empty")
    return files


def write_picture(path: Path, picture: NDArray[Any]) -> None:
    """Write a picture as PNG. Raises StorageError with one sentence when it cannot be written."""
    ok, data = cv2.imencode(".png", picture)
    try:
        if not ok:
            raise OSError("PNG")
        path.write_bytes(data.tobytes())
    except OSError as error:
        raise StorageError(
            f"{path.name} cannot be written; the result above holds. Check that its folder is there and may be written to.",
            code="plot-not-written",
        ) from error
