"""From a finished dossier in the journal to a sealed package in the queue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any, Final

from station.app import Station, software_version
from station.capture.model import Capture
from station.clock import LEGAL_TIME, legal_day
from station.dossier.events import Event, encode
from station.dossier.hands import hand_photos
from station.dossier.kinds import Kind
from station.dossier.photos import photos_of
from station.dossier.procedure import Modality
from station.dossier.readiness import before_sealing
from station.dossier.state import DossierState
from station.errors import AccessError, InputError, ProcedureError, StorageError
from station.journal import Journal
from station.journal.store import blobs_named
from station.package import PackageContent, PackedCapture, Part, seal_package
from station.package.hands import hand_facts
from station.package.papers import PAPERS_FACT, noted
from station.packing import WSQ, PrintForm, packed_image
from station.queue.model import Entry, State
from station.retention import replaced
from station.vietnam.rules import deadline_for

_SEALED_ALREADY: Final = frozenset({State.SEALED, State.SENT, State.ACKNOWLEDGED, State.REFUSED})


def seal_dossier(station: Station, dossier: str) -> Entry:
    """Seal one finished dossier to the pinned intake and put it into the queue; a dossier that is queued already stays as it is.

    Raises:
        PackageFormatError: ``package-too-large`` (E45), before anything is written.
        ProcedureError: something is still open. AccessError: nobody signed in. StorageError: disk, or no intake pinned yet.
    """
    state = station.book.state(dossier)
    revision = state.revision
    waiting = [e for e in station.queue.of_dossier(dossier) if e.state in _SEALED_ALREADY]
    if len(waiting) > revision:
        station.tell_journal()
        return waiting[-1]
    if items := before_sealing(state):
        raise ProcedureError(f"{len(items)} things are still open before the seal ({items[0].code}); nothing was sealed.",
                             code="seal-open", first=items[0].code)  # fmt: skip
    if station.operator is None:
        raise AccessError("Nobody is signed in; nothing was sealed. Sign in first.", code="not-signed-in")
    intake = station.queue.intake
    if intake is None:
        raise StorageError(
            "No intake is known to this station yet; the dossier is saved. Enroll the station with its intake.",
            code="not-enrolled",
        )
    deadline = deadline_of(state, station.clock.now())
    station.queue.save(dossier, deadline)
    content = content_of(station, state)
    limit = int(station.settings.number("sending.limit_megabytes") * 1_000_000)
    sealed = seal_package(content, station=station.keys.signer, operator=station.operator.signer, recipients=[intake.recipient],
                          sealer=station.sealer, limit=limit)  # fmt: skip
    entry = station.queue.put(sealed, deadline)
    station.tell_journal()
    return entry


def deadline_of(state: DossierState, now: datetime) -> datetime | None:
    """Return when the citizen's card is due, by which the queue sends: the slip's date, else the dated rule's; None without a rule."""
    try:
        due = date.fromisoformat(state.slip["due"]) if state.slip else deadline_for(state.kind.value, legal_day(now)).due
    except (InputError, KeyError, ValueError):
        return None
    return datetime.combine(due, time(17), LEGAL_TIME).astimezone(UTC)


def content_of(station: Station, state: DossierState) -> PackageContent:
    """Collect the dossier's events and every accepted capture with its parts."""
    events = station.journal.events(state.id)
    reduced, form = replaced(events), PrintForm(state.procedure.prints)
    captures = tuple(
        PackedCapture(
            str(step.accepted.event), step.accepted.capture, capture_parts(station.journal, step.accepted.capture, form, reduced)
        )
        for step in state.captures.values()
        if step.accepted is not None
    )
    sealed, previous = station.queue.chain_head()
    assert station.operator is not None, "checked by the caller"
    return PackageContent(
        dossier=state.id, procedure=state.procedure.id, events=tuple(encode(e) for e in events), captures=captures,
        papers=paper_parts(station.journal, events), operator=station.operator.operator_id, station=station.origin,
        software=software_version(), clock=station.clock.source, created=station.clock.now(), sequence=sealed + 1,
        previous=previous, demo=station.demo,
        facts={"exceptions": {str(int(f)): e.kind.value for f, e in state.exceptions.items()}, "visit": state.visit, **active_facts(state), **paper_facts(state), **hand_facts(events),
               **({"eye_exceptions": {str(int(e)): x.kind.value for e, x in state.eye_exceptions.items()}} if state.eye_exceptions else {})},
    )  # fmt: skip


def active_facts(state: DossierState) -> dict[str, Any]:
    """Return the blink-and-turn checks of the portrait as the manifest tells them, with what they do not claim; {} when none was asked for."""
    if not state.active_checks:
        return {}
    checks = [{"step": c.step, "challenges": list(c.challenges), "done": c.done, "outcome": c.outcome, "tier": c.tier} for c in state.active_checks]  # fmt: skip
    return {"active_checks": {"claim": "aid-no-liveness-detection", "checks": checks}}


def capture_parts(
    journal: Journal, capture: Capture, form: PrintForm = PrintForm.JP2, reduced: Mapping[str, str] | None = None
) -> tuple[Part, ...]:
    """Return the parts of one capture: its images, then the device's signed bytes.

    `reduced` names the smaller forms that took the place of originals after the centre had accepted (a revision after that).
    """
    parts = []
    if capture.modality != Modality.FINGER:
        form = PrintForm.JP2
    for index, image in enumerate(capture.images):
        kept = (reduced or {}).get(image.blob)
        data, media = (journal.blob(kept), WSQ) if kept else packed_image(journal.blob(image.blob), image, form)
        parts.append(Part(f"{capture.step}-{index}", media, data, image.blob if media != image.encoding else ""))
    for index, sha in enumerate(capture.signed):
        parts.append(Part(f"{capture.step}-signed-{index}", "application/jose", journal.blob(sha)))
    return tuple(parts)


def paper_parts(journal: Journal, events: list[Event], *, tries: bool = False) -> tuple[Part, ...]:
    """Return what the events name beside captures: chip data groups, photographed papers, hands beside exceptions, signatures taken
    on screen.

    `tries`: also the pictures of captures that nobody decided about; a team mate who goes on with a draft chooses among them, the centre
    never gets them (what became a capture is in the package as that capture).
    """
    left = {Kind.CAPTURED, Kind.REDUCED} if tries else {Kind.CAPTURED, Kind.REDUCED, Kind.ATTEMPT}
    pages = photos_of(events)
    media = {p.blob: p.media for p in pages if p.media}
    struck = {p.blob for p in pages} - {
        p.blob for p in pages if p.struck is None
    }  # retaken or removed: not the centre's business
    hands, gone = hand_photos(events)  # exceptions withdrawn or declared anew keep their pictures at home too
    media |= {photo.blob: photo.media for _, photo in hands.values()}
    struck |= gone
    named: dict[str, None] = {}
    for event in events:
        if event.kind not in left:
            named |= dict.fromkeys(sorted(sha.hex() for sha in blobs_named(event.body)))
    return tuple(Part(f"blob-{sha}", media.get(sha, "application/octet-stream"), journal.blob(sha))
                 for sha in named if sha not in struck and journal.has_blob(sha))  # fmt: skip


def paper_facts(state: DossierState) -> dict[str, Any]:
    """Return the photographed papers as the manifest lists them (`station.package.papers`); {} when there is none."""
    return {PAPERS_FACT: [noted(p) for p in state.standing_photos]} if state.standing_photos else {}
