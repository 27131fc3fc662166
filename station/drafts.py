"""An unfinished dossier goes to another kit: a draft package sealed to the team, with a lease, over the removable folder.

Lending writes the lease down first, so the draft itself tells of it: until the lease ends, or is recalled with a reason, the kit that
lent does not change the dossier, and the one that took it does. Nothing is lost if the stick is: the originals are still here, and both
kits' events of one dossier merge whatever happened. A draft carries every accepted capture without loss (its original is restored
and compared), the chip's data, photographed papers, and all events.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from station.app import Station, software_version
from station.capture.model import ImageRef
from station.capture.storing import raw_media_type
from station.carriers.stick import Stick
from station.dossier.events import encode
from station.dossier.kinds import Kind
from station.dossier.parts import Lifecycle
from station.dossier.state import DossierState
from station.errors import AccessError, InputError, ProcedureError, StorageError
from station.files import WriteError
from station.keys import Permission, SignerPublic
from station.keys.trust import Purpose, TrustStores
from station.package import (
    OpenedPackage,
    PackageContent,
    PackageFormatError,
    PackageKind,
    PackedCapture,
    SealedPackage,
    SignatureError,
    open_package,
    seal_package,
)
from station.packing import original_of
from station.sealing import capture_parts, paper_parts

LEASE: Final = timedelta(days=3)
LONGEST_LEASE: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking a draft in did: the dossier, how many events and images were new, who lent it, until when."""

    dossier: str
    events: int
    images: int
    lender: str
    until: datetime


def lend(station: Station, dossier: str, stick: Stick, *, lease: timedelta = LEASE) -> SealedPackage:
    """Write the lease, seal the draft to the team and put it on the stick; read back there before this returns.

    Raises:
        AccessError: nobody signed in. ProcedureError: sealed, ended, or lent already. InputError: no team, a lease over 30 days.
        CarrierError: the stick; the lease was taken back then.
    """
    if station.operator is None:
        raise AccessError("Nobody is signed in; nothing was lent. Sign in first.", code="not-signed-in")
    station.operator.require(Permission.OPEN_DOSSIER)
    if not station.keys.teams:
        raise InputError(
            "This kit belongs to no team; nothing was lent. Take a team file in: station keys team import.", code="team-missing"
        )
    if not timedelta(0) < lease <= LONGEST_LEASE:
        raise InputError("A lease lasts one to 30 days; nothing was lent.", code="lease-range")
    state = station.book.state(dossier)
    if state.sealed or state.lifecycle not in {Lifecycle.OPEN, Lifecycle.PAUSED}:
        raise ProcedureError("A sealed or ended dossier is not lent; nothing was changed.", code="draft-closed")
    station.book.own(state)
    name, until = secrets.token_hex(8), station.clock.now() + lease
    station.book.write(Kind.DRAFT_LENT, {"lease": name, "until": until.isoformat()}, dossier)
    try:
        sealed = _seal(station, station.book.state(dossier))
        stick.put("drafts", sealed.package_id, sealed.data)
    except BaseException:
        station.book.write(Kind.DRAFT_RECALLED, {"lease": name, "reason": "not handed over"}, dossier)
        raise
    return sealed


def _seal(station: Station, state: DossierState) -> SealedPackage:
    assert station.operator is not None, "checked by the caller"
    events = station.journal.events(state.id)
    captures = tuple(
        PackedCapture(str(step.accepted.event), step.accepted.capture, capture_parts(station.journal, step.accepted.capture))
        for step in state.captures.values()
        if step.accepted is not None
    )
    lease = state.lease
    assert lease is not None, "written before"
    content = PackageContent(
        dossier=state.id, procedure=state.procedure.id, events=tuple(encode(e) for e in events), captures=captures,
        papers=paper_parts(station.journal, events, tries=True), operator=station.operator.operator_id, station=station.origin,
        software=software_version(), clock=station.clock.source, created=station.clock.now(), sequence=0, demo=station.demo,
        kind=PackageKind.DRAFT, facts={"lease": lease.id, "until": lease.until.isoformat()},
    )  # fmt: skip
    return seal_package(content, station=station.keys.signer, operator=station.operator.signer,
                        recipients=[station.keys.teams[-1].public], sealer=station.sealer)  # fmt: skip


def take_all(station: Station, stick: Stick) -> tuple[list[Taken], list[str]]:
    """Take in every draft on the stick that is for this team; returns them and the codes of those that were not believed.

    A draft of this kit's own that is still on the stick is left. What was taken in leaves the stick.
    """
    taken, refused = [], []
    for name in stick.names("drafts"):
        data = stick.get("drafts", name)
        try:
            opened = open_draft(station, data or b"")
            if opened.manifest.station == station.origin:
                continue
            taken.append(take(station, opened))
        except WriteError:  # this kit's disk, not the draft
            raise
        except (PackageFormatError, SignatureError, InputError, StorageError) as error:
            refused.append(error.reason_code)
            continue
        stick.remove("drafts", name)
    return taken, refused


