"""Print preview: the very bytes that will be printed, shown page by page; printing is recorded in the dossier.

The PDF is made first and drawn from its own bytes (pypdfium2), so that what is looked at is what comes out of the printer.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from biometrics.errors import ImageError, ModelError
from station.app import Station
from station.clock import legal_day
from station.desks.pictures import Pixels, portrait_of
from station.document_picture import document_picture
from station.dossier.consuming import fee_rows
from station.dossier.life import Life
from station.dossier.papers import PAPERS, make_paper
from station.dossier.state import DossierState
from station.errors import InputError
from station.vietnam.papers import Paper
from station.vietnam.units import unit_name

PREVIEW_PPI = 130
MAX_PAGES = 20
FORM_PROFILE = "vn-passport"
"""The profile whose picture is 4 x 6 cm."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A paper ready to be printed: its bytes, form code and title, pages as BGR pictures, whether it was printed before."""

    purpose: str
    pdf: bytes
    form: str
    title: str
    basis: str
    sha256: str
    pages: tuple[Pixels, ...]
    printed: bool


class PaperDesk:
    """Papers of a dossier."""

    def __init__(self, station: Station) -> None:
        self._station = station

    def papers(self, dossier: str) -> tuple[str, ...]:
        """Return the papers that make sense for a dossier: the record of exceptions only where there are some."""
        state = self._station.book.state(dossier)
        return tuple(p for p in PAPERS if p != "exceptions" or state.exceptions)

    def preview(self, dossier: str, purpose: str) -> Preview:
        """Make the paper and draw it.

        Raises:
            InputError: unknown paper, no form in force, no font.
        """
        state = self._station.book.state(dossier)
        paper = self._make(state, purpose)
        printed = any(p.form == purpose for p in state.papers)
        return Preview(
            purpose, paper.pdf, paper.form.code, paper.form.title, paper.form.basis, paper.sha256, draw_pages(paper.pdf), printed
        )

    def _make(self, state: DossierState, purpose: str) -> Paper:
        face = portrait_of(self._station.journal, state) if purpose == "capture" else None
        jpeg = form_portrait(face.pixels) if face is not None else b""
        day = legal_day(self._station.clock.now())
        return make_paper(
            state, purpose, day, unit=unit_name(self._station.settings.text("station.unit"), day), portrait=jpeg,
            demo=self._station.demo, centre_fees=fee_rows(self._station.journal),
        )  # fmt: skip

    def printed(self, dossier: str, preview: Preview) -> None:
        """Record that these very bytes went to the printer (or into a file)."""
        state = self._station.book.state(dossier)
        paper = self._make(state, preview.purpose)
        if paper.sha256 != preview.sha256:
            raise InputError(
                "The dossier changed since this preview; nothing was recorded. Look at it again.", code="paper-changed"
            )
        Life(self._station.book).paper(dossier, preview.purpose, paper.form.id, f"sha256:{paper.sha256}")


def form_portrait(frame: Pixels) -> bytes:
    """Return the JPEG for the form's 4 x 6 cm place: cut as the passport's 4 x 6 cm picture, the whole frame where no face is found."""
    try:
        pixels = document_picture(frame, FORM_PROFILE).pixels
    except (ImageError, ModelError):
        pixels = frame
    return bytes(cv2.imencode(".jpg", pixels)[1].tobytes())


def draw_pages(pdf: bytes, ppi: int = PREVIEW_PPI) -> tuple[Pixels, ...]:
    """Return the pages of a PDF as BGR pictures, uint8, H x W x 3.

    Raises:
        InputError: no PDF that can be drawn.
    """
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(pdf)
        try:
            pages = [
                np.array(document[i].render(scale=ppi / 72).to_numpy()[:, :, :3], np.uint8)
                for i in range(min(len(document), MAX_PAGES))
            ]
        finally:
            document.close()
    except pdfium.PdfiumError as error:
        raise InputError("This paper cannot be drawn here; the dossier is safe.", code="paper-unknown") from error
    return tuple(pages)
