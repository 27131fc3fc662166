"""S11, queue and sending: where each dossier really is, in words that are set only from proof."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from station.queue import UploaderStatus
from station.queue.model import WAITING, Entry, HistoryLine, State
from station.views.base import Tone, Words, printed
from station.views.keeping import NONE_OVERDUE, Overdue
from station.words import catalogue

LATE: Final = timedelta(hours=24)
"""A package that is still open after this needs a person (interface rules, S11)."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the station knows beside the queue: room on the disk (bytes), seconds its clock is ahead of the centre's (None: never told),
    after how many days biometric data go, tries by package, what stays here too long."""

    free_bytes: int = 0
    ahead_s: float | None = None
    keep_days: int = 180
    tries: Mapping[str, int] = field(default_factory=dict)
    overdue: Overdue = NONE_OVERDUE


@dataclass(frozen=True, slots=True)
class PackageRow:
    """One package: `state` is its word's code, `percent` bytes confirmed by the peer (never an estimate), `next` what was said or comes."""

    dossier: str
    number: str
    person: str
    package_id: str
    size: int
    state: str
    percent: float
    """In percent; between 0 and 100 the package is under way or stopped, see `moving`."""
    moving: bool
    """Whether bytes go out now. False while the line is down, or another package is sent: what was confirmed then stands still."""
    sealed_at: datetime
    tries: int
    next: Words
    late: bool
    """Sealed more than a day ago and still open."""
    open: bool
    """Whether somebody or something still has to act: not acknowledged, and not replaced by a later package of the same dossier."""


@dataclass(frozen=True, slots=True)
class SendingView:
    """The whole screen: four counts that are disjoint, rows (newest first), and what the line is doing.

    `main` and `note` are the banner: what is true of everything, why, and when it is tried again.
    """

    counts: Mapping[str, int]
    sizes: Mapping[str, int]
    """Bytes of the packages of each state that still wait (sealed, sent)."""
    rows: tuple[PackageRow, ...]
    unsent: int
    refused: int
    error: str
    next_try_s: float
    tone: Tone
    main: Words
    note: tuple[Words, ...]
    facts: Facts
    line: str | None = None
    """Why sending does not work now, "" when it worked last; None while it was not tried."""


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One thing that happened to a package (F7)."""

    at: datetime
    what: Words
    tone: Tone
    whose: str = ""
    """Of which package, where several are shown: the dossier's number as it is printed."""


def sending_view(entries: Sequence[Entry], counts: Mapping[State, int], names: Mapping[str, str], saved: int,
                 status: UploaderStatus | None, facts: Facts = Facts(), now: datetime | None = None) -> SendingView:  # fmt: skip
    """Return S11; `entries` newest first."""
    newest: dict[str, str] = {}
    for entry in entries:
        newest.setdefault(entry.dossier, entry.package_id)
    error = status.error if status else ""
    waiting = [e.package_id for e in reversed(entries) if e.state is State.SEALED]
    going = status.sending if status is not None and not error else ""
    rows = tuple(
        _row(e, names, facts, waiting, now, last=newest[e.dossier] == e.package_id, going=going) for e in entries if e.package_id
    )
    words = {str(s.value): n for s, n in counts.items()} | {"saved": saved}
    unsent = counts[State.SEALED] + counts[State.SENT]
    refused = sum(r.open and r.state == "refused" for r in rows)
    tone, main = _main(unsent, refused, counts.get(State.HELD, 0), saved, error, status)
    sizes = {s.value: sum(e.size for e in entries if e.state is s) for s in (State.SEALED, State.SENT)}
    wait = status.next_try_s if status else 0.0
    note = [Words(error)] if error and unsent else []
    if note and wait > 0:
        note.append(Words("ui.queue.next-try", {"seconds": round(wait)}))
    if refused and unsent:
        note.append(Words("ui.queue.refused-open", {"count": refused}))
    line = error if status is not None and (error or status.last_success is not None) else None
    return SendingView(words, sizes, rows, unsent, refused, error, wait, tone, main, tuple(note), facts, line)


def waiting(rows: Sequence[PackageRow], chosen: Collection[str] | None = None) -> int:
    """Return how many packages (of the `chosen`) a carrier can do something for; the others are done, or wait for a person."""
    return sum(r.state in WAITING and (chosen is None or r.package_id in chosen) for r in rows)


