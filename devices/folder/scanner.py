"""A scanner that replays image files as slaps or single fingers at their stated resolution."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from biometrics.errors import ImageError
from biometrics.formats.raster import MAX_FILE_BYTES, read_grey
from biometrics.positions import FingerPosition, Impression
from devices.contract import (
    Capabilities,
    CapturedImage,
    CaptureRequest,
    Device,
    DeviceIdentity,
    DeviceInfo,
    DeviceKind,
    RawCapture,
    Source,
)
from devices.errors import DeviceNotFoundError
from devices.staged import StagedScanner, reduced
from devices.timing import Pacer

PPI_RANGE = (250, 1200)


@dataclass(frozen=True, slots=True)
class FolderPrint:
    """One file and what it shows. `ppi` is stated by the one who gives the file, and must agree with the file's own word."""

    path: Path
    position: FingerPosition
    impression: Impression
    ppi: int


def load_print(entry: FolderPrint) -> CapturedImage:
    """Read and check one file.

    Raises:
        ImageError: ``image-missing``, ``image-corrupt``, ``image-too-large``, ``image-colour``, ``image-ppi``.
    """
    name = entry.path.name
    try:
        if entry.path.stat().st_size > MAX_FILE_BYTES:
            raise ImageError(f"{name} is larger than {MAX_FILE_BYTES} bytes; it was not read.", code="image-too-large", file=name)
        data = entry.path.read_bytes()
    except OSError as error:
        raise ImageError(f"{name} cannot be read; nothing of it was used. Check the file's name and rights.",
                         code="image-missing", file=name) from error  # fmt: skip
    try:
        pixels, header = read_grey(data)
    except ImageError as error:
        raise ImageError(
            f"{name}: {error} Nothing of it was used; give another file.", code=error.reason_code, file=name
        ) from error
    if not PPI_RANGE[0] <= entry.ppi <= PPI_RANGE[1]:
        raise ImageError(f"{name}: {entry.ppi} ppi is outside {PPI_RANGE[0]} to {PPI_RANGE[1]}; nothing of it was used. State the true one.",
                         code="image-ppi", file=name)  # fmt: skip
    if header.ppi is not None and abs(header.ppi - entry.ppi) > 0.02 * entry.ppi:
        raise ImageError(f"{name} says {header.ppi} ppi but {entry.ppi} was stated; nothing of it was used. State the true one.",
                         code="image-ppi", file=name)  # fmt: skip
    return CapturedImage(pixels, 8, entry.ppi, f"image/{header.kind}", data, entry.position)


class FolderScanner(StagedScanner):
    """Replays `prints`; the n-th capture of the same position and impression takes the n-th file (then starts over)."""

    adapter = "folder-scanner"

    def __init__(self, prints: Sequence[FolderPrint], device_id: str = "folder-scanner", pacer: Pacer | None = None) -> None:
        super().__init__(device_id, pacer)
        self._prints = tuple(prints)
        self._next: dict[tuple[FingerPosition, Impression], int] = {}
        self._current: CapturedImage | None = None
        self._live = np.full((374, 388), 255, np.uint8)
        self._ppi = 500

    @classmethod
    def discover(cls, settings: Mapping[str, Any]) -> Sequence[Device]:
        """Return one scanner over `settings["prints"]` (a list of tables: file, position, impression, ppi) in `settings["folder"]`."""
        folder = Path(str(settings["folder"]))
        return [cls([FolderPrint(folder / str(p["file"]), FingerPosition(int(p["position"])), Impression(int(p["impression"])),
                                 int(p["ppi"])) for p in settings.get("prints", ())])]  # fmt: skip

    @property
    def capabilities(self) -> Capabilities:
        """What the files allow."""
        return Capabilities(preview=True, positions=frozenset(p.position for p in self._prints),
                            impressions=frozenset(p.impression for p in self._prints), ppi=None, finger_detection=True)  # fmt: skip

    def identity(self) -> DeviceIdentity:
        """Who took it: nobody but this program; the serial is a digest of the list, so that two folders differ."""
        digest = hashlib.sha256("|".join(f"{p.position}{p.impression}{p.ppi}" for p in self._prints).encode()).hexdigest()[:12]
        return DeviceIdentity(DeviceKind.SCANNER, self.adapter, "enrollment-station", "folder replay", digest, "1")

    def _describe(self) -> DeviceInfo:
        missing = sum(not p.path.is_file() for p in self._prints)
        row = DeviceInfo(self.device_id, self.kind, self.identity(), Source.FILE, enrolment_grade=False, grade_reason="source-file",
                         details={"prints": str(len(self._prints)), "missing": str(missing)})  # fmt: skip
        if missing:
            raise DeviceNotFoundError(f"{missing} of {len(self._prints)} files are not there; the others can be replayed.")
        return row

    def _stage(self, request: CaptureRequest) -> None:
        key = (request.position, request.impression)
        fitting = [p for p in self._prints if (p.position, p.impression) == key]
        if not fitting:
            raise DeviceNotFoundError("The folder holds no picture for this capture; nothing was taken. Add it to the list.",
                                      device_id=self.device_id, code="no-picture", position=int(request.position))  # fmt: skip
        turn = self._next.get(key, 0)
        self._next[key] = turn + 1
        self._current = load_print(fitting[turn % len(fitting)])
        self._live, self._ppi = reduced(np.asarray(self._current.pixels, np.uint8), int(self._current.ppi or 500))

    def _scene(self, request: CaptureRequest, moment: int) -> npt.NDArray[np.uint8]:
        _ = request
        if moment >= 3:
            return self._live
        # The finger arrives: contrast grows over the first frames.
        share = (moment + 1) / 4
        return np.asarray(255 - (255 - self._live.astype(np.float32)) * share, np.uint8)

    def _empty(self) -> npt.NDArray[np.uint8]:
        return np.full_like(self._live, 252)

    def _preview_ppi(self) -> int:
        return self._ppi

    def _take(self, request: CaptureRequest, moment: int) -> RawCapture:
        _ = request, moment
        assert self._current is not None, "staged before taken"
        return RawCapture((self._current,), self.identity(), Source.FILE)
