"""Retention: what may stay on this station for how long, what is held, what must go, and the proof that it went.

Rules are dated data (``retention.toml``). `survey` looks and changes nothing; `purge_due` carries out.

No clock of this computer is believed for a purge: a dossier goes when its days are over by the time that the centre *signed* last
(`told_time`; a true bound from below, whatever this clock says), and nothing goes while the clock is surely wrong. A dossier whose
last package has no receipt stays, unless a person ended it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from importlib.resources import files as resources
from typing import Any, Final

from station.clock import Clock
from station.dossier.events import Event
from station.dossier.kinds import Kind
from station.journal import Journal
from station.journal.guards import require_clock

UNTOLD_ALARM_DAYS: Final = 7
"""So long after its day a dossier may wait for the centre's time before anybody is alarmed: it is told with every receipt."""


class Hold(StrEnum):
    """Why a dossier that is due stays."""

    OPEN_DEFECT = "open-defect"
    NOT_ACKNOWLEDGED = "not-acknowledged"
    HELD = "held"
    DATE_UNTOLD = "date-untold"  # due by this clock, not yet by the centre's: always a reason, no rule takes it away


@dataclass(frozen=True, slots=True)
class Rule:
    """One dated rule."""

    name: str
    begins: date
    days: int
    alarm_days: tuple[int, ...]
    holds: frozenset[Hold]
    source: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One dossier against the rule: its age in whole days, why it is held, which alarm it has passed (0: none)."""

    dossier: str
    captured_at: datetime
    rule: Rule
    age_days: int
    holds: tuple[Hold, ...]
    alarm_days: int

    @property
    def due(self) -> bool:
        """True when the rule's days are over."""
        return self.age_days >= self.rule.days

    @property
    def days_left(self) -> int:
        """Whole days until it is due; negative when it should have gone."""
        return self.rule.days - self.age_days

    @property
    def may_go(self) -> bool:
        """True when due and not held."""
        return self.due and not self.holds


def rules() -> tuple[Rule, ...]:
    """Return the dated rules, oldest first."""
    table = tomllib.loads(resources("station").joinpath("retention.toml").read_text("utf-8"))
    found = [
        Rule(
            r["name"],
            r["from"],
            r["days"],
            tuple(r["alarm_days"]),
            frozenset(Hold(h) for h in r["holds"]),
            r["source"],
            r["verified"],
        )
        for r in table["rule"]
    ]
    return tuple(sorted(found, key=lambda rule: rule.begins))


def rule_on(day: date, among: Iterable[Rule] | None = None) -> Rule:
    """Return the rule in force on `day` (before the first one: the first)."""
    ordered = sorted(among if among is not None else rules(), key=lambda rule: rule.begins)
    return next((rule for rule in reversed(ordered) if rule.begins <= day), ordered[0])


def told_time(journal: Journal) -> datetime | None:
    """Return the latest time that the pinned centre told (its signed receipts, its time over the line); None when it never did.

    The true time is not before it. An override of a supervisor is no such witness: it says "go on", not which day it is.
    """
    told = []
    receipt, time = journal.last_of_kind(Kind.RECEIPT), journal.last_of_kind(Kind.TIME_TOLD)
    if receipt is not None:
        with suppress(ValueError):
            signed = datetime.fromisoformat(str(receipt.body.get("at", "")))
            told += [signed.astimezone(UTC)] if signed.tzinfo is not None else []
    if time is not None:
        with suppress(OverflowError):
            told.append(time.at - timedelta(seconds=time.body["ahead_s"]))
    return max(told, default=None)


def settled(events: Iterable[Event]) -> bool:
    """Whether nothing of a dossier waits for the centre: its last package has a receipt, or a person ended it (events in causal order)."""
    last, receipts, ended, revised = "", set[str](), False, False
    for event in events:
        package = str(event.body.get("package", ""))
        if event.kind == Kind.SEALED:
            last, ended = package, False
        elif event.kind == Kind.RECEIPT:
            receipts.add(package)
        elif event.kind == Kind.REVISION:  # what is changed now is in no package yet
            last, ended, revised = "", False, True
        elif event.kind in {Kind.ABANDONED, Kind.REOPENED}:
            ended = event.kind == Kind.ABANDONED
    return ended or (last in receipts if last or revised else bool(receipts))


def survey(journal: Journal, now: datetime, among: Iterable[Rule] | None = None, *, days: int = 0) -> list[Entry]:
    """Return every dossier with an image or a field of a person that is at least `days` old, oldest first; changes nothing."""
    known = tuple(among) if among is not None else rules()
    before = now - timedelta(days=days) + timedelta(seconds=1) if days else None
    told = told_time(journal)
    sure = min(now.astimezone(UTC), told) if told is not None else None
    open_defects, held, turned = _open_defects(journal), _held(journal), _turned(journal)
    merged = {e.dossier: str(e.body["into"]) for e in journal.events_of_kind(Kind.MERGED)}
    entries = []
    for dossier, kinds in journal.kinds(before).items():
        captured = min((kinds[k] for k in (Kind.CAPTURED,) if k in kinds), default=min(kinds.values()))
        rule = rule_on(captured.date(), known)
        age = (now.astimezone(UTC) - captured) // timedelta(days=1)
        untold = age >= rule.days and (sure is None or sure - captured < timedelta(days=rule.days))
        done = Kind.RECEIPT in kinds if dossier not in turned and dossier not in merged else _done(journal, dossier, merged)
        reasons = [
            hold for hold, true in (
                (Hold.OPEN_DEFECT, dossier in open_defects),
                (Hold.NOT_ACKNOWLEDGED, not done),
                (Hold.HELD, dossier in held),
                (Hold.DATE_UNTOLD, untold),
            ) if true and (hold in rule.holds or hold is Hold.DATE_UNTOLD)
        ]  # fmt: skip
        alarming = set(reasons) - {Hold.DATE_UNTOLD} or (untold and age >= rule.days + UNTOLD_ALARM_DAYS)
        alarm = max((d for d in rule.alarm_days if alarming and age >= d), default=0)
        entries.append(Entry(dossier, captured, rule, age, tuple(reasons), alarm))
    return sorted(entries, key=lambda e: (e.captured_at, e.dossier))


