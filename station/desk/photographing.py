"""Papers photographed at the desks (S2, S3): live, one instruction at a time, kept when the officer says so; retaken and removed with a reason.

The picture that was taken waits in hand until it is kept: only then it is on the disk, and only then a screen says so.
"""

from __future__ import annotations

from datetime import datetime

import cv2
import numpy as np
import numpy.typing as npt

from devices.contract import RawCapture
from station.capture.page import PageJudge
from station.capture.page_picture import page_from
from station.desk.table_picture import InHand, TablePicture, decoded
from station.dossier.events import event_id
from station.dossier.photographing import Page, Photographing
from station.views.papers import PapersView, papers_view

THUMB_PX = (56, 76)
"""A page's small picture: width, height it fits into."""
Pixels = npt.NDArray[np.uint8]


class PhotoDesk(TablePicture):
    """Photographed papers of one counter. For the station's thread, except `press`, `stop`, `in_hand` and `turn` (any thread)."""

    def _judge(self) -> PageJudge:
        return PageJudge()

    def _page(self, raw: RawCapture, turns: int) -> Page:
        return page_from(raw, turns)

    # --- the dossier ---------------------------------------------------------------------------------------------------------------

    def keep(
        self, dossier: str, kind: str, *, field: str = "", words: str = "", reason: str = "", replaces: str = ""
    ) -> PapersView:
        """Keep what is in hand; on the disk when this returns, and no longer in hand. A failure leaves it in hand.

        Raises:
            InputError, ProcedureError, StorageError: see `Photographing.add`.
        """
        held = self.in_hand
        if held is not None:
            self._papers.add(dossier, held.page, kind, field=field, words=words, reason=reason,
                             replaces=event_id(replaces) if replaces else None)  # fmt: skip
            self.drop()
        return self.view(dossier)

    def remove(self, dossier: str, paper: str, reason: str) -> PapersView:
        """Take a page out; it is listed as removed."""
        self._papers.remove(dossier, event_id(paper), reason)
        return self.view(dossier)

    def not_brought(self, dossier: str, kind: str, reason: str, field: str = "") -> PapersView:
        """Say why a wanted paper is not here."""
        self._papers.not_brought(dossier, kind, reason, field)
        return self.view(dossier)

    def view(self, dossier: str) -> PapersView:
        """Return the papers of a dossier: what is here, small, and what is still missing."""
        return papers_view(self._station.book.state(dossier))

    def thumbs(self, dossier: str) -> dict[str, Pixels]:
        """Return the small pictures of the pages that stand, by their ids; a page whose picture is on another kit has none."""
        journal, found = self._station.journal, {}
        for photo in self._station.book.state(dossier).standing_photos:
            if photo.blob and journal.has_blob(photo.blob):
                found[str(photo.id)] = small(journal.blob(photo.blob))
        return found

    def large(self, dossier: str, paper: str) -> Pixels | None:
        """Return a kept page in full, None when its picture is not here."""
        photo = next((p for p in self._station.book.state(dossier).photos if str(p.id) == paper), None)
        here = photo is not None and bool(photo.blob) and self._station.journal.has_blob(photo.blob)
        return decoded(self._station.journal.blob(photo.blob)) if photo is not None and here else None

    def taken_at(self) -> datetime:
        """Return the present time (what a picture in hand is called by)."""
        return self._station.clock.now()

    @property
    def _papers(self) -> Photographing:
        return Photographing(self._station.book, self._station.journal.put_blob)


def small(data: bytes) -> Pixels:
    """Return a kept page small enough for a list, whole."""
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_REDUCED_COLOR_8)
    pixels = np.asarray(picture, np.uint8) if picture is not None else decoded(data)
    scale = min(THUMB_PX[0] / pixels.shape[1], THUMB_PX[1] / pixels.shape[0])
    size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
    return np.ascontiguousarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))


__all__ = ["InHand", "PhotoDesk"]
