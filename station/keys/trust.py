"""Trust stores by purpose, with one owner: this file. Other rooms get a `TrustView` and cannot change it.

What is trusted is a list of events (`trust.changed`), so it is audited, survives a crash and is the same after a replay. An entry is a
certificate (X.509, DER) or one of our public halves. A list from the centre replaces a purpose as a whole and carries a number that
only grows: an old list, replayed, changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from station.dossier.events import Event
from station.dossier.kinds import Kind
from station.errors import InputError
from station.journal import Journal
from station.keys.algorithms import KeyFormatError, RecipientPublic, SignerPublic

MAX_ENTRY_BYTES: Final = 32_768
MAX_ENTRIES: Final = 5_000
WARN_BEFORE: Final = timedelta(days=30)


class Purpose(StrEnum):
    """What a trusted key may vouch for; a key trusted for one purpose is nothing for another."""

    DOCUMENT_SIGNERS = "document-signers"  # CSCA certificates of chip cards
    DEVICE_MAKERS = "device-makers"
    CALIBRATION = "calibration"
    TLS = "tls"
    STATIONS = "stations"
    OPERATORS = "operators"
    INTAKES = "intakes"


@dataclass(frozen=True, slots=True)
class Entry:
    """One trusted key. `entry_id`: SHA-256 (hex) of `data`; `ends` None: no end is stated in it."""

    entry_id: str
    subject: str
    data: bytes
    begins: datetime | None
    ends: datetime | None
    source: str

    def state(self, now: datetime) -> str:
        """Return ``good``, ``expiring`` (within 30 days), ``expired`` or ``not-yet``."""
        if self.begins is not None and now < self.begins:
            return "not-yet"
        if self.ends is not None and now >= self.ends:
            return "expired"
        return "expiring" if self.ends is not None and self.ends - now < WARN_BEFORE else "good"


@dataclass(frozen=True, slots=True)
class TrustView:
    """What another room sees of one purpose: trusted entries and what was revoked, nothing to change them with."""

    purpose: Purpose
    entries: Mapping[str, Entry]
    revoked: Mapping[str, str]
    """Entry id → reason."""
    version: int

    def good(self, now: datetime) -> tuple[Entry, ...]:
        """Return the entries that may be relied on now: not revoked, not expired, not of the future."""
        return tuple(e for i, e in self.entries.items() if i not in self.revoked and e.state(now) in ("good", "expiring"))

    def signers(self, now: datetime) -> dict[str, SignerPublic]:
        """Return key id → public half of the good entries that are signers of ours."""
        found = [SignerPublic.from_bytes(e.data) for e in self.good(now) if not e.data.startswith(b"\x30")]
        return {public.key_id: public for public in found}


def read_entry(data: bytes, source: str) -> Entry:
    """Read a certificate (DER or PEM) or a public half of ours.

    Raises:
        InputError: too large, or neither.
    """
    if len(data) > MAX_ENTRY_BYTES:
        raise InputError(
            f"A trusted key of {len(data)} bytes is larger than {MAX_ENTRY_BYTES}; it was not added.", code="trust-format"
        )
    if data.startswith((b"\x30", b"-----BEGIN CERTIFICATE-----")):
        try:
            load = x509.load_der_x509_certificate if data.startswith(b"\x30") else x509.load_pem_x509_certificate
            certificate = load(data)
            der = certificate.public_bytes(Encoding.DER)
            subject, begins, ends = (
                certificate.subject.rfc4514_string(),
                certificate.not_valid_before_utc,
                certificate.not_valid_after_utc,
            )
        except (ValueError, TypeError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType) as error:
            raise InputError("This is not a certificate that can be read; it was not added.", code="trust-format") from error
        return Entry(hashlib.sha256(der).hexdigest(), subject[:300], der, begins, ends, source)
    for kind in (SignerPublic, RecipientPublic):
        try:
            public = kind.from_bytes(data)
        except KeyFormatError:
            continue
        return Entry(public.key_id, f"{kind.__name__} {public.key_id[:16]}", data, None, None, source)
    raise InputError("This is neither a certificate nor a public key of this program; it was not added.", code="trust-format")


class TrustStores:
    """The owner. Callers check `Permission.MANAGE_KEYS` (or a centre's signature) before they change anything."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def view(self, purpose: Purpose) -> TrustView:
        """Return the present state of one purpose."""
        return replay_trust(self._journal.events_of_kind(Kind.TRUST_CHANGED), purpose)

    def add(self, purpose: Purpose, data: bytes, *, source: str, operator: str, desk: str = "") -> Entry:
        """Trust a key for `purpose`; adding it again changes nothing. A revoked key cannot come back this way.

        Raises:
            InputError: unreadable, revoked, or the store is full.
        """
        entry = read_entry(data, source)
        view = self.view(purpose)
        if entry.entry_id in view.revoked:
            raise InputError("This key was revoked; it was not added. A new key is needed.", code="trust-revoked")
        if len(view.entries) >= MAX_ENTRIES:
            raise InputError(f"A trust store holds at most {MAX_ENTRIES} keys; it was not added.", code="trust-full")
        if entry.entry_id not in view.entries:
            self._write(purpose, "added", entry.entry_id, operator, desk, data=entry.data, source=source, subject=entry.subject)
        return entry

    def remove(self, purpose: Purpose, entry_id: str, *, reason: str, operator: str, desk: str = "") -> None:
        """Trust it no longer (no fault of the key's); it may be added again."""
        self._known(purpose, entry_id)
        self._write(purpose, "removed", entry_id, operator, desk, reason=reason)

    def revoke(self, purpose: Purpose, entry_id: str, *, reason: str, operator: str, desk: str = "") -> None:
        """Never trust it again for `purpose`, whether it is in the store or not (a lost kit, a stolen key)."""
        self._write(purpose, "revoked", entry_id, operator, desk, reason=reason)

    def replace(
        self, purpose: Purpose, keys: Iterable[bytes], *, version: int, source: str, operator: str = "", desk: str = ""
    ) -> bool:
        """Take a whole list from the centre (its signature was checked by the caller); False when it is not newer than ours.

        Raises:
            InputError: one of the keys is unreadable; nothing was changed.
        """
        if version <= self.view(purpose).version:
            return False
        entries = [read_entry(data, source) for data in keys]
        if len(entries) > MAX_ENTRIES:
            raise InputError(f"A trust list has more than {MAX_ENTRIES} keys; nothing was changed.", code="trust-full")
        self._write(purpose, "replaced", "", operator, desk, version=version, source=source, data=[e.data for e in entries])
        return True

    def warnings(self, now: datetime) -> list[tuple[Purpose, Entry, str]]:
        """Return what expires within 30 days or has expired, over all purposes."""
        found = []
        for purpose in Purpose:
            view = self.view(purpose)
            found += [
                (purpose, e, e.state(now)) for i, e in view.entries.items() if i not in view.revoked and e.state(now) != "good"
            ]
        return found

    def _known(self, purpose: Purpose, entry_id: str) -> None:
        if entry_id not in self.view(purpose).entries:
            raise InputError("There is no such key in this store; nothing was changed.", code="trust-unknown")

    def _write(self, purpose: Purpose, change: str, entry_id: str, operator: str, desk: str, **more: Any) -> None:
        body = {"purpose": str(purpose), "change": change, "key": entry_id, **more}
        self._journal.append(Kind.TRUST_CHANGED, body, dossier="", operator=operator, desk=desk)


def replay_trust(events: Iterable[Event], purpose: Purpose) -> TrustView:
    """Return the state of `purpose` after `events`."""
    entries: dict[str, Entry] = {}
    revoked: dict[str, str] = {}
    version = 0
    for event in events:
        body = event.body
        if body["purpose"] != purpose:
            continue
        if body["change"] == "added":
            entries[body["key"]] = read_entry(body["data"], body["source"])
        elif body["change"] == "removed":
            entries.pop(body["key"], None)
        elif body["change"] == "revoked":
            entries.pop(body["key"], None)
            revoked[body["key"]] = body["reason"]
        elif body["change"] == "replaced":
            version = body["version"]
            fresh = (read_entry(data, body["source"]) for data in body["data"])
            entries = {e.entry_id: e for e in fresh if e.entry_id not in revoked}
    return TrustView(purpose, entries, revoked, version)
