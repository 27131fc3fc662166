"""Notices of the centre: signed by the pinned intake, taken in once, whichever way they came."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from station.carriers.network import Session
from station.carriers.stick import Stick
from station.carriers.web import unexpected
from station.files import Files
from station.package import SignatureError, cbor
from station.package.cbor import PackageFormatError
from station.package.identity import IntakePublic
from station.package.signed import MAX_MESSAGE_BYTES, read_message

NOTICE_PURPOSE: Final = "notice"
_LAST: Final = "notices/last"


class NoticeKind(StrEnum):
    """What the centre may tell. The comment lists the keys of the payload."""

    RETURNED = "returned"  # package, dossier, reasons, until
    ACCEPTED = "accepted"  # package, dossier: only now may originals be recoded or purged
    CARDS = "cards"  # manifest, cards: [{serial, dossier}]
    VNEID = "vneid"  # dossier, state
    REVOCATION = "revocation"  # stations (key ids), operators (ids), devices (serial numbers), reason
    TRUST = "trust"  # purpose, version (grows), certificates (bytes); takes the place of the whole list
    DAY_LIST = "day-list"  # people: [{personal_no, name, address, latitude?, longitude?, revisit?, dossier?, note?}]
    FEES = "fees"  # valid_from, table: {first, exchange, exchange-from-cmnd, reissue}, source


@dataclass(frozen=True, slots=True)
class Notice:
    """One verified notice. `station` is "" when it is for all."""

    notice_id: str
    kind: NoticeKind
    station: str
    at: datetime
    payload: Mapping[str, Any]
    raw: bytes


def notice_body(
    *, notice_id: str, kind: str, intake: str, station: str, at: datetime, payload: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the values of a notice, to be signed for `NOTICE_PURPOSE`."""
    return {"notice": notice_id, "kind": NoticeKind(kind).value, "intake": intake, "station": station,
            "at": at.astimezone(UTC).isoformat(timespec="milliseconds"), "payload": dict(payload)}  # fmt: skip


def read_notice(data: bytes, pinned: IntakePublic, station: str) -> Notice:
    """Verify a notice for this station.

    Raises:
        PackageFormatError: not a notice, or for another station or by another intake (``notice-other``).
        SignatureError: by a stranger, or altered.
    """
    body = read_message(data, NOTICE_PURPOSE, pinned.find).body
    match body:
        case {"notice": str(notice), "kind": str(kind), "intake": str(intake), "station": str(target), "at": str(at),
              "payload": dict(payload)} if 0 < len(notice) <= 100 and kind in set(NoticeKind):  # fmt: skip
            if intake != pinned.name or target not in {"", station}:
                raise PackageFormatError("The notice is for another station; it was not used.", code="notice-other")
            try:
                return Notice(notice, NoticeKind(kind), target, datetime.fromisoformat(at), payload, data)
            except ValueError as error:
                raise PackageFormatError("The notice's time is not one; it was not used.") from error
    raise PackageFormatError("The notice is not of a kind this program knows; it was kept aside.", code="notice-newer")


class NoticeInbox:
    """Takes notices in once, whichever way and how often they come. `on_notice` writes the journal's event; a notice counts as
    taken in only after it returned, so a crash in between repeats it (the event's notice id makes that harmless).

    Args:
        files: where the ids of taken notices and those that could not be read are kept.
        intake: the pinned intake.
        station: this station's id.
        on_notice: writes the event.
    """

    def __init__(self, files: Files, intake: IntakePublic, station: str, on_notice: Callable[[Notice], None]) -> None:
        self._files, self._intake, self._station, self._on_notice = files, intake, station, on_notice

    @property
    def last_number(self) -> int:
        """The intake's number of the last notice fetched over the network."""
        text = self._files.read(_LAST, 100).decode("ascii", "replace") if self._files.size(_LAST) else "0"
        return int(text) if text.isdigit() else 0

    def take(self, data: bytes) -> bool:
        """Verify one notice and take it in; False when it was known already.

        Raises:
            PackageFormatError, SignatureError: not believed.
        """
        notice = read_notice(data, self._intake, self._station)
        name = f"notices/{hashlib.sha256(notice.notice_id.encode()).hexdigest()}.not"
        if self._files.size(name) is not None:
            return False
        self._on_notice(notice)
        self._files.write(name, data)
        return True

    def fetch(self, session: Session, limit: int = 1000) -> int:
        """Fetch what is new over the network; return how many were taken in.

        Raises:
            CarrierError: the line. What was taken in before stays.
        """
        taken = 0
        for _ in range(limit):
            reply = session.request("GET", f"/v1/notices?after={self.last_number}", limit=6 * MAX_MESSAGE_BYTES)
            if reply.status != 200 or reply.headers.get("Content-Type") != "application/cbor":
                raise unexpected(reply, "notices")
            listed = cbor.decode(reply.body, max_bytes=6 * MAX_MESSAGE_BYTES)
            if not isinstance(listed, list) or not listed:
                return taken
            for one in listed:
                match one:
                    case [int(number), bytes(data)]:
                        with suppress(PackageFormatError, SignatureError):  # a strange one must not stop those behind it
                            taken += self.take(data)
                        self._files.write(_LAST, str(number).encode())
                    case _:
                        raise PackageFormatError("The list of notices is not one; nothing was used.")
        return taken

    def take_stick(self, stick: Stick) -> int:
        """Take in the notices on a stick; return how many were new. Those for other stations are left."""
        taken = 0
        for name in stick.names("notices"):
            data = stick.get("notices", name)
            with suppress(PackageFormatError, SignatureError):
                taken += self.take(data) if data is not None else 0
        return taken