def purge_due(journal: Journal, clock: Clock, *, operator: str, desk: str, among: Iterable[Rule] | None = None) -> list[Event]:
    """Purge what is due and not held, one proof per rule; return the proofs (none: nothing was due).

    Nobody writes between the look and the deed: a defect found meanwhile, or an order to keep, comes before or after it.

    Raises:
        ClockError: "E02": the clock is surely wrong; nothing was purged.
    """
    require_clock(journal, clock)
    known = tuple(among) if among is not None else rules()
    proofs = []
    with journal.still():
        now = clock.now()
        by_rule: dict[Rule, list[str]] = {}
        for entry in survey(journal, now, known, days=min(rule.days for rule in known)):
            if entry.may_go:
                by_rule.setdefault(entry.rule, []).append(entry.dossier)
        sure = min(now, told_time(journal) or now)
        for rule, dossiers in by_rule.items():
            body = {"rule": rule.name, "days": rule.days, "source": rule.source}
            before = sure - timedelta(days=rule.days)
            proofs.append(journal.purge(dossiers, rule=body, before=before, operator=operator, desk=desk))
    return proofs


def hold(journal: Journal, dossier: str, reason: str, *, operator: str, desk: str, until: str = "") -> None:
    """Order that a dossier stays, with a reason, until a date (ISO) or until `release`."""
    journal.append(Kind.HELD, {"reason": reason, "until": until}, dossier=dossier, operator=operator, desk=desk)


def release(journal: Journal, dossier: str, reason: str, *, operator: str, desk: str) -> None:
    """End a `hold`."""
    journal.append(Kind.RELEASED, {"reason": reason}, dossier=dossier, operator=operator, desk=desk)


def accepted(journal: Journal) -> set[str]:
    """Return the dossiers that the centre accepted by a notice (a receipt only says that it has them)."""
    return {e.dossier for e in journal.events_of_kind(Kind.NOTICE) if e.dossier and e.body.get("kind") == "accepted"}


def reduce_accepted(journal: Journal, smaller: Callable[[bytes, Mapping[str, Any]], tuple[bytes, str] | None], *,
                    operator: str = "", desk: str = "", limit: int = 20) -> int:  # fmt: skip
    """Put smaller forms in the place of the originals of accepted dossiers, `limit` dossiers at a time; return how many were done.

    Only fingerprint captures are looked at. `smaller` gets an image's bytes and its `ImageRef` as a map, and returns (bytes, media type), or None to keep the original.
    """
    done = {e.dossier for e in journal.events_of_kind(Kind.REDUCED)}
    waiting = sorted(accepted(journal) - done)[:limit]
    for dossier in waiting:
        forms: dict[str, tuple[bytes, str]] = {}
        for event in journal.events(dossier):
            if event.kind == Kind.CAPTURED and event.body["capture"].get("modality", "finger") == "finger":
                for image in event.body["capture"]["images"]:
                    form = smaller(journal.blob(image["blob"]), image) if journal.has_blob(image["blob"]) else None
                    if form is not None:
                        forms[image["blob"]] = form
        journal.replace_blobs(dossier, forms, why={"why": "accepted"}, operator=operator, desk=desk)
    return len(waiting)


def replaced(events: Iterable[Event]) -> dict[str, str]:
    """Return original SHA-256 → SHA-256 of the form that took its place, from a dossier's events."""
    return {bytes(old).hex(): new for e in events if e.kind == Kind.REDUCED for old, new in e.body["replaced"]}


def _turned(journal: Journal) -> set[str]:
    """Return the dossiers of whose life more must be read than what happened first: ended, opened again, revised, sealed twice."""
    turns = journal.events_of_kind(Kind.ABANDONED, Kind.REOPENED, Kind.REVISION)
    return {e.dossier for e in turns} | journal.sealed_again()


def _done(journal: Journal, dossier: str, merged: Mapping[str, str]) -> bool:
    """A merged dossier is done with when the one that goes on is; one that has gone already had its receipt."""
    seen = {dossier}
    while dossier in merged and merged[dossier] not in seen:
        dossier = merged[dossier]
        seen.add(dossier)
    events = journal.events(dossier)
    return (not events and len(seen) > 1) or settled(events)


def _open_defects(journal: Journal) -> set[str]:
    found: dict[str, str] = {}
    for event in journal.events_of_kind(Kind.DEFECT, Kind.DEFECT_CLOSED):
        if event.kind == Kind.DEFECT:
            found[str(event.id)] = event.dossier
        else:
            found.pop(str(event.body.get("defect", "")), None)
    return set(found.values())


def _held(journal: Journal) -> set[str]:
    held: set[str] = set()
    for event in journal.events_of_kind(Kind.HELD, Kind.RELEASED):
        (held.add if event.kind == Kind.HELD else held.discard)(event.dossier)
    return held
