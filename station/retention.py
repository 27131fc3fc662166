"""Retention: what may stay on this station for how long, what is held, what must go, and the proof that it went.

Rules are dated data (``retention.toml``). `survey` looks and changes nothing; `purge_due` carries out. A clock that is surely wrong
stops a purge: ten years ahead, everything would be due.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
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

NO_REASON: Final = ""


class Hold(StrEnum):
    """Why a dossier that is due stays."""

    OPEN_DEFECT = "open-defect"
    NOT_ACKNOWLEDGED = "not-acknowledged"
    HELD = "held"


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


def survey(journal: Journal, now: datetime, among: Iterable[Rule] | None = None, *, days: int = 0) -> list[Entry]:
    """Return every dossier with an image or a field of a person that is at least `days` old, oldest first; changes nothing."""
    known = tuple(among) if among is not None else rules()
    before = now - timedelta(days=days) + timedelta(seconds=1) if days else None
    open_defects, held = _open_defects(journal), _held(journal)
    entries = []
    for dossier, kinds in journal.kinds(before).items():
        captured = min((kinds[k] for k in (Kind.CAPTURED,) if k in kinds), default=min(kinds.values()))
        rule = rule_on(captured.date(), known)
        age = (now.astimezone(UTC) - captured) // timedelta(days=1)
        reasons = [
            hold for hold, true in (
                (Hold.OPEN_DEFECT, dossier in open_defects),
                (Hold.NOT_ACKNOWLEDGED, Kind.CAPTURED in kinds and Kind.RECEIPT not in kinds and Kind.ABANDONED not in kinds),
                (Hold.HELD, dossier in held),
            ) if true and hold in rule.holds
        ]  # fmt: skip
        alarm = max((d for d in rule.alarm_days if reasons and age >= d), default=0)
        entries.append(Entry(dossier, captured, rule, age, tuple(reasons), alarm))
    return sorted(entries, key=lambda e: (e.captured_at, e.dossier))


def purge_due(journal: Journal, clock: Clock, *, operator: str, desk: str, among: Iterable[Rule] | None = None) -> list[Event]:
    """Purge what is due and not held, one proof per rule; return the proofs (none: nothing was due).

    Raises:
        ClockError: "E02": the clock is surely wrong; nothing was purged.
    """
    require_clock(journal, clock)
    now = clock.now()
    by_rule: dict[Rule, list[str]] = {}
    known = tuple(among) if among is not None else rules()
    for entry in survey(journal, now, known, days=min(rule.days for rule in known)):
        if entry.may_go:
            by_rule.setdefault(entry.rule, []).append(entry.dossier)
    return [
        journal.purge(dossiers, rule={"rule": rule.name, "days": rule.days, "source": rule.source}, before=now - timedelta(days=rule.days),
                      operator=operator, desk=desk)
        for rule, dossiers in by_rule.items()
    ]  # fmt: skip


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
