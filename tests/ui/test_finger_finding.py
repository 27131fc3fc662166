"""A finding of the sequence check in the window: capture stops, the officer sees why and what to do, a supervisor accepts with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from biometrics.fingerprint.minutiae import extract
from biometrics.fingerprint.synthesis import ImpressionSettings, Person, impression
from biometrics.positions import FingerPosition
from devices.simulated.scanner import SimulatedScanner
from station.demo_team import demo_pins
from station.keys.fingers import OperatorFingers
from tests.ui.driver import Clerk


@pytest.fixture
def clerk(qapp: object, tmp_path: Path) -> Iterator[Clerk]:
    clerk = Clerk(tmp_path / "demo")
    yield clerk
    clerk.close()


def test_an_operators_fingers_stop_the_capture_until_somebody_answers(clerk: Clerk) -> None:
    station, scanner = clerk.counter.station, clerk.counter.scanner
    assert isinstance(scanner, SimulatedScanner)
    clerk.key("F12")
    clerk.until(lambda: clerk.page == "LookupScreen" and clerk.lookup.view is not None and clerk.primary())
    person = Person.from_seed(scanner._applicant.seed)
    settings = ImpressionSettings.natural(np.random.default_rng(3), spread=0.4)
    fingers = {f: extract(impression(person.finger(f), settings, 1).image)
               for f in (FingerPosition.RIGHT_INDEX, FingerPosition.RIGHT_MIDDLE)}  # fmt: skip
    assert station.operator is not None
    OperatorFingers(station.keys, station.operators).enroll(station.operator, fingers, consent=True)
    clerk.through_lookup()
    clerk.until(lambda: clerk.page == "CaptureScreen" and clerk.capture.finding is not None)
    screen = clerk.capture
    found = screen.finding
    assert found is not None
    assert found.kind == "operator-finger"
    assert found.code == "E27"
    assert "F8" in screen.banner.text()
    assert {a.key for a in screen.offers()} >= {"F4", "F6", "F8", "F12"}
    assert screen.running is None
    clerk.shoot("s04-finding")
    clerk.key("F8")
    clerk.until(lambda: clerk.shell.supervisor.isVisible())
    panel, mine = clerk.shell.supervisor, station.session.operator
    who = next(o for o, a in station.operators.accounts().items() if o != mine and "supervisor" in {str(r) for r in a.roles})
    panel.who.setText(who)
    panel.pin.setText(demo_pins(station)[who])
    clerk.key("F12")
    clerk.until(panel.isVisible)  # no reason, no decision
    assert station.book.state(screen.dossier).open_findings
    panel.pin.setText(demo_pins(station)[who])
    panel.why.setText("cán bộ làm thẻ cho chính mình")
    clerk.key("F12")
    clerk.until(lambda: not panel.isVisible())
    assert station.book.state(screen.dossier).open_findings == ()
    clerk.key("F12")
    clerk.until(lambda: screen.running is not None or clerk.page == "PortraitScreen")  # the rolled finger may be taken already
