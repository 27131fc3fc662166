"""A chip card whose data were altered, or that is a copy (E12): read by the real reader path, stopped, recorded, decided by another person."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from devices.emrtd.access import AccessKey
from devices.emrtd.standing import CardStanding, standing_of, standing_of_code
from devices.emrtd.trust import CscaStore
from devices.simulated.card import Chip
from devices.simulated.card_faults import Fault
from devices.simulated.card_reader import SimulatedCardReader
from station.app import Station
from station.chip_demo import demo_chip
from station.demo import demo_citizens, demo_population, open_demo_station, person_seed
from station.demo_counter import demo_trust
from station.demo_team import demo_pins
from station.desk.cards import CardTable
from station.desk.comparing import CompareDesk
from station.desk.faces import FaceDesk
from station.desk.finishing import FinishDesk
from station.desk.supervising import CASE, SupervisorDesk
from station.desk.tickets import DayQueue, Visitor
from station.desks.supervisor import SupervisorDesk as Inbox
from station.dossier.book import DossierBook
from station.dossier.kinds import Kind
from station.dossier.parts import FieldSource, OldCard
from station.dossier.readiness import before_sealing
from station.errors import AccessError, ProcedureError
from station.views.base import Tone
from station.views.chip_check import chip_check
from station.words import catalogue

PEOPLE = demo_population(7)
HOLDER = next(c for c in demo_citizens(PEOPLE, 12) if c.chip is not None and c.register is not None)


@lru_cache(maxsize=8)
def chip_with(*faults: Fault) -> Chip:
    chip = demo_chip(HOLDER, frozenset(faults))
    assert chip is not None
    return chip


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    station = open_demo_station(tmp_path / "station", desk="1")
    yield station
    station.close()


class Desk1:
    """Desk 1 with one person whose card can be changed between two readings."""

    def __init__(self, station: Station, *faults: Fault, trusted: bool = True) -> None:
        self.station = station
        self.queue = DayQueue(station, [Visitor("101", HOLDER, person_seed(7, HOLDER))], lambda _: None, "test-short")
        self.queue.hand_out()
        self.compare = CompareDesk(station, PEOPLE)
        self.lay(*faults)
        self.cards = CardTable(station, lambda _: (self._reader, self._key), demo_trust if trusted else CscaStore)
        self.dossier = self.queue.call("101")
        self.compare.ensure(self.dossier)

    def lay(self, *faults: Fault) -> None:
        chip = chip_with(*faults)
        self._reader, self._key = SimulatedCardReader(chip=chip), AccessKey.from_can(chip.made.can)

    def read(self):
        future = self.cards.start(self.dossier, again=True)
        assert future is not None
        self.cards.keep(self.dossier, future.result(60))
        self.compare.again(self.dossier)
        return self.compare.view(self.dossier)

    @property
    def state(self):
        return self.station.book.state(self.dossier)


@pytest.mark.parametrize(("fault", "standing", "code"), [
    (Fault.TAMPERED_DG2, CardStanding.ALTERED, "card-group-hash"),
    (Fault.CLONE_CHIP_KEY, CardStanding.CLONED, "card-chip-clone"),
])  # fmt: skip
def test_an_altered_or_copied_card_stops_and_is_no_source(
    station: Station, fault: Fault, standing: CardStanding, code: str
) -> None:
    desk = Desk1(station, fault)
    view = desk.read()
    assert view.card is not None
    assert (view.card.standing, view.card.cause.code, view.card.intact, view.card.tone) == (
        standing,
        code,
        Tone.BLOCKED,
        Tone.BLOCKED,
    )
    assert view.card_case
    assert (view.primary.id, view.primary.key) == ("supervisor", "F8")
    assert not any(FieldSource.CHIP in row.cells for row in view.rows), (
        "altered data stand beside the register as if they were true"
    )
    assert FieldSource.CHIP not in desk.state.sources
    assert [(d.code, d.owner, d.stops, d.evidence["why"]) for d in desk.state.blocked] == [("X3", "supervisor", True, code)]
    assert "blocked-by-defect" in {i.code for i in before_sealing(desk.state)}
    kept = next(e for e in station.journal.events(desk.dossier) if e.kind == Kind.CARD_READ)
    assert kept.body["fields"]["personal_no"], "the case's evidence is kept"
    assert kept.body["groups"]["DG2.bin"]
    assert FaceDesk(station, desk.cards.view).photo(desk.dossier) is None, "an altered photo hints at nobody"


def test_another_card_on_the_reader_does_not_make_the_case_go_away(station: Station) -> None:
    desk = Desk1(station, Fault.TAMPERED_DG1)
    assert desk.read().card_case
    desk.lay()
    view = desk.read()
    assert view.card is not None
    assert view.card.standing is CardStanding.VERIFIED
    assert view.card_case, "the clerk alone made a case disappear"
    assert len([d for d in desk.state.defects if d.code == "X3"]) == 1
    desk.lay(Fault.TAMPERED_DG1)
    desk.read()
    assert len([d for d in desk.state.defects if d.code == "X3"]) == 1


def test_only_another_person_decides_and_the_card_is_kept(station: Station) -> None:
    desk = Desk1(station, Fault.TAMPERED_DG2)
    desk.read()
    supervisor, pins = SupervisorDesk(station), demo_pins(station)
    assert station.operator is not None
    with pytest.raises(AccessError):
        supervisor.decide_here(desk.dossier, station.operator.operator_id, "any", reason="giữ thẻ")
    second = next(o for o, a in station.operators.accounts().items() if o in pins and "supervisor" in {str(r) for r in a.roles})
    with pytest.raises(ProcedureError) as caught:
        supervisor.decide_here(desk.dossier, second, pins[second])
    assert caught.value.reason_code == "reason-missing"
    assert desk.state.blocked
    supervisor.ask(desk.dossier, CASE)
    assert not desk.state.open_approvals, "the case stands in the inbox since it was read; it is not asked a second time"
    assert supervisor.decide_here(desk.dossier, second, pins[second], reason="Giữ thẻ, chuyển giám định") == 1
    assert not desk.state.blocked
    assert desk.state.old_card_state == OldCard.KEPT
    desk.compare.again(desk.dossier)
    assert not desk.compare.view(desk.dossier).card_case, "what a supervisor decided is asked again"
    FinishDesk(station).prepare(desk.dossier)
    assert desk.state.old_card_state == OldCard.KEPT, "the seal turned a card that is kept as evidence into one that was taken"


def test_the_supervisors_inbox_names_the_case_and_wants_words(station: Station) -> None:
    desk = Desk1(station, Fault.CLONE_CHIP_KEY)
    desk.read()
    inbox = Inbox(station)
    (row,) = [r for r in inbox.view().rows if r.dossier == desk.dossier]
    assert (row.what.code, row.tone) == ("defect.X3", Tone.BLOCKED)
    assert row.subject is not None
    assert row.subject.code == "card-chip-clone"
    assert all(i.needs_reason for i in row.intents)
    assert any(f.label.code == "ui.fact.card" for f in inbox.case(row).facts)


def test_a_card_whose_issuer_is_not_known_goes_on_marked(station: Station) -> None:
    desk = Desk1(station, trusted=False)
    view = desk.read()
    assert view.card is not None
    assert (view.card.standing, view.card.intact, view.card.issuer) == (CardStanding.UNCHECKED, Tone.GOOD, Tone.RETRY)
    assert not view.card_case
    assert "ui.chip.e13" in {n.code for n in view.notes}
    assert FieldSource.CHIP in desk.state.sources


def test_a_reading_in_an_older_journal_stops_as_well(station: Station) -> None:
    book: DossierBook = station.book
    dossier = book.open_dossier("test-short")
    book.write(Kind.CARD_READ, {"verdict": "card-group-hash", "fields": {"full_name": "Người Khác"}, "groups": {}}, dossier)
    state = book.state(dossier)
    assert state.chip is not None
    assert state.chip.standing is CardStanding.ALTERED
    assert FieldSource.CHIP not in state.sources


def test_what_nobody_classified_stops() -> None:
    assert standing_of({"something-new"}, verified=False).stops
    assert standing_of({"signer-expired"}, verified=False) is CardStanding.DOUBTFUL
    assert standing_of((), verified=True) is CardStanding.VERIFIED
    assert standing_of_code("card-chip-clone") is CardStanding.CLONED
    for standing, code in ((s, c) for s in CardStanding for c in ("card-group-hash", "card-verified-simulated")):
        check = chip_check(standing, code)
        words = [check.word, check.cause, *filter(None, (check.note, check.mark))]
        assert {w.code for w in words} <= set(catalogue())
        assert (check.intact is Tone.GOOD) is not standing.stops
