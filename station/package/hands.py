"""Pictures of hands beside exceptions in a package: how the manifest lists them, and the check of that list against the parts and the events.

They travel as papers do (`station.package.papers`): parts `blob-SHA256`, of which the fact ``exception_photos`` tells a reader which exception each
belongs to. A reader that knows nothing of the fact reads the package as before; packages of older programs have neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from biometrics.positions import FingerPosition
from station.dossier.events import Event, EventId
from station.dossier.hands import hand_photos
from station.dossier.parts import HandPhoto
from station.package.cbor import PackageFormatError
from station.package.content import PartNote
from station.package.papers import MEDIA, check_picture

HANDS_FACT: Final = "exception_photos"


def noted_hand(event: EventId, finger: FingerPosition, photo: HandPhoto) -> dict[str, Any]:
    """Return a picture as the fact ``exception_photos`` lists it."""
    return {
        "event": str(event), "finger": int(finger), "part": f"blob-{photo.blob}", "media": photo.media, "width": photo.width,
        "height": photo.height, "source": photo.source, "flaws": list(photo.flaws),
    }  # fmt: skip


def hand_facts(events: Iterable[Event]) -> dict[str, Any]:
    """Return the pictures of the exceptions that stand as the manifest lists them; {} when there is none."""
    standing, _ = hand_photos(events)
    return {HANDS_FACT: [noted_hand(i, *standing[i]) for i in sorted(standing, key=str)]} if standing else {}


def check_hands(facts: Mapping[str, Any], parts: Sequence[PartNote], events: Iterable[Event], part: Callable[[str], bytes]) -> tuple[HandPhoto, ...]:  # fmt: skip
    """Return the pictures of an opened package after checking that list, events and pictures say the same.

    Every picture of an exception that stands by the events is listed once, exactly as its event says; its part is there, of its media type,
    within the bounds of a paper's, and a picture of the stated size by its own header (nothing is decoded).

    Raises:
        PackageFormatError: ``exception-photo-list`` or ``exception-photo-part``.
    """
    try:
        standing, _ = hand_photos(events)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PackageFormatError("An event of an exception is not one; nothing was used.", code="exception-photo-list") from error
    expected = [noted_hand(i, *standing[i]) for i in sorted(standing, key=str)]
    listed = facts.get(HANDS_FACT, [])
    if listed != expected:
        raise PackageFormatError(
            "The list of pictures of hands differs from the events; nothing was used.", code="exception-photo-list"
        )
    media = {n.name: n.media for n in parts}
    for _, photo in standing.values():
        name = f"blob-{photo.blob}"
        if media.get(name) != photo.media or photo.media not in MEDIA:
            raise PackageFormatError(
                "A picture of a hand is missing or of another type; nothing was used.", code="exception-photo-part"
            )
        check_picture(part(name), photo.media, photo.width, photo.height, code="exception-photo-part")
    return tuple(photo for _, photo in standing.values())
