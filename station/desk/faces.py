"""The portrait beside the chip's own photo (S5): the machine only hints, the officer decides; without a pack it says "not compared"."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from biometrics.errors import ImageError, ModelError
from biometrics.portrait.compare import Embedder, FaceComparison
from devices.emrtd import lds
from devices.emrtd.lds import ChipFace
from devices.errors import DeviceFormatError
from station.app import Station
from station.capture.portrait import PortraitJudge
from station.chip_desk import ChipView
from station.dossier.kinds import Kind
from station.dossier.parts import FieldSource
from station.portrait_packs import PortraitPacks
from station.views.chip_face import ChipFaceView, chip_face_view

Pixels = npt.NDArray[np.uint8]


class FaceDesk:
    """Runs on the station's thread. `on_table`: what a card reading of this dossier showed (`CardTable.view`)."""

    def __init__(self, station: Station, on_table: Callable[[str], ChipView | None], packs: PortraitPacks | None = None) -> None:
        self._station = station
        self._on_table = on_table
        self._packs = packs or PortraitPacks()
        self._embedder: Embedder | None = None
        self._asked = False

    def photo(self, dossier: str) -> ChipFace | None:
        """Return the photo of the card that lay on the table, or of the newest reading in the journal; None when there is none."""
        chip = self._station.book.state(dossier).chip
        if chip is not None and chip.standing.stops:
            return None  # a photo that was altered, or stands in a copied chip, is nobody's likeness to hint at
        view = self._on_table(dossier)
        if view is not None and view.face is not None:
            return view.face
        read = [e for e in self._station.journal.events(dossier) if e.kind == Kind.CARD_READ]
        blob = str(read[-1].body.get("groups", {}).get("DG2.bin", "")) if read else ""
        if not blob or not self._station.journal.has_blob(blob):
            return None
        try:
            faces = lds.parse_dg2(self._station.journal.blob(blob))
        except DeviceFormatError:
            return None
        return faces[0] if faces else None

    def view(self, dossier: str, live: Pixels | None, judge: PortraitJudge | None) -> ChipFaceView:
        """Return the chip's photo and, where a pack is loaded and a picture was taken (`live`, B G R), how alike the two are."""
        face = self.photo(dossier)
        issued = self._station.book.state(dossier).sources.get(FieldSource.CHIP, {}).get("card_issued", "")
        if face is None:
            return chip_face_view(None, "", None)
        return chip_face_view(face.image, issued[:4], self._compare(face, live, judge))

    def _compare(self, face: ChipFace, live: Pixels | None, judge: PortraitJudge | None) -> FaceComparison | None:
        embedder = self._pack()
        if embedder is None or live is None or live.ndim != 3 or judge is None:
            return None
        chip = cv2.imdecode(np.frombuffer(face.image, np.uint8), cv2.IMREAD_COLOR)
        if chip is None:
            return None
        try:
            return judge.compare(live, np.asarray(chip, np.uint8), embedder)
        except (ImageError, ModelError):
            return None

    def _pack(self) -> Embedder | None:
        if not self._asked:
            self._asked = True
            try:
                self._embedder = self._packs.embedder()
            except ModelError:
                self._embedder = None
        return self._embedder
