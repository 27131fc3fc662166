"""Notices of the centre: signed by the pinned intake, taken in once, whichever way they came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from station.package.cbor import PackageFormatError
from station.package.identity import IntakePublic
from station.package.signed import read_message

NOTICE_PURPOSE: Final = "notice"


class NoticeKind(StrEnum):
    """What the centre may tell. The comment lists the keys of the payload."""

    RETURNED = "returned"  # package, dossier, reasons, until
    ACCEPTED = "accepted"  # package, dossier: only now may originals be recoded or purged
    CARDS = "cards"  # manifest of cards sent to this unit
    VNEID = "vneid"  # dossier, level
    REVOCATION = "revocation"  # stations, operators, devices
    TRUST = "trust"  # purpose, certificates
    DAY_LIST = "day-list"  # date, visits
    FEES = "fees"  # table, valid_from


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
