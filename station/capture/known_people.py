"""The station's recent people, for the sequence check: a gallery in memory, rebuilt from the journal, never a file.

It is built in a thread of its own, newest dossiers first, so that no start and no screen waits for it; a check uses what is there by
then. Only what the journal still holds goes in: what retention purged is not read, and is dropped at the next change of dossier.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from biometrics.errors import BiometricsError
from biometrics.fingerprint.matching import KnownPeople
from biometrics.fingerprint.matching.gallery import Hit
from biometrics.fingerprint.minutiae import Template
from biometrics.positions import SLAP_FINGERS, FingerPosition
from station.capture.prints import FingerPrint, prints_of
from station.dossier.state import DossierState
from station.errors import StationError
from station.retention import replaced

if TYPE_CHECKING:
    from station.app import Station

MAX_PEOPLE: Final = 400
MAX_FINGERS: Final = 4000
_REST_S: Final = 0.02
"""Pause between two dossiers of the rebuild: the capture screen goes first."""


class RememberingPeople(KnownPeople):
    """Known people whose answers are kept until somebody is added or removed: a check after each capture asks only for new prints."""

    def __init__(self) -> None:
        super().__init__()
        self._answers: dict[int, tuple[Template, list[Hit]]] = {}

    def add(self, person: str, position: FingerPosition, template: Template, series: str = "") -> None:
        """See `KnownPeople.add`."""
        self._answers.clear()
        super().add(person, position, template, series)

    def remove(self, person: str) -> None:
        """See `KnownPeople.remove`."""
        self._answers.clear()
        super().remove(person)

    def hits(self, template: Template) -> list[Hit]:
        """See `KnownPeople.hits`; the template itself is kept so that its id stays its own."""
        if id(template) not in self._answers:
            self._answers[id(template)] = (template, super().hits(template))
        return self._answers[id(template)][1]


def best_prints(prints: Iterable[FingerPrint]) -> list[FingerPrint]:
    """Return one print for each finger, the plain one where there is one."""
    chosen: dict[FingerPosition, FingerPrint] = {}
    for one in prints:
        if one.position not in chosen or (chosen[one.position].rolled and not one.rolled):
            chosen[one.position] = one
    return list(chosen.values())


class RecentPeople:
    """Who was captured here lately. `lock` is held by whoever uses `people`."""

    def __init__(self, station: Station, *, people: int = MAX_PEOPLE, fingers: int = MAX_FINGERS) -> None:
        self._station = station
        self._most, self._most_fingers = people, fingers
        self.people = RememberingPeople()
        self.lock = threading.RLock()
        self._since: dict[str, datetime] = {}
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    def start(self) -> None:
        """Begin the rebuild unless it began already (any thread)."""
        with self.lock:
            if self._thread is None and not self._stop.is_set():
                self._thread = threading.Thread(target=self._build, name="recent-people", daemon=True)
                self._thread.start()

    def wait(self, timeout_s: float) -> bool:
        """Wait until everything recent is there; False when it takes longer."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout_s)
        return thread is not None and not thread.is_alive()

    def close(self) -> None:
        """End the rebuild and forget everybody; harmless when repeated."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        with self.lock:
            self.people, self._since = RememberingPeople(), {}

    def put(self, state: DossierState, prints: Sequence[FingerPrint]) -> None:
        """Add a dossier's fingers, in place of earlier ones of it; the oldest person leaves when the gallery is full."""
        with self.lock:
            self._drop(state.id)
            if not prints:
                return
            for one in best_prints(prints):
                self.people.add(state.id, one.position, one.template)
            self._since[state.id] = state.opened_at
            while len(self.people) > self._most or self.people.prints > self._most_fingers:
                self._drop(min(self._since, key=lambda d: (self._since[d], d)))

    def keep_only(self, dossiers: Iterable[str]) -> None:
        """Drop whoever the journal no longer holds (purged)."""
        with self.lock:
            for gone in set(self._since) - set(dossiers):
                self._drop(gone)

    def _drop(self, dossier: str) -> None:
        if self._since.pop(dossier, None) is not None:
            self.people.remove(dossier)

    def _full(self) -> bool:
        return len(self.people) >= self._most or self.people.prints + 10 > self._most_fingers

    def _build(self) -> None:
        try:
            dossiers = [d.id for d in self._station.journal.dossiers()]
            for dossier in reversed(dossiers):
                with self.lock:
                    known, full = dossier in self._since, self._full()
                if full or self._stop.is_set():
                    return
                if known:
                    continue
                self._read(dossier)
                self._stop.wait(_REST_S)
        except StationError:
            return  # the journal cannot be read now; its own screens say so, and what is here is checked against

    def _read(self, dossier: str) -> None:
        try:
            state = self._station.book.state(dossier)
            smaller = replaced(self._station.journal.events(dossier))
            taken = [s.accepted.capture for s in state.captures.values() if s.accepted is not None]
            # The slaps alone hold all ten fingers; ten rolled pictures more would only make the rebuild long.
            slaps = [c for c in taken if c.position in SLAP_FINGERS]
            covered = {f for c in slaps for f in SLAP_FINGERS[FingerPosition(c.position)]}
            others = [c for c in taken if c.modality == "finger" and c.position not in SLAP_FINGERS and c.position not in covered]
            prints = [
                p for c in (*slaps, *others) if not self._stop.is_set() for p in prints_of(self._station.journal, c, smaller)
            ]
        except (StationError, BiometricsError):
            return  # purged in between, or of a kind this program does not know
        with self.lock:
            if dossier not in self._since and not self._stop.is_set():
                self.put(state, prints)