def found_row(rows: Sequence[PackageRow], text: str) -> PackageRow | None:
    """Return the newest package whose person, dossier or printed number holds `text`, however it is spaced; None when there is none."""
    wanted = "".join(text.casefold().split())
    digits = wanted.replace("-", "")
    return next((r for r in rows if wanted in "".join(r.person.casefold().split())
                 or (digits.isdigit() and (digits in r.dossier or digits in r.number.replace("-", "")))), None)  # fmt: skip


def _main(unsent: int, refused: int, held: int, saved: int, error: str, status: UploaderStatus | None) -> tuple[Tone, Words]:
    if unsent and error:
        since = status.last_success if status is not None else None
        if since is not None:
            return Tone.RETRY, Words("ui.queue.unsent-since", {"count": unsent, "time": f"{since.astimezone():%H:%M}"})
        return Tone.RETRY, Words("ui.queue.unsent", {"count": unsent})
    if refused:
        return Tone.BLOCKED, Words("ui.queue.refused-open", {"count": refused})
    if held:
        return Tone.BLOCKED, Words("ui.queue.held-open", {"count": held})
    if unsent:
        return Tone.LIVE, Words("ui.queue.unsent", {"count": unsent})
    if saved:
        return Tone.GOOD, Words("ui.queue.all-sealed", {"saved": saved})
    return Tone.GOOD, Words("ui.queue.all")


def _row(
    entry: Entry, names: Mapping[str, str], facts: Facts, waiting: Sequence[str], now: datetime | None, *, last: bool, going: str
) -> PackageRow:
    done = entry.state is State.ACKNOWLEDGED or not last
    late = not done and now is not None and now - entry.created > LATE
    moving = bool(going) and going == entry.package_id
    return PackageRow(entry.dossier, printed(entry.dossier), names.get(entry.dossier, ""), entry.package_id, entry.size, str(entry.state.value),
                      entry.percent, moving, entry.created, facts.tries.get(entry.package_id, 0), _next(entry, waiting, now, last=last, moving=moving),
                      late, not done)  # fmt: skip


def _next(entry: Entry, waiting: Sequence[str], now: datetime | None, *, last: bool, moving: bool) -> Words:
    if entry.state is State.ACKNOWLEDGED:
        return Words("ui.queue.receipt", {"number": entry.receipt_number[:8]})
    if not last:
        return Words("ui.queue.replaced")
    if entry.state in {State.REFUSED, State.HELD}:
        return Words(f"ui.queue.{entry.state.value}-why", {"why": _why(entry.reasons)})
    if entry.state is State.SENT:
        minutes = int((now - entry.created).total_seconds() // 60) if now is not None else 0
        return Words("ui.queue.wait-receipt-for", {"hours": minutes // 60, "minutes": minutes % 60})
    if 0 < entry.percent < 100:
        values = {"at": _megabytes(entry.confirmed), "left": _megabytes(entry.size - entry.confirmed)}
        return Words("ui.queue.going" if moving else "ui.queue.broke-off", values)
    if entry.package_id in waiting:
        return Words("ui.queue.wait-send-place", {"place": waiting.index(entry.package_id) + 1})
    return Words("ui.queue.wait-send")


def _megabytes(count: int) -> str:
    return f"{count / 1_000_000:.1f}".replace(".", ",")


def _why(reasons: Sequence[str]) -> str:
    """The first reason as a code with words: its sentence, or the field that it names."""
    first = reasons[0] if reasons else ""
    known = catalogue()
    return next((c for c in (first, f"ui.field.{first}", f"field.{first}") if c in known), first)


_TONES = {
    "acknowledged": Tone.GOOD,
    "refused": Tone.BLOCKED,
    "held": Tone.BLOCKED,
    "failed": Tone.RETRY,
    "lost": Tone.RETRY,
    "sent": Tone.LIVE,
}


def history_view(lines: Sequence[HistoryLine], *, named: bool = False) -> tuple[HistoryRow, ...]:
    """Return what happened to packages, newest first; the facts of a failure are said by its code. `named`: each line says whose it is."""
    known = catalogue()
    rows = []
    for line in reversed(lines):
        code = f"ui.queue.did.{line.what}"
        reason = str(line.facts.get("code", "") or line.facts.get("reason", ""))
        why = reason if reason in known else ""
        words = (
            Words("ui.queue.did.failed-why", {"why": why})
            if line.what == "failed" and why
            else Words(code if code in known else line.what)
        )
        rows.append(HistoryRow(line.at, words, _TONES.get(line.what, Tone.IDLE), printed(line.dossier) if named else ""))
    return tuple(rows)
