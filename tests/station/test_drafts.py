"""Drafts between kits: begun on A, resumed on B from a stick, finished on A's replacement, sealed and acknowledged; leases and bad sticks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import numpy as np
import pytest

from station.app import Station
from station.carriers.stick import Stick, label_stick
from station.clock import ManualClock
from station.dossier.kinds import Kind
from station.dossier.readiness import lines_to_review
from station.drafts import lend, open_draft, recall, take, take_all
from station.errors import InputError, ProcedureError
from station.exchange import make_carrier, make_uploader
from station.keys import Argon2Cost, Role
from station.keys.audit import sign_head, verify_journal
from station.keys.team import join_team, make_team, read_team, write_team
from station.package import SignatureError
from station.packing import JP2
from station.queue.joining import join, name_operators
from station.queue.model import State
from station.sealing import seal_dossier
from tests.station.dossier.builders import APPLICANT, make_capture
from tests.station.intake.harness import RunningIntake

CHEAP = Argon2Cost(1, 8 * 1024, 1)
PIN = "284751"
WORDS = "chuồn chuồn bay thấp"


def kit(folder: Path, operator: str, clock: ManualClock) -> Station:
    station = Station.open(folder, demo=True, cost=CHEAP, clock=clock)
    if not station.operators.accounts():
        admin = station.operators.add("admin", "Quản trị", [Role.SECURITY_ADMIN], PIN, by=None, must_change=False)
        assert admin
        boss = station.sign_in("admin", PIN, desk="1")
        station.operators.add(operator, "Cán bộ", [Role.CLERK, Role.CAPTURE, Role.TEAM_LEAD], PIN, by=boss, must_change=False)
        station.sign_out()
    station.sign_in(operator, PIN, desk="1")
    return station


def befriend(giver: Station, taker: Station) -> None:
    people = [(a.operator_id, a.public) for a in giver.operators.accounts().values()]
    join_team(
        taker.keys, taker.journal, read_team(write_team(giver.keys, giver.journal, people, WORDS, CHEAP), WORDS), operator="admin"
    )


def stick_for(station: Station, folder: Path, stick_id: str) -> Stick:
    from station.sticks import known_stations

    return Stick(folder, known_stations(station), {stick_id})


def capture_next(station: Station, dossier: str, count: int) -> None:
    for _ in range(count):
        state = station.book.state(dossier)
        step = state.next_step
        assert step is not None
        rng = np.random.default_rng(len(station.journal.events(dossier)))
        pixels = np.repeat(rng.integers(0, 255, (75, 80), np.uint8), 10, axis=0).repeat(10, axis=1)
        blob = station.journal.put_blob(pixels.tobytes(), "image/x-raw; width=800; height=750; channels=1; bits=8")
        signed = station.journal.put_blob(f"header.{step.id}.signature".encode(), "application/jose")
        missing = tuple(int(f) for f in step.fingers if f in state.excepted)
        capture = msgspec.structs.replace(make_capture(step, blob=blob, missing=missing), signed=(signed,))
        station.book.accept_capture(dossier, capture)
        station.clock.wait(30)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def kits(tmp_path: Path, clock: ManualClock) -> Iterator[Callable[[str], Station]]:
    opened: list[Station] = []

    def make(name: str) -> Station:
        opened.append(kit(tmp_path / name, f"op-{name}", clock))
        return opened[-1]

    yield make
    for station in opened:
        station.close()


def test_begun_on_a_resumed_on_b_finished_on_as_replacement(tmp_path: Path, kits: Callable[[str], Station]) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    a, b = kits("a"), kits("b")
    make_team(a.keys)
    befriend(a, b)
    befriend(b, a)
    label = label_stick(folder, a.keys.signer).stick_id

    dossier = a.book.open_dossier("vn-60-2021", applicant=APPLICANT, visit="home")
    a.book.look_up(dossier, "unanswered", None, source="offline")
    a.book.declare_exception(dossier, 10, "bandaged", "temporary")
    paper = a.journal.put_blob(b"\x89PNG birth certificate", "image/png")
    a.life.proof(dossier, "birth-certificate", paper, "dob")
    capture_next(a, dossier, 5)
    lend(a, dossier, stick_for(a, folder, label))
    with pytest.raises(ProcedureError) as refused:
        capture_next(a, dossier, 1)
    assert refused.value.reason_code == "draft-lent"
    a.close()  # kit A falls into the river

    (taken,), strange = take_all(b, stick_for(b, folder, label))
    assert not strange
    assert (taken.dossier, taken.lender) == (dossier, a.origin)
    assert b.journal.blob(paper).startswith(b"\x89PNG")
    assert not stick_for(b, folder, label).names("drafts")
    capture_next(b, dossier, 4)

    c = kits("c")  # A's replacement: a new kit that joins the team by B's file
    befriend(b, c)
    befriend(c, b)
    lend(b, dossier, stick_for(b, folder, label))
    assert take_all(c, stick_for(c, folder, label))[0][0].lender == b.origin
    capture_next(c, dossier, 4)
    c.book.review(dossier, dict.fromkeys(lines_to_review(c.book.state(dossier)), True))
    for who in ("applicant", "operator"):
        c.book.sign(dossier, who, signature=b"x")

    state = c.book.state(dossier)
    assert state.captures_complete
    accepted = [s.accepted for s in state.captures.values() if s.accepted]
    assert [x.operator for x in accepted] == ["op-a"] * 5 + ["op-b"] * 4 + ["op-c"] * 4
    assert [x.at for x in accepted] == sorted(x.at for x in accepted)

    running = RunningIntake(tmp_path / "intake")
    try:
        c.pin_intake(join(running.url, running.code(), station=c.origin, signer=c.keys.signer))
        people = [(x.operator_id, x.public) for x in c.operators.accounts().values()]
        name_operators(running.url, people, station=c.origin, signer=c.keys.signer, intake=c.queue.intake)
        entry = seal_dossier(c, dossier)
        assert entry.deadline is not None
        carrier = make_carrier(c, running.url)
        make_uploader(c, carrier).drain()
        carrier.close()
        assert c.queue.get(entry.package_id).state is State.ACKNOWLEDGED
        from station.intake.service import package_file

        opened = running.intake.open(running.intake.files.read(package_file(entry.package_id), 20_000_000))
        assert len(opened.manifest.captures) == 13  # thirteen and the portrait, less the bandaged finger
        assert {e.id.origin for e in opened.events} == {a.origin, b.origin, c.origin}
        assert opened.part(f"blob-{paper}").startswith(b"\x89PNG")
        first = opened.manifest.captures[0]
        assert opened.part(first.parts[1]) == b"header." + first.capture.step.encode() + b".signature"
        assert next(p for p in opened.manifest.parts if p.name == first.parts[0]).media == JP2
    finally:
        running.close()
    for station in (b, c):
        station.tell_journal()
        sign_head(station.journal, station.keys.signer)
        known = {p.key_id: p for kit_ in (b, c) for p in kit_.keys.publics}
        report = verify_journal(station.journal, known)
        assert report.sound, report.faults
        assert station.journal.check().sound


def test_a_lease_ends_is_recalled_and_taken_twice_changes_nothing(
    tmp_path: Path, kits: Callable[[str], Station], clock: ManualClock
) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    a, b = kits("a"), kits("b")
    make_team(a.keys)
    befriend(a, b)
    befriend(b, a)
    place = stick_for(a, folder, label_stick(folder, a.keys.signer).stick_id)
    dossier = a.book.open_dossier("vn-60-2021", applicant=APPLICANT)
    capture_next(a, dossier, 1)

    sealed = lend(a, dossier, place, lease=timedelta(days=1))
    with pytest.raises(ProcedureError):
        lend(a, dossier, place)
    recall(a, dossier, "đồng nghiệp ốm")
    with pytest.raises(ProcedureError):
        recall(a, dossier, "again")
    capture_next(a, dossier, 1)

    opened = open_draft(b, sealed.data)
    first, second = take(b, opened), take(b, opened)
    assert (first.events > 0, first.images > 0) == (True, True)
    assert (second.events, second.images) == (0, 0)
    assert sum(e.kind == Kind.DRAFT_TAKEN for e in b.journal.events(dossier)) == 1
    lend(b, dossier, place, lease=timedelta(days=1))
    clock.advance(86_401)  # B never comes back: the lease is over and B's own copy is free again
    capture_next(b, dossier, 1)
    for lease in (timedelta(0), timedelta(days=31)):
        with pytest.raises(InputError):
            lend(b, dossier, place, lease=lease)


def test_strangers_and_altered_drafts_stay_outside(tmp_path: Path, kits: Callable[[str], Station]) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    a, b = kits("a"), kits("b")
    make_team(a.keys)
    people = [(x.operator_id, x.public) for x in a.operators.accounts().values()]
    team = read_team(write_team(a.keys, a.journal, people, WORDS, CHEAP), WORDS)
    b.keys.add_team(team.seed)  # the key alone: nobody of A's kit is trusted
    place = stick_for(a, folder, label_stick(folder, a.keys.signer).stick_id)
    dossier = a.book.open_dossier("vn-60-2021", applicant=APPLICANT)
    sealed = lend(a, dossier, place)
    with pytest.raises(SignatureError) as stranger:
        open_draft(b, sealed.data)
    assert stranger.value.reason_code == "signer-unknown"
    befriend(a, b)
    altered = bytearray(sealed.data)
    altered[len(altered) // 2] ^= 1
    place.put("drafts", "0" * 32, bytes(altered))
    taken, refused = take_all(b, place)
    assert ([t.dossier for t in taken], refused) == ([dossier], ["package-signature"])
    assert place.names("drafts") == ["0" * 32]  # what was not believed is left for the technician
