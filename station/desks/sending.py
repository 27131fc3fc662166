"""S11: what a person can do beside waiting: look at a package's history, carry packages on an allowed stick, take the answers back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from station.app import Station
from station.dossier.kinds import Kind
from station.queue import UploaderStatus
from station.queue.stick import export, take_answers
from station.sticks import mounted, open_stick
from station.views.base import Words
from station.views.sending import Facts, HistoryRow, SendingView, history_view, sending_view

SHOWN_ROWS = 400
"""A heavy day's packages."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What a visit to a stick did: packages copied, answers that were believed, answers that were not; `stopped` a code, or ""."""

    copied: int
    bytes: int
    answers: int
    strange: int
    stopped: str

    def words(self) -> Words:
        """Say it; a copy is no receipt."""
        values = {"copied": self.copied, "size": f"{self.bytes / 1_000_000:.1f}".replace(".", ","), "answers": self.answers}
        return Words("ui.queue.carried-stopped" if self.stopped else "ui.queue.carried", values)


class SendingDesk:
    """Intents of S11."""

    def __init__(self, station: Station) -> None:
        self._station = station

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
        return Facts(free // 100_000_000 * 100_000_000, ahead, days, station.queue.tries())

    def history(self, package_id: str) -> tuple[HistoryRow, ...]:
        """Return what happened to a package, newest first."""
        return history_view(self._station.queue.history(package_id))

    def sticks(self) -> tuple[str, ...]:
        """Return the folders of labelled sticks that are mounted now."""
        return tuple(str(p) for p in mounted())

    def carry(self, folder: str) -> Carried:
        """Take the answers that lie on an allowed stick, then copy what waits to it. States change by answers only.

        Raises:
            CarrierError: ``stick-not-allowed`` (E46), ``stick-gone``.
        """
        station = self._station
        stick = open_stick(station, Path(folder))
        answers = take_answers(station.queue, stick)
        done = export(station.queue, stick)
        station.tell_journal()
        return Carried(done.copied, done.bytes, answers.acknowledged + answers.refused, answers.strange, done.stopped)
