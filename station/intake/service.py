"""The intake without its web server: whom it knows, what it accepts, what it answers."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from devices.contract import Source
from station.capture.model import Capture
from station.clock import Clock
from station.dossier.kinds import Kind
from station.errors import TransferError
from station.files import Files
from station.intake.packages import FilePackages, Packages, package_file
from station.intake.settings import IntakeSettings
from station.intake.store import KeyRow, Store
from station.keys.algorithms import SignerPublic
from station.keys.sealing import Opener
from station.keys.signing import Signer
from station.package import OpenedPackage, PackageFormatError, PackageKind, SignatureError, open_package
from station.package.hands import check_hands
from station.package.identity import RECEIPT_PURPOSE, IntakePublic, answer_body
from station.package.layout import parse
from station.package.papers import check_papers
from station.package.signed import sign_message


class RefusedError(TransferError):
    """A package that this intake does not accept. `reason_code` is what the station is told."""

    code = "refused"


@dataclass(frozen=True, slots=True)
class Accepted:
    """What `Intake.accept` did: the signed answer, whether it is a receipt, whether the package was new."""

    package_id: str
    answer: bytes
    accepted: bool
    new: bool
    reasons: tuple[str, ...] = ()


class Intake:
    """Verifies, stores once, answers. Safe to use from several threads.

    Args:
        files: the intake's own file layer.
        store: its database.
        signer: signs receipts and notices.
        opener: opens packages.
        settings: see `IntakeSettings`.
        clock: the intake's clock.
        packages: where accepted packages are kept; the folder's files by default.
    """

    def __init__(
        self,
        files: Files,
        store: Store,
        *,
        signer: Signer,
        opener: Opener,
        settings: IntakeSettings,
        clock: Clock,
        packages: Packages | None = None,
    ) -> None:
        self.packages: Packages = packages or FilePackages(files)
        self.files, self.store, self.settings, self.clock = files, store, settings, clock
        self._signer, self._opener = signer, opener
        self.public = IntakePublic(settings.name, signer.public, opener.public)
        self._keys: dict[str, SignerPublic] = {}
        self._lock = threading.Lock()

    def now_ms(self) -> int:
        """Return the intake's time in milliseconds."""
        return int(self.clock.now().timestamp() * 1000)

    def accept(self, data: bytes, *, via: str, brought_by: str | None = None, declared: str | None = None) -> Accepted:
        """Verify a package and store it once; the same package again gets the same receipt.

        Args:
            data: the package as it arrived.
            via: ``network`` or ``stick``.
            brought_by: the station that signed in to upload it; None on a stick.
            declared: the manifest's SHA-256 that the upload was announced with, if it was.

        Raises:
            PackageFormatError: the bytes are not a package at all, so nothing can be named or refused.
            StorageError: disk or database; nothing is decided, the same bytes may be brought again.
        """
        header = parse(data, self.settings.package_limit_bytes).header
        package_id, station = header.package_id, brought_by or header.station
        if declared is not None and declared != header.manifest:
            return self.refuse(declared, station, "package-other")
        try:
            if brought_by is not None and header.station != brought_by:
                raise RefusedError("Brought by another station than the one that sealed it.", code="station-other")
            opened = self.open(data)
            demo = self._check(opened)
        except (PackageFormatError, SignatureError, RefusedError) as error:
            return self.refuse(header.manifest, station, error.reason_code)
        known = self.store.package(package_id)
        if known is not None:
            return Accepted(package_id, bytes(known["answer"]), True, False)
        # The file first, then its row: a row never points to nothing.
        self.packages.put(package_id, data)
        return self._store(opened, data, via=via, demo=demo)

    def open(self, data: bytes) -> OpenedPackage:
        """Open a package with this intake's key and check everything in it against the stations and operators it knows.

        Raises:
            PackageFormatError, SignatureError: see `open_package`.
        """
        return open_package(data, self._opener, find_station=self.find_station, find_operator=self._find_operator,
                            limit=self.settings.package_limit_bytes)  # fmt: skip

    def _store(self, opened: OpenedPackage, data: bytes, *, via: str, demo: bool) -> Accepted:
        manifest = opened.manifest
        number, now = secrets.token_hex(8), self.clock.now()
        answer = self._answer(opened.package_id, manifest.sha256, station=manifest.station, number=number, at=now, accepted=True,
                              demo=demo)  # fmt: skip
        kept = self.store.add_package({
            "package_id": opened.package_id, "manifest": manifest.sha256, "sha256": opened.verified.sha256, "bytes": len(data),
            "station": manifest.station, "operator": manifest.operator, "dossier": manifest.dossier, "sequence": manifest.sequence,
            "demo": demo, "received": int(now.timestamp() * 1000), "via": via, "receipt_number": number, "answer": answer,
        })  # fmt: skip
        return Accepted(opened.package_id, kept, True, kept == answer)

    def _check(self, opened: OpenedPackage) -> bool:
        """Apply this intake's rules to a package that is whole and signed; return whether it must be marked DEMO."""
        manifest = opened.manifest
        if manifest.kind is not PackageKind.DOSSIER:
            raise RefusedError("A draft is for the team, not for the centre.", code="draft-refused")
        station = self.store.station_key(opened.signers["station"])
        operator = self.store.operator_key(opened.signers["operator"])
        if station is None or station.owner != manifest.station:
            raise RefusedError("The station's key belongs to another station.", code="station-other")
        if operator is None or operator.owner != manifest.operator:
            raise RefusedError("The operator's key belongs to another operator.", code="operator-other")
        sources = {c.capture.source for c in manifest.captures}
        if self.settings.production:
            if manifest.demo:
                raise RefusedError("A demo package.", code="demo-refused")
            if sources - {Source.DEVICE}:
                raise RefusedError("A capture from a simulator or a file.", code="source-refused")
        if not manifest.captures:
            raise RefusedError("No capture.", code="captures-missing")
        by_id = {str(e.id): e for e in opened.events}
        for noted in manifest.captures:
            event = by_id.get(noted.event)
            if event is None or event.kind != Kind.CAPTURED:
                raise RefusedError("A capture without its event.", code="capture-event")
            if _told(event.body.get("capture")) != noted.capture:
                raise RefusedError("A capture that differs from its event.", code="capture-event")
        papers = {p.source for p in check_papers(manifest.facts, manifest.parts, opened.events, opened.part)}
        papers |= {p.source for p in check_hands(manifest.facts, manifest.parts, opened.events, opened.part)}
        if self.settings.production and Source.SIMULATED in papers:
            raise RefusedError("A paper from a simulator.", code="source-refused")
        return manifest.demo or bool(sources - {Source.DEVICE}) or Source.SIMULATED in papers

    def refuse(self, manifest: str, station: str, reason: str) -> Accepted:
        """Sign and keep a refusal for the station that brought (or sealed) the package."""
        package_id, reasons = manifest[:32], (reason,)
        now = self.clock.now()
        answer = self._answer(package_id, manifest, station=station, number=secrets.token_hex(8), at=now, accepted=False,
                              demo=False, reasons=reasons)  # fmt: skip
        self.store.set_refusal(package_id, station, int(now.timestamp() * 1000), list(reasons), answer)
        return Accepted(package_id, answer, False, True, reasons)

    def _answer(self, package_id: str, manifest: str, *, station: str, number: str, at: datetime, accepted: bool, demo: bool,
                reasons: tuple[str, ...] = ()) -> bytes:  # fmt: skip
        body = answer_body(package_id=package_id, manifest_sha256=manifest, accepted=accepted, reasons=reasons, number=number,
                           intake=self.settings.name, at=at, station=station, demo=demo)  # fmt: skip
        return sign_message(self._signer, RECEIPT_PURPOSE, body)

    def answer_for(self, package_id: str, station: str) -> bytes | None:
        """Return the answer to a package for the station that sealed or brought it; nobody else learns of it."""
        known = self.store.package(package_id)
        if known is not None and known["station"] == station:
            return bytes(known["answer"])
        return self.store.refusal(package_id, station)

    # -- keys --------------------------------------------------------------------------------------------------------------

    def find_station(self, key_id: str) -> SignerPublic | None:
        """Return a station's public key, None for a stranger; a revoked one raises `SignatureError`."""
        return self._find(self.store.station_key(key_id), "station")

    def _find_operator(self, key_id: str) -> SignerPublic | None:
        return self._find(self.store.operator_key(key_id), "operator")

    def station_by_key(self, key_id: str) -> KeyRow | None:
        """Return an active station's key row (sign-in); retired and revoked keys do not sign in."""
        row = self.store.station_key(key_id)
        return row if row is not None and row.state == "active" else None

    def _find(self, row: KeyRow | None, what: str) -> SignerPublic | None:
        if row is None:
            return None
        if row.state in {"revoked", "pending"}:
            raise SignatureError(f"The {what}'s key is {row.state}.", code=f"{what}-{row.state}")
        with self._lock:
            if row.key_id not in self._keys:
                self._keys[row.key_id] = SignerPublic.from_bytes(row.public)
            return self._keys[row.key_id]

    # -- notices -----------------------------------------------------------------------------------------------------------

    def issue(self, kind: str, payload: dict[str, Any], *, station: str = "", notice_id: str = "") -> str:
        """Sign and keep a notice for a station ("" for all); the same `notice_id` again changes nothing. Returns its id."""
        from station.queue.notices import NOTICE_PURPOSE, notice_body

        notice_id = notice_id or secrets.token_hex(16)  # 32 hex digits: also its name on a stick
        now = self.clock.now()
        body = notice_body(notice_id=notice_id, kind=kind, intake=self.settings.name, station=station, at=now, payload=payload)
        self.store.add_notice(
            notice_id, station, kind, int(now.timestamp() * 1000), sign_message(self._signer, NOTICE_PURPOSE, body)
        )
        return notice_id

    def sign(self, purpose: str, body: dict[str, Any]) -> bytes:
        """Sign a message of the intake."""
        return sign_message(self._signer, purpose, body)


def utc(milliseconds: int) -> str:
    """Return a time for people: ISO 8601, UTC, seconds."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="seconds")


def _told(value: object) -> Capture | None:
    """Return the capture an event holds, None when it holds none that can be read."""
    try:
        return msgspec.convert(value, Capture)
    except msgspec.ValidationError:
        return None


__all__ = ["Accepted", "Intake", "RefusedError", "package_file", "utc"]
