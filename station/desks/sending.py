"""S11: what a person can do beside waiting: look at a package's history, carry packages on an allowed stick, take the answers back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from station.app import Station
from station.dossier.kinds import Kind
from station.errors import AccessError
from station.keys import Permission
from station.queue import Uploader, UploaderStatus
from station.queue.model import WAITING
from station.queue.stick import export, take_answers
from station.retention import purge_due, rules, survey, told_time
from station.sticks import mounted, open_stick
from station.views.base import Words
from station.views.keeping import SOON_DAYS, KeepingView, Overdue, keeping_view, overdue_of
from station.views.sending import Facts, HistoryRow, SendingView, history_view, sending_view

LOOK_AGAIN_S = 900.0
"""How often it is looked what stays here too long: days are counted, not minutes."""
SHOWN_ROWS = 400
"""A heavy day's packages."""
SHOWN_LINES = 400
"""Lines of history at most, the newest."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What a visit to a stick did: packages copied, answers that were believed, answers that were not; `stopped` a code, or "".

    `chosen`: how many packages a person had ticked, 0 where all that wait were meant.
    """

    copied: int
    bytes: int
    answers: int
    strange: int
    stopped: str
    chosen: int = 0

    def words(self) -> Words:
        """Say it; a copy is no receipt. Of chosen packages it is said how many there was nothing to copy of."""
        values = {"copied": self.copied, "size": f"{self.bytes / 1_000_000:.1f}".replace(".", ","), "answers": self.answers,
                  "chosen": self.chosen}  # fmt: skip
        code = "ui.queue.carried-stopped" if self.stopped else "ui.queue.carried"
        return Words(f"{code}-chosen" if self.chosen else code, values)


@dataclass(frozen=True, slots=True)
class Retried:
    """What *try sending now* could do: `first` of `chosen` packages go before the others, the rest are done or wait for a person.

    `joined`: whether there is a centre to send to at all.
    """

    chosen: int
    first: int
    joined: bool = True

    def words(self) -> Words | None:
        """Say it; None where nothing has to be said beside the screen's own words (all that waits is tried)."""
        if not self.joined:
            return Words("ui.queue.no-centre")
        if not self.chosen:
            return None
        code = (
            "ui.queue.retried"
            if self.first == self.chosen
            else "ui.queue.retried-some"
            if self.first
            else "ui.queue.retried-none"
        )
        return Words(code, {"first": self.first, "chosen": self.chosen})


class SendingDesk:
    """Intents of S11."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._overdue: Overdue | None = None
        self._looked = 0.0

    def view(self, status: UploaderStatus | None) -> SendingView:
        """Return where every dossier really is, after telling the journal what changed."""
        station = self._station
        station.tell_journal()
        states = station.book.states()
        names = {s.id: s.value("full_name") for s in states}
        saved = sum(not s.sealed for s in states)
        return sending_view(
            station.queue.newest(SHOWN_ROWS), station.queue.counts(), names, saved, status, self.facts(), station.clock.now()
        )

    def facts(self) -> Facts:
        """Return what is known beside the queue."""
        station = self._station
        told = station.journal.last_of_kind(Kind.TIME_TOLD)
        ahead = float(told.body["ahead_s"]) if told is not None else None
        free, days = station.files.free_bytes(), int(station.settings.number("keep.days"))
        return Facts(free // 100_000_000 * 100_000_000, ahead, days, station.queue.tries(), self.overdue())

    def overdue(self) -> Overdue:
        """Return what stays here too long and what may go; looked at every `LOOK_AGAIN_S`, the journal may hold half a year."""
        station = self._station
        now = station.clock.monotonic()
        if self._overdue is None or now - self._looked >= LOOK_AGAIN_S:
            first = min(min(rule.alarm_days) for rule in rules())
            self._overdue, self._looked = overdue_of(survey(station.journal, station.clock.now(), days=first)), now
        return self._overdue

    def keeping(self) -> KeepingView:
        """Return the purge list: what goes, what stays and why, days left. Changes nothing."""
        station = self._station
        station.tell_journal()
        entries = survey(station.journal, station.clock.now())
        self._overdue, self._looked = overdue_of(entries), station.clock.monotonic()
        names = {
            e.dossier: station.book.state(e.dossier).value("full_name")
            for e in entries
            if e.alarm_days or e.days_left <= SOON_DAYS
        }
        return keeping_view(entries, names, told_time(station.journal))

    def purge(self) -> int:
        """Let go what is due and not held, with a proof in the chain; return how many dossiers went.

        Raises:
            AccessError: nobody is signed in. NotAllowedError: this operator may not. ClockError: E02, nothing went.
        """
        station = self._station
        if station.operator is None:
            raise AccessError("Nobody is signed in; nothing was purged. Sign in first.", code="not-signed-in")
        station.operator.require(Permission.PURGE)
        station.tell_journal()
        proofs = purge_due(station.journal, station.clock, operator=station.session.operator, desk=station.session.desk)
        station.book.forget()
        self._overdue = None
        return sum(int(proof.body["dossiers"]) for proof in proofs)

    def history(self, packages: Sequence[str]) -> tuple[HistoryRow, ...]:
        """Return what happened to one package or to several, newest first; of several each line says whose it is."""
        lines = [line for package in packages for line in self._station.queue.history(package)]
        return history_view(sorted(lines, key=lambda line: line.number)[-SHOWN_LINES:], named=len(packages) > 1)

    def retry(self, uploader: Uploader | None, chosen: Collection[str] = ()) -> Retried:
        """Forget the back-off and try now; `chosen` packages that wait go before the others.

        A refused or held package is not sent again by this: a person mends it (F3) or releases it.
        """
        entries = [self._station.queue.get(package) for package in chosen]
        first = [e.package_id for e in entries if e is not None and e.state in WAITING]
        if uploader is not None:
            uploader.wake(first)
        return Retried(len(chosen), len(first), uploader is not None)

    def sticks(self) -> tuple[str, ...]:
        """Return the folders of labelled sticks that are mounted now."""
        return tuple(str(p) for p in mounted())

    def carry(self, folder: str, chosen: Collection[str] = ()) -> Carried:
        """Take the answers that lie on an allowed stick, then copy what waits to it, or only what of it is `chosen`. States change by
        answers only.

        Raises:
            CarrierError: ``stick-not-allowed`` (E46), ``stick-gone``.
        """
        station = self._station
        stick = open_stick(station, Path(folder))
        answers = take_answers(station.queue, stick)
        done = export(station.queue, stick, only=chosen or None)
        station.tell_journal()
        return Carried(
            done.copied, done.bytes, answers.acknowledged + answers.refused, answers.strange, done.stopped, len(chosen)
        )
