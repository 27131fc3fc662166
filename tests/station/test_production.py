"""A real station's counter: opened with its passphrase, devices from settings, a person who comes with a card and no appointment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.errors import DeviceFormatError, DeviceNotFoundError
from station.app import Station
from station.desk.identity import IdentityDesk
from station.dossier.parts import Branch, FieldSource
from station.errors import InputError, StorageError
from station.keys import Argon2Cost, PassphraseWrapper, Role
from station.population.model import PersonRecord
from station.population.synthetic import SyntheticPopulation
from station.production import AbsentCamera, AbsentScanner, NoRegister, ProductionCounter, open_production
from station.words import catalogue

CHEAP = Argon2Cost(1, 64, 1)
PASSPHRASE = "một câu dài để thử"
PEOPLE = SyntheticPopulation(7, 60)


def _wrapper(secret: str = PASSPHRASE) -> PassphraseWrapper:
    return PassphraseWrapper(secret, CHEAP)


def _made(folder: Path) -> None:
    station = Station.open(folder, wrapper=_wrapper(), cost=CHEAP)
    admin = station.operators.add(
        "an", "An", [Role.SECURITY_ADMIN, Role.CLERK, Role.CAPTURE], "482915", by=None, must_change=False
    )
    assert admin is not None or station.operators.accounts()
    station.close()


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[ProductionCounter]:
    _made(tmp_path)
    counter = open_production(tmp_path, _wrapper())
    counter.station.sign_in("an", "482915", desk="all")
    yield counter
    counter.close()


def _people() -> list[PersonRecord]:
    """People whose number finds exactly their own record."""
    found = []
    for citizen in PEOPLE:
        records = PEOPLE.by_number(citizen.truth["personal_no"]).records
        if len(records) == 1 and records[0].personal_no == citizen.truth["personal_no"]:
            found.append(records[0])
    return found


def _someone() -> PersonRecord:
    return next(r for r in _people() if len(r.personal_no) == 12 and not r.status.stops)


def test_a_wrong_passphrase_opens_nothing(tmp_path: Path) -> None:
    _made(tmp_path)
    with pytest.raises(StorageError):
        open_production(tmp_path, _wrapper("eine andere, auch lang"))
    open_production(tmp_path, _wrapper()).close()  # nothing is held by the failed try


def test_nobody_is_signed_in_and_nothing_is_a_demo(tmp_path: Path) -> None:
    _made(tmp_path)
    counter = open_production(tmp_path, _wrapper())
    assert counter.station.operator is None
    assert not counter.station.demo
    counter.close()


def test_a_person_with_a_ticket_is_called_and_known_by_number(counter: ProductionCounter) -> None:
    ticket = str(counter.queue.issue())
    dossier = counter.call(ticket)
    assert counter.station.book.state(dossier).look_up is None  # nobody is known yet, so nobody is called absent
    person = _someone()
    IdentityDesk(counter.station, NoRegister()).take(dossier, person.personal_no)
    state = counter.station.book.state(dossier)
    assert state.look_up is not None
    assert state.look_up.branch is Branch.UNANSWERED  # no register is set up: compared later, never blocked
    desk = IdentityDesk(counter.station, PEOPLE)
    fields = desk.take(dossier, person.personal_no)
    state = counter.station.book.state(dossier)
    assert {"personal_no", "full_name", "dob"} <= set(fields)
    assert state.fields["personal_no"].source is FieldSource.DECLARED
    assert state.fields["full_name"].source is FieldSource.REGISTER
    assert state.look_up is not None
    assert state.look_up.branch is Branch.UNCHANGED


def test_a_second_card_of_somebody_else_changes_nothing(counter: ProductionCounter) -> None:
    dossier = counter.call(str(counter.queue.issue()))
    desk = IdentityDesk(counter.station, PEOPLE)
    people = [r for r in _people() if len(r.personal_no) == 12]
    desk.take(dossier, people[0].personal_no)
    before = counter.station.journal.events(dossier)
    with pytest.raises(InputError) as refused:
        desk.take(dossier, people[1].personal_no)
    assert refused.value.reason_code == "identity-other-number"
    with pytest.raises(DeviceFormatError):
        desk.take(dossier, "không phải mã thẻ")
    assert counter.station.journal.events(dossier) == before


def test_names_of_a_card_code_are_not_believed(counter: ProductionCounter) -> None:
    dossier = counter.call(str(counter.queue.issue()))
    person = _someone()
    born = person.fields["dob"]
    code = f"{person.personal_no}||TEN GO SAI|{born[8:10]}{born[5:7]}{born[:4]}|Nam|Dia chi go sai|01012022"
    IdentityDesk(counter.station, NoRegister()).take(dossier, code)
    state = counter.station.book.state(dossier)
    assert state.value("personal_no") == person.personal_no
    assert state.fields["personal_no"].source is FieldSource.QR
    assert state.value("full_name") == ""
    assert state.value("addr_perm") == ""


def test_absent_devices_are_rows_and_reasons(tmp_path: Path) -> None:
    _made(tmp_path)
    (tmp_path / "settings.toml").write_text('"devices.scanner" = "ef01 port=nowhere"\n"devices.camera" = ""\n', encoding="utf-8")
    counter = open_production(tmp_path, _wrapper())
    try:
        assert isinstance(counter.scanner, AbsentScanner)
        assert isinstance(counter.camera, AbsentCamera)
        counter.station.sign_in("an", "482915", desk="all")
        view = counter.today()
        assert [(d.what, d.tone.value) for d in view.devices[:2]] == [("scanner", "blocked"), ("camera", "blocked")]
        assert all(d.note.code in catalogue() for d in view.devices)
        dossier = counter.call(str(counter.queue.issue()))
        state = counter.station.book.state(dossier)
        with pytest.raises(DeviceNotFoundError):
            counter.start_capture(dossier, state.procedure.steps[0], on_frame=lambda _: None, on_view=lambda _: None)
    finally:
        counter.close()
