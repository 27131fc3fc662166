"""Notices of the centre become facts of dossiers: returned, accepted, cards, e-ID states, day lists, fee tables.

The carrier room has verified who signed the notice; here its payload is read with bounds, written down once per notice id, and turned into
work (defects with an owner, cards to scan in). A crash in between repeats harmlessly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from station.clock import Clock
from station.dossier.book import DossierBook
from station.dossier.home import Call, parse_day_list
from station.dossier.issued import CardDesk, parse_manifest
from station.dossier.kinds import Kind
from station.dossier.life import VneidState
from station.dossier.memory import EventLog
from station.dossier.mending import Mending
from station.errors import InputError
from station.vietnam.fields import field_rules
from station.vietnam.rules import parse_fee_row

CENTRE: Final = "centre"
MAX_REASONS: Final = 50


@dataclass(frozen=True, slots=True)
class CentreSession:
    """Who writes what the centre said: nobody at a desk."""

    operator: str = CENTRE
    roles: frozenset[str] = frozenset()
    desk: str = ""


@dataclass(frozen=True, slots=True)
class Consumed:
    """What a notice did here: new facts (False: known already), dossiers touched, those it names that are not here."""

    new: bool
    dossiers: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()


class VerifiedNotice(Protocol):
    """What the carrier room hands over after it checked the centre's signature."""

    @property
    def notice_id(self) -> str:
        """Unique name of the notice."""

    @property
    def kind(self) -> str:
        """What it tells."""

    @property
    def payload(self) -> Mapping[str, Any]:
        """Its plain values."""


class NoticeDesk:
    """Takes verified notices in."""

    def __init__(self, journal: EventLog, clock: Clock) -> None:
        self._book = DossierBook(journal, clock, CentreSession())
        self._mending = Mending(self._book)
        self._cards = CardDesk(self._book)

    def consume(self, notice_id: str, kind: str, payload: Mapping[str, Any]) -> Consumed:
        """Write a notice down and do what it says; a second time it does nothing.

        Raises:
            InputError: the payload cannot be read; nothing was written.
        """
        if kind == "cards":
            return self._card_manifest(notice_id, payload)
        if kind in {"returned", "accepted", "vneid"}:
            return self._of_dossier(notice_id, kind, payload)
        if kind == "day-list":
            parse_day_list(payload)
        if kind == "fees":
            parse_fee_row(payload)
        if self._seen(notice_id, ""):
            return Consumed(False)
        self._write(notice_id, kind, payload, "")
        return Consumed(True)

    def on_notice(self, notice: VerifiedNotice) -> None:
        """Consume a notice of `station.queue.notices.NoticeInbox` (its `on_notice`). One that cannot be used is written down as such, so
        that it neither comes again for ever nor vanishes unseen.
        """
        try:
            self.consume(notice.notice_id, str(notice.kind), notice.payload)
        except InputError as error:
            self.note_unusable(notice, error.reason_code)

    def note_unusable(self, notice: VerifiedNotice, code: str = "notice-payload") -> None:
        """Write down that a notice came which cannot be used; once."""
        if not self._seen(notice.notice_id, ""):
            self._write(notice.notice_id, "unusable", {"kind": str(notice.kind), "code": code}, "")

    def _seen(self, notice_id: str, dossier: str) -> bool:
        events = self._book.journal.events(dossier) if dossier else self._book.journal.events_of_kind(Kind.NOTICE)
        return any(e.kind == Kind.NOTICE and e.dossier == dossier and e.body.get("id") == notice_id for e in events)

    def _write(self, notice_id: str, kind: str, payload: Mapping[str, Any], dossier: str) -> None:
        self._book.write(Kind.NOTICE, {"id": notice_id, "kind": kind, "payload": dict(payload)}, dossier)

    def _known(self, dossier: str) -> bool:
        return any(span.id == dossier for span in self._book.journal.dossiers())

    def _of_dossier(self, notice_id: str, kind: str, payload: Mapping[str, Any]) -> Consumed:
        dossier = payload.get("dossier")
        if not isinstance(dossier, str) or not dossier:
            raise InputError("This notice names no dossier; it was not used.", code="notice-payload")
        reasons = list(_reasons(payload.get("reasons", ()))) if kind == "returned" else []
        if kind == "vneid" and str(payload.get("state")) not in set(VneidState):
            raise InputError("This e-ID state is not known; the notice was not used.", code="vneid-state")
        if not self._known(dossier):
            return Consumed(True, (), (dossier,))
        new = not self._seen(notice_id, dossier)
        if new:
            self._write(notice_id, kind, payload, dossier)
        if kind == "returned":
            # Also when the notice was seen: a crash may have come between the notice and its defects.
            new = bool(self._mending.returned(dossier, reasons)) or new
        return Consumed(new, (dossier,))

    def _card_manifest(self, notice_id: str, payload: Mapping[str, Any]) -> Consumed:
        _, rows = parse_manifest(payload)
        new = not self._seen(notice_id, "")
        if new:
            self._write(notice_id, "cards", payload, "")
        strangers = self._cards.list_cards(payload)
        return Consumed(new, tuple(r.dossier for r in rows if r.dossier not in strangers), tuple(strangers))


def _reasons(raw: Any) -> Iterable[tuple[str, str, str]]:
    if not isinstance(raw, list | tuple) or len(raw) > MAX_REASONS:
        raise InputError("The reasons of this notice cannot be read; it was not used.", code="notice-payload")
    for reason in raw:
        if isinstance(reason, str):
            yield "", reason if reason in field_rules() else "", reason[:200]
        elif isinstance(reason, Mapping):
            field = str(reason.get("field", ""))
            yield str(reason.get("code", ""))[:10], field if field in field_rules() else "", str(reason.get("words", ""))[:200]
        else:
            raise InputError("The reasons of this notice cannot be read; it was not used.", code="notice-payload")


def day_list(journal: EventLog) -> tuple[Call, ...]:
    """Return the newest day list that came, empty when none did."""
    lists = [e for e in journal.events_of_kind(Kind.NOTICE) if e.body.get("kind") == "day-list"]
    return parse_day_list(lists[-1].body["payload"]) if lists else ()


def fee_rows(journal: EventLog) -> tuple[Mapping[str, Any], ...]:
    """Return the fee tables that the centre has sent, oldest first (`station.vietnam.rules.fee_for`)."""
    notices = (e for e in journal.events_of_kind(Kind.NOTICE) if e.body.get("kind") == "fees")
    return tuple(parse_fee_row(e.body["payload"]) for e in notices)


def latest_manifest(journal: EventLog, manifest: str) -> Mapping[str, Any] | None:
    """Return the payload of a card manifest by its id."""
    found = [e.body["payload"] for e in journal.events_of_kind(Kind.NOTICE) if e.body.get("kind") == "cards"
             and e.body["payload"].get("manifest") == manifest]  # fmt: skip
    return found[-1] if found else None


def manifests(journal: EventLog) -> list[str]:
    """Return the ids of all card manifests that came, newest first."""
    names = [str(e.body["payload"].get("manifest", "")) for e in journal.events_of_kind(Kind.NOTICE)
             if e.body.get("kind") == "cards"]  # fmt: skip
    return list(dict.fromkeys(reversed(names)))
