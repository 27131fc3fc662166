"""Leaving a capture keeps its draft: every try counted, the best picture in the journal until something is accepted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.contract import CaptureRequest
from devices.simulated.scanner import Applicant, SimulatedScanner
from station.app import Station
from station.capture.session import CaptureSession, StepRules
from station.clock import ManualClock
from station.demo import open_demo_station
from station.desk.tries import PRINT_PX, Tries
from station.dossier.procedure import CaptureStep
from station.sealing import paper_parts
from station.views.fingers import Kept, fingers_view
from tests.station.capture.test_session import ScriptedJudge


@pytest.fixture(scope="module")
def rolled() -> Iterator[SimulatedScanner]:
    scanner = SimulatedScanner(Applicant(3), pacer=ManualClock())
    scanner.open()
    yield scanner
    scanner.close()


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    station = open_demo_station(tmp_path / "station", desk="all")
    yield station
    station.close()


def begin(station: Station) -> tuple[str, CaptureStep]:
    """A dossier whose first capture is the rolled finger."""
    dossier = station.book.open_dossier("test-short", kind="first", visit="home")
    return dossier, next(s for s in station.book.state(dossier).procedure.steps if s.id == "rolled-right-index")


def tried(scanner: SimulatedScanner, step: CaptureStep, *scores: float, before: int = 0) -> CaptureSession:
    """A live picture in which these were taken."""
    request = CaptureRequest(step.position, step.impression)
    session = CaptureSession(request, StepRules(attempts=3), ScriptedJudge(*scores), attempts_before=before)
    for _ in scores:
        session.taken(scanner.capture(request))
    return session


def test_two_tries_then_left_are_there_again_and_the_best_is_offered(station: Station, rolled: SimulatedScanner) -> None:
    dossier, step = begin(station)
    tries = Tries(station)
    tries.begin(dossier, step, tried(rolled, step, 20, 12))
    assert [t.best for t in tries.shown(dossier, step.id)] == [True, False], "in hand, not written down yet"
    tries.keep()
    later = Tries(station)  # another window, after a crash or a night
    kept = later.shown(dossier, step.id)
    assert [(t.number, t.score, t.best) for t in kept] == [(1, 20, True), (2, 12, False)]
    assert kept[0].pixels is not None
    assert kept[0].pixels.shape[:2] == PRINT_PX[::-1]
    assert later.picture(dossier, step.id) is not None
    later.begin(dossier, step, tried(rolled, step, 15, before=2))
    assert not later.save(dossier, step)
    state = station.book.state(dossier)
    assert len(state.captures[step.id].attempts) == 3
    best = later.best_kept(dossier, step.id)
    assert best is not None
    assert best.number == 1
    assert later.accept_kept(dossier, step)
    accepted = station.book.state(dossier).captures[step.id]
    assert accepted.accepted is not None
    assert accepted.accepted.capture.flags == ("below-threshold",)
    assert accepted.accepted.capture.attempt == 1
    assert all(a.capture is None for a in accepted.attempts), "decided: nothing older is offered again"
    assert later.best_kept(dossier, step.id) is None


def test_a_picture_that_passed_and_was_not_confirmed_is_asked_about_again(station: Station, rolled: SimulatedScanner) -> None:
    dossier, step = begin(station)
    tries = Tries(station)
    tries.begin(dossier, step, tried(rolled, step, 80))
    tries.pending(dossier, step)
    assert tries.session is not None, "the same window goes on with it"
    assert Tries(station).best_kept(dossier, step.id) is not None, "and a crash now loses nothing"
    tries.keep()
    assert len(station.book.state(dossier).captures[step.id].attempts) == 1, "written down once"
    assert Tries(station).save(dossier, step, confirmed=("officer:both-ears",))
    accepted = station.book.state(dossier).captures[step.id].accepted
    assert accepted is not None
    assert accepted.capture.flags == ("officer:both-ears",)
    assert accepted.how == "auto"


def test_pictures_nobody_decided_about_stay_here_and_go_on_with_a_lent_draft(station: Station, rolled: SimulatedScanner) -> None:
    dossier, step = begin(station)
    tries = Tries(station)
    tries.begin(dossier, step, tried(rolled, step, 20))
    tries.keep()
    events = station.journal.events(dossier)
    assert paper_parts(station.journal, events) == (), "the centre gets what was decided"
    assert paper_parts(station.journal, events, tries=True), "a team mate chooses among them"


def test_what_was_left_is_told_to_the_screen_and_nothing_else_is_kept(station: Station, rolled: SimulatedScanner) -> None:
    dossier, step = begin(station)
    tries = Tries(station)
    tries.begin(dossier, step, tried(rolled, step, 80))
    assert tries.save(dossier, step)
    first = next(e for e in station.journal.events(dossier) if e.kind == "capture.attempted")
    assert "capture" not in first.body, "what is accepted is not stored twice"
    slap = station.book.state(dossier).procedure.steps[0]
    view = tries.told(fingers_view(station.book.state(dossier)))
    assert view.current == slap
    assert (view.kept, view.tries) == (Kept.NOTHING, ())
    tries.keep()
    tries.keep()
    assert tries.session is None
