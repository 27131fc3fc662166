"""Intents on the photographed papers of a dossier: a page is kept, retaken, taken out, or said not to be here. Never silently."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from devices.contract import DeviceIdentity
from station.dossier.book import DossierBook
from station.dossier.events import Event, EventId
from station.dossier.kinds import Kind
from station.dossier.parts import PaperPhoto
from station.dossier.reasons import needed_reason, short_reason
from station.dossier.state import DossierState
from station.errors import InputError, ProcedureError
from station.vietnam.fields import field_rules
from station.vietnam.paper_kinds import paper_kind

MAX_PHOTOS = 40
"""Pages of one dossier that stand at a time: a package has room for them and a person does not look at more."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page's picture as it is kept: coded bytes, media type, pixels, ppi if known, where from, flaws it was accepted with."""

    data: bytes
    media: str
    width: int
    height: int
    ppi: int | None
    source: str
    device: DeviceIdentity | None
    flaws: tuple[str, ...] = ()


class Photographing:
    """Intents on the photographed papers of open dossiers, over one book and where its pictures are put (`Journal.put_blob`). Every one is
    on the disk when it returns."""

    def __init__(self, book: DossierBook, put_blob: Callable[[bytes, str], str]) -> None:
        self._book, self._put_blob = book, put_blob

    def add(self, dossier: str, page: Page, kind: str, *, field: str = "", words: str = "", reason: str = "",
            replaces: EventId | None = None) -> Event:  # fmt: skip
        """Keep a page: the picture first, then its event. `replaces`: the page it takes the place of, with a `reason`.

        Raises:
            InputError: unknown kind or field, another paper without words, more pages than a dossier holds. ProcedureError: data are
                closed, the page to replace does not stand, no reason for a retake or for a page with flaws. StorageError: disk (E32).
        """
        state = self._book.editable(dossier)
        chosen = paper_kind(kind)
        words = short_reason(words)
        if chosen.needs_words and not words:
            raise InputError("Say what paper this is; nothing was stored.", code="paper-words")
        if field and field not in field_rules():
            raise InputError("There is no such field; nothing was stored.", code="field-unknown", field=field)
        if len(state.standing_photos) >= MAX_PHOTOS and replaces is None:
            raise InputError(f"This dossier has {MAX_PHOTOS} photographed pages already; nothing was stored. Remove one first.",
                             code="paper-many")  # fmt: skip
        if replaces is not None:
            _standing(state, replaces)
        reason = needed_reason(reason) if replaces is not None or page.flaws else short_reason(reason)
        blob = self._put_blob(page.data, page.media)
        body = {
            "what": kind, "field": field, "blob": blob, "words": words, "media": page.media, "width": page.width, "height": page.height,
            "ppi": page.ppi or 0, "source": page.source, "device": told_device(page.device), "flaws": list(page.flaws), "reason": reason,
            "replaces": str(replaces) if replaces is not None else "",
        }  # fmt: skip
        return self._book.write(Kind.PROOF, body, dossier)

    def remove(self, dossier: str, paper: EventId, reason: str) -> None:
        """Take a page out (wrong paper, another person's); its event stays, its picture leaves the package.

        Raises:
            ProcedureError: data are closed, the page does not stand, no reason.
        """
        _standing(self._book.editable(dossier), paper)
        self._book.write(Kind.PROOF_REMOVED, {"paper": str(paper), "reason": needed_reason(reason)}, dossier)

    def not_brought(self, dossier: str, kind: str, reason: str, field: str = "") -> None:
        """Say why a wanted paper is not here; the reason stands in its place until the paper comes.

        Raises:
            InputError: unknown kind. ProcedureError: data are closed, no reason.
        """
        self._book.editable(dossier)
        paper_kind(kind)
        self._book.write(Kind.PROOF_ABSENT, {"what": kind, "field": field, "reason": needed_reason(reason)}, dossier)


def _standing(state: DossierState, paper: EventId) -> PaperPhoto:
    found = next((p for p in state.standing_photos if p.id == paper), None)
    if found is None:
        raise ProcedureError("This page was retaken or removed already; nothing was changed.", code="paper-gone")
    return found


def told_device(device: DeviceIdentity | None) -> Mapping[str, str]:
    """Return what an event says of the camera; {} for a file."""
    if device is None:
        return {}
    return {"adapter": device.adapter, "vendor": device.vendor, "model": device.model, "serial": device.serial,
            "firmware": device.firmware, "profile": device.profile}  # fmt: skip
