"""Photographed papers in a package: how the manifest lists them, and the check of that list against the parts and the events.

The pictures travel as the parts `blob-SHA256` that the format has had for whatever events name; their media type and the fact ``papers`` tell a
reader which of them are papers, of what kind. A reader that knows nothing of the fact reads the package as before: no new edition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from biometrics.errors import FormatError
from biometrics.portrait.reading import inspect
from station.dossier.events import Event
from station.dossier.parts import PaperPhoto
from station.dossier.photos import photos_of
from station.package.cbor import PackageFormatError
from station.package.content import PartNote

PAPERS_FACT: Final = "papers"
MAX_PAPERS: Final = 100
MAX_PAPER_BYTES: Final = 2_000_000
MAX_PAPER_PIXELS: Final = 20_000_000
MEDIA: Final = {"image/jpeg": "jpeg", "image/png": "png"}


def noted(photo: PaperPhoto) -> dict[str, Any]:
    """Return a page as the fact ``papers`` lists it."""
    return {
        "event": str(photo.id), "kind": photo.kind, "words": photo.words, "field": photo.field, "part": f"blob-{photo.blob}",
        "media": photo.media, "width": photo.width, "height": photo.height, "ppi": photo.ppi or 0, "source": photo.source,
        "flaws": list(photo.flaws),
    }  # fmt: skip


def check_papers(facts: Mapping[str, Any], parts: Sequence[PartNote], events: Iterable[Event], part: Callable[[str], bytes]) -> tuple[PaperPhoto, ...]:  # fmt: skip
    """Return the pages of an opened package after checking that list, events and pictures say the same.

    Every page that stands by the events is listed once, exactly as its event says; its part is there, of its media type, within bounds, and a
    picture of the stated size by its own header (nothing is decoded). A package without the fact must have no such page with a media type:
    those of older programs have none.

    Raises:
        PackageFormatError: ``paper-list`` or ``paper-part``.
    """
    try:
        standing = {str(p.id): p for p in photos_of(events) if p.struck is None}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PackageFormatError("An event of a paper is not one; nothing was used.", code="paper-list") from error
    listed = facts.get(PAPERS_FACT, [])
    if not isinstance(listed, list) or len(listed) > MAX_PAPERS or not all(isinstance(e, dict) for e in listed):
        raise PackageFormatError("The list of papers is not one; nothing was used.", code="paper-list")
    named = [str(e.get("event", "")) for e in listed]
    typed = {i for i, p in standing.items() if p.media}
    if len(set(named)) != len(named) or not typed <= set(named) <= set(standing):
        raise PackageFormatError("The list of papers does not name the pages of the events; nothing was used.", code="paper-list")
    media = {n.name: n.media for n in parts}
    for entry in listed:
        photo = standing[str(entry["event"])]
        if entry != noted(photo):
            raise PackageFormatError("A paper differs from its event; nothing was used.", code="paper-list")
        name = f"blob-{photo.blob}"
        if not photo.media:
            continue  # of an older program: named, with nothing said about its picture
        if media.get(name) != photo.media or photo.media not in MEDIA:
            raise PackageFormatError("A paper's picture is missing or of another type; nothing was used.", code="paper-part")
        check_picture(part(name), photo.media, photo.width, photo.height, code="paper-part")
    return tuple(standing[i] for i in named)


def check_picture(data: bytes, media: str, width: int, height: int, *, code: str) -> None:
    """Refuse a picture that is not what its event says (`code`); its header alone is read."""
    if len(data) > MAX_PAPER_BYTES:
        raise PackageFormatError("A picture is larger than it may be; nothing was used.", code=code)
    try:
        facts, _ = inspect(data, MAX_PAPER_PIXELS)
    except FormatError as error:
        raise PackageFormatError("A picture cannot be read; nothing was used.", code=code) from error
    if facts.kind != MEDIA[media] or (facts.width, facts.height) != (width, height):
        raise PackageFormatError("A picture is not what its event says; nothing was used.", code=code)