def open_draft(station: Station, data: bytes) -> OpenedPackage:
    """Open a draft with one of this kit's team keys and check everything in it.

    Raises:
        PackageFormatError, SignatureError: see `open_package`; ``draft-other`` for a package that is no draft.
    """
    stores = TrustStores(station.journal)
    now = station.clock.now()
    views = {p: stores.view(p) for p in (Purpose.STATIONS, Purpose.OPERATORS)}
    own = {Purpose.STATIONS: {p.key_id: p for p in station.keys.publics},
           Purpose.OPERATORS: {a.public.key_id: a.public for a in station.operators.accounts().values() if a.active}}  # fmt: skip

    def finder(purpose: Purpose) -> Mapping[str, SignerPublic]:
        view = views[purpose]
        return {k: v for k, v in {**view.signers(now), **own[purpose]}.items() if k not in view.revoked}

    stations, operators = finder(Purpose.STATIONS), finder(Purpose.OPERATORS)
    last: PackageFormatError | None = None
    for team in reversed(station.keys.teams):
        try:
            opened = open_package(data, team, find_station=stations.get, find_operator=operators.get)
        except PackageFormatError as error:
            if error.reason_code != "package-recipient":
                raise
            last = error
            continue
        if opened.manifest.kind is not PackageKind.DRAFT:
            raise PackageFormatError("This package is no draft; nothing was taken in.", code="draft-other")
        return opened
    raise last or PackageFormatError("This kit belongs to no team; the draft was not opened.", code="package-recipient")


def take(station: Station, opened: OpenedPackage) -> Taken:
    """Take an opened draft in: images first (each compared with the original it names), then its events, then that it was taken.

    Repeating it after a crash changes nothing twice.

    Raises:
        InputError: an image is not the original; events that do not fit ours. AccessError: nobody signed in.
    """
    if not station.session.operator:
        raise AccessError("Nobody is signed in; nothing was taken in. Sign in first.", code="not-signed-in")
    manifest = opened.manifest
    until = _until(manifest.facts)
    images = 0
    for note in manifest.captures:
        capture = note.capture
        for name, image in zip(note.parts, capture.images, strict=False):
            part = next(p for p in manifest.parts if p.name == name)
            data = original_of(opened.part(name), part.media, image.blob)
            images += _store(station, data, image.blob, _media(image))
        for name, sha in zip(note.parts[len(capture.images) :], capture.signed, strict=False):
            images += _store(station, opened.part(name), sha, "application/jose")
    for name in opened.names:
        if name.startswith("blob-"):
            images += _store(station, opened.part(name), name.removeprefix("blob-"), "application/octet-stream")
    new = station.journal.import_events(opened.events)
    dossier = manifest.dossier
    state = station.book.state(dossier)
    lease = state.lease
    if lease is None or lease.holder != station.origin or lease.id != manifest.facts["lease"]:
        station.book.write(Kind.DRAFT_TAKEN, {"lease": manifest.facts["lease"], "lender": manifest.station}, dossier)
    if station.book.state(dossier).lifecycle is Lifecycle.PAUSED:
        station.life.resume(dossier)
    return Taken(dossier, new, images, manifest.station, until)


def recall(station: Station, dossier: str, reason: str) -> None:
    """Take a lease back before its end (the stick is lost, the colleague is ill); the dossier is open here again.

    Raises:
        ProcedureError: it is not lent, or no reason.
    """
    from station.dossier.reasons import needed_reason

    state = station.book.state(dossier)
    if state.lease is None or not state.lease.away_from(station.origin, station.clock.now()):
        raise ProcedureError("This dossier is not lent to another kit; nothing was changed.", code="draft-here")
    station.book.write(Kind.DRAFT_RECALLED, {"lease": state.lease.id, "reason": needed_reason(reason)}, dossier)


def _until(facts: Mapping[str, object]) -> datetime:
    try:
        until = datetime.fromisoformat(str(facts["until"]))
    except (KeyError, ValueError) as error:
        raise InputError("The draft names no lease; nothing was taken in.", code="draft-other") from error
    if until.tzinfo is None or not isinstance(facts.get("lease"), str):
        raise InputError("The draft names no lease; nothing was taken in.", code="draft-other")
    return until


def _media(image: ImageRef) -> str:
    if image.encoding != "raw":
        return image.encoding
    return raw_media_type(image.width, image.height, image.channels, image.bits_stored)


def _store(station: Station, data: bytes, sha256: str, media: str) -> int:
    if station.journal.has_blob(sha256):
        return 0
    if station.journal.put_blob(data, media) != sha256:
        raise InputError("An image of the draft is not the one it names; nothing was taken in.", code="part-altered")
    return 1


__all__ = ["LEASE", "Taken", "lend", "open_draft", "recall", "take", "take_all"]
