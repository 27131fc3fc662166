"""The desk's view state: name before photo before verdict, a lifted card goes on, cancel, faults; all off the caller's thread."""

from __future__ import annotations

import threading

import pytest

from devices.emrtd.access import AccessKey
from devices.emrtd.errors import CardAccessError
from devices.errors import DeviceCancelledError
from devices.simulated.card import Chip
from devices.simulated.card_authority import test_authority as own_authority
from devices.simulated.card_faults import Fault
from devices.simulated.card_issue import personalise
from devices.simulated.card_reader import SimulatedCardReader
from station.chip import csca_store
from station.chip_desk import ChipDesk, ChipPhase
from station.clock import ManualClock
from station.words import catalogue


class Recorder:
    """Keeps every snapshot, in order."""

    def __init__(self, desk: ChipDesk) -> None:
        self.views = []
        put = desk.views.put
        desk.views.put = lambda view: (self.views.append((view, threading.current_thread().name)), put(view))

    def phases(self) -> list[ChipPhase]:
        return [p for i, (v, _) in enumerate(self.views) if (p := v.phase) and (i == 0 or self.views[i - 1][0].phase is not p)]


@pytest.fixture
def desk_of():
    desks = []

    def make(reader: SimulatedCardReader) -> tuple[ChipDesk, Recorder]:
        desk = ChipDesk(reader, csca_store(None, (own_authority().der,)), ManualClock())
        desks.append(desk)
        return desk, Recorder(desk)

    yield make
    for desk in desks:
        desk.close()


def test_name_then_photo_then_verdict_on_the_readers_thread(desk_of):
    made = personalise()
    desk, seen = desk_of(SimulatedCardReader(chip=Chip(made)))
    result = desk.start(AccessKey.from_can(made.can)).result(30)
    assert result.code == "card-verified-simulated"
    assert seen.phases() == [ChipPhase.WAITING, ChipPhase.OPENING, ChipPhase.READING, ChipPhase.DONE]
    views = [view for view, _ in seen.views]
    named = next(i for i, v in enumerate(views) if v.name == made.citizen.name)
    pictured = next(i for i, v in enumerate(views) if v.face is not None)
    judged = next(i for i, v in enumerate(views) if v.report is not None)
    assert named < pictured < judged == len(views) - 1
    assert any(0 < v.fraction < 1 for v in views if v.file == "DG2")
    assert {thread for _, thread in seen.views} == {"device-card-simulated-card"}
    assert desk.data is not None
    assert made.citizen.name not in repr(views)


def test_a_lifted_card_is_asked_for_and_the_reading_goes_on(desk_of):
    made = personalise()
    reader = SimulatedCardReader(chip=Chip(made))
    reader.pull_after = 24
    desk, seen = desk_of(reader)
    assert desk.start(AccessKey.from_can(made.can)).result(30).verdict.genuine
    assert ChipPhase.LIFTED in seen.phases()
    assert seen.phases()[-1] is ChipPhase.DONE


def test_cancel_while_waiting(desk_of):
    desk, seen = desk_of(SimulatedCardReader())
    future = desk.start(AccessKey.from_can("123456"))
    desk.views.newer_than(0, 5)
    desk.cancel()
    with pytest.raises(DeviceCancelledError):
        future.result(30)
    assert seen.phases()[-1] is ChipPhase.CANCELLED


def test_a_wrong_number_is_said_and_the_next_try_works(desk_of):
    made = personalise()
    desk, _ = desk_of(SimulatedCardReader(chip=Chip(made)))
    with pytest.raises(CardAccessError):
        desk.start(AccessKey.from_can("000000")).result(30)
    assert (desk.view.phase, desk.view.trouble) == (ChipPhase.FAILED, "card-wrong-key")
    assert desk.start(AccessKey.from_can(made.can)).result(30).verdict.genuine


def test_a_broken_card_is_done_and_not_failed(desk_of):
    made = personalise(faults=frozenset({Fault.TAMPERED_DG1}))
    desk, _ = desk_of(SimulatedCardReader(chip=Chip(made)))
    assert desk.start(AccessKey.from_can(made.can)).result(30).code == "card-group-hash"
    assert desk.view.phase is ChipPhase.DONE


def test_every_phase_has_words():
    assert {phase.value for phase in ChipPhase} <= set(catalogue())
