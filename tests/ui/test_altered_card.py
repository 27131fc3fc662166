"""E12 in the window: the card stops the look-up, F8 lets another person decide in place, and the dossier goes on without the card."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from devices.emrtd.access import AccessKey
from devices.simulated.card_faults import Fault
from devices.simulated.card_reader import SimulatedCardReader
from station.chip_demo import demo_chip
from station.demo_team import demo_pins
from tests.ui.driver import Clerk
from ui.theme.tokens import State


@pytest.fixture
def clerk(qapp: object, tmp_path: Path) -> Iterator[Clerk]:
    clerk = Clerk(tmp_path / "demo")
    visitors = clerk.counter.queue.visitors
    chip = demo_chip(visitors["101"].citizen, frozenset({Fault.TAMPERED_DG2}))
    assert chip is not None
    visitors["101"] = replace(visitors["101"], card=lambda: (SimulatedCardReader(chip=chip), AccessKey.from_can(chip.made.can)))
    yield clerk
    clerk.close()


@pytest.mark.qt_log_ignore("Invalid JPEG file structure")  # the very bytes that were altered
def test_the_window_stops_and_a_supervisor_decides_in_place(clerk: Clerk) -> None:
    clerk.key("F12")
    clerk.until(lambda: clerk.page == "LookupScreen" and clerk.lookup.view is not None and not clerk.lookup.reading)
    clerk.until(lambda: clerk.lookup.view is not None and clerk.lookup.view.card_case and not clerk.lookup.rest)
    page, texts = clerk.lookup, clerk.shell.texts
    panel = page._chip
    assert page._banner.text() == texts("ui.lookup.altered")
    assert "[E12]" in page._banner._second.text()
    assert panel._steps[3][0]._state is State.BLOCKED, "a green check stands at 'data not altered'"
    assert panel._word.text() == texts("ui.chip.altered")
    assert not clerk.primary(), "F12 went on with a card that is not to be relied on"
    clerk.key("F8")
    f8 = clerk.shell.supervisor
    assert f8.what == "card-altered"
    assert "ask" not in {a.name for a in clerk.shell.calling.actions(f8.what)}
    pins = demo_pins(clerk.counter.station)
    f8.who.setText("truong-ca")
    f8.pin.setText(pins["truong-ca"])
    clerk.key("F12")
    clerk.until(lambda: bool(f8._error.text()))
    f8.pin.setText(pins["truong-ca"])
    f8.why.setText("Giữ thẻ, chuyển giám định")
    clerk.key("F12")
    clerk.until(lambda: page.view is not None and not page.view.card_case and not f8.isVisible())
    clerk.until(clerk.primary)
    (state,) = clerk.counter.station.book.states()
    assert not state.blocked
    assert state.old_card_state == "kept"
    assert panel._steps[3][0]._state is State.BLOCKED, "decided or not, the chip stays what it is"
    assert page.view is not None
    assert all("chip" not in {s.value for s in row.cells} for row in page.view.rows)
