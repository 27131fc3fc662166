"""The queue's words: each only from proof; its counts add up; it survives kills, other keys, and disk faults."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from station.clock import LEGAL_TIME, ManualClock
from station.errors import InputError, StationError, StorageError
from station.files import RealFiles
from station.keys import HybridSealer
from station.package import SignatureError, seal_package
from station.package.identity import RECEIPT_PURPOSE, IntakePublic, answer_body
from station.package.signed import sign_message
from station.queue import Queue, State
from station.queue.model import MOVES
from tests.station.package.builders import Party, content

PARTY = Party()
INTAKE = IntakePublic("centre", PARTY.operator.public, PARTY.opener.public)


def open_queue(folder, **options) -> Queue:
    return Queue(RealFiles(folder), ManualClock(), intake=INTAKE, find_station=PARTY.find_station, **options)


def seal(number: int):
    return seal_package(content(number, sizes=(50,)), station=PARTY.station, operator=PARTY.operator,
                        recipients=[PARTY.opener.public], sealer=HybridSealer())  # fmt: skip


def answer(sealed, *, accepted: bool = True, reasons: tuple[str, ...] = (), signer=None) -> bytes:
    body = answer_body(package_id=sealed.package_id, manifest_sha256=sealed.manifest_sha256, accepted=accepted, reasons=reasons,
                       number="ab12", intake="centre", at=datetime(2026, 1, 1, tzinfo=UTC), station="s", demo=False)  # fmt: skip
    return sign_message(signer or PARTY.operator, RECEIPT_PURPOSE, body)


SEALED = [seal(n) for n in range(4)]


class QueueMachine(RuleBasedStateMachine):
    """Any order of reports and decisions, with restarts in between, keeps every promise."""

    def __init__(self) -> None:
        super().__init__()
        import tempfile

        self.folder = tempfile.TemporaryDirectory()
        self.queue = open_queue(self.folder.name)
        self.proved: set[str] = set()
        self.put: set[str] = set()
        self.last: dict[str, State] = {}

    def teardown(self) -> None:
        self.queue.close()
        self.folder.cleanup()

    which = st.integers(0, 3)

    @rule(n=which)
    def save(self, n: int) -> None:
        if SEALED[n].package_id not in self.put:
            self.queue.save(SEALED[n].dossier)

    @rule(n=which)
    def seal(self, n: int) -> None:
        self.queue.put(SEALED[n])
        self.put.add(SEALED[n].package_id)

    def attempt(self, n: int, work) -> None:
        if SEALED[n].package_id in self.put:
            try:
                work(SEALED[n])
            except (InputError, SignatureError):
                pass

    @rule(n=which, short=st.booleans())
    def sent(self, n: int, short: bool) -> None:
        self.attempt(n, lambda s: self.queue.sent(s.package_id, len(s.data) - short, "network"))

    @rule(n=which)
    def lost(self, n: int) -> None:
        self.attempt(n, lambda s: self.queue.lost(s.package_id))

    @rule(n=which)
    def receipt(self, n: int) -> None:
        def work(s) -> None:
            self.queue.answer(s.package_id, answer(s), "network")
            self.proved.add(s.package_id)

        self.attempt(n, work)

    @rule(n=which)
    def forged_receipt(self, n: int) -> None:
        self.attempt(n, lambda s: self.queue.answer(s.package_id, answer(s, signer=PARTY.station), "network"))

    @rule(n=which, reason=st.sampled_from(["a", "b"]))
    def refusal(self, n: int, reason: str) -> None:
        self.attempt(n, lambda s: self.queue.answer(s.package_id, answer(s, accepted=False, reasons=(reason,)), "stick"))

    @rule(n=which)
    def hold(self, n: int) -> None:
        self.attempt(n, lambda s: self.queue.hold(s.package_id, "x"))

    @rule(n=which)
    def release(self, n: int) -> None:
        self.attempt(n, lambda s: self.queue.release(s.package_id))

    @precondition(lambda self: len(self.put) > 1)
    @rule()
    def restart(self) -> None:
        self.queue.close()
        self.queue = open_queue(self.folder.name)

    @invariant()
    def words_are_true(self) -> None:
        entries = self.queue.entries()
        counts = self.queue.counts()
        assert sum(counts.values()) == len(entries) == len({e.dossier for e in entries})
        for e in entries:
            if e.state is State.ACKNOWLEDGED:
                assert e.package_id in self.proved
            if e.package_id in self.proved:
                assert e.state is State.ACKNOWLEDGED  # final
            if e.state is State.SENT:
                assert e.confirmed == e.size
            if e.state in {State.SEALED, State.SENT, State.REFUSED, State.HELD} and e.package_id:
                assert self.queue.read(e)
            before = self.last.get(e.dossier)
            assert before is None or before is e.state or e.state in MOVES[before] or before is State.REFUSED
            self.last[e.dossier] = e.state


QueueMachine.TestCase.settings = settings(max_examples=12, stateful_step_count=20, deadline=None)
TestQueueMachine = QueueMachine.TestCase


def test_most_urgent_first_then_oldest(tmp_path) -> None:
    queue = open_queue(tmp_path)
    soon, later = datetime(2026, 11, 25, tzinfo=UTC), datetime(2026, 12, 25, tzinfo=UTC)
    for one, deadline in zip(SEALED, (None, later, soon, None), strict=True):
        queue.put(one, deadline)
    order = []
    while (entry := queue.next(order)) is not None:
        order.append(entry.package_id)
    assert order == [SEALED[2].package_id, SEALED[1].package_id, SEALED[0].package_id, SEALED[3].package_id]
    queue.sent(SEALED[2].package_id, len(SEALED[2].data), "network")
    assert queue.next().package_id == SEALED[1].package_id  # those that only wait for an answer come last
    queue.close()


def test_what_reads_back_differently_is_not_sealed(tmp_path) -> None:
    class Rotten(RealFiles):
        def write(self, name: str, data: bytes) -> None:
            super().write(name, data[:-1] + b"\x00" if name.endswith(".pkg") else data)

    queue = Queue(Rotten(tmp_path), ManualClock(), intake=INTAKE, find_station=PARTY.find_station)
    queue.save(SEALED[0].dossier)
    with pytest.raises(StorageError):
        queue.put(SEALED[0])
    assert queue.counts()[State.SAVED] == 1
    queue.close()


def test_a_stranger_station_seals_nothing_here(tmp_path) -> None:
    stranger = Party()
    theirs = seal_package(content(1), station=stranger.station, operator=stranger.operator, recipients=[PARTY.opener.public],
                          sealer=HybridSealer())  # fmt: skip
    queue = open_queue(tmp_path)
    with pytest.raises(SignatureError):
        queue.put(theirs)
    assert queue.entries() == []
    queue.close()


def test_the_database_is_encrypted_and_says_so(tmp_path) -> None:
    queue = open_queue(tmp_path, key=b"k" * 32)
    queue.put(SEALED[0])
    queue.close()
    raw = b"".join(p.read_bytes() for p in (tmp_path / "queue").glob("queue.db*"))
    assert SEALED[0].dossier.encode() not in raw
    for key in (None, b"x" * 32):
        with pytest.raises(StorageError) as caught:
            open_queue(tmp_path, key=key)
        assert caught.value.reason_code == "wrong-key"
    queue = open_queue(tmp_path, key=b"k" * 32)
    assert queue.get(SEALED[0].package_id).state is State.SEALED
    queue.close()


def test_a_newer_queue_is_left_alone_and_two_programs_are_refused(tmp_path) -> None:
    queue = open_queue(tmp_path)
    queue.put(SEALED[0])
    with pytest.raises(StorageError) as caught:
        open_queue(tmp_path)
    assert caught.value.reason_code == "in-use"
    queue._db.pragma("user_version", 99)
    queue.close()
    with pytest.raises(StorageError) as caught:
        open_queue(tmp_path)
    assert caught.value.reason_code == "queue-newer"


def test_every_state_has_words() -> None:
    from station.words import Language, say

    for state in State:
        assert say(state, Language.VI) != state
        assert say(state, Language.EN) != state


def test_history_for_the_journal_is_told_once(tmp_path) -> None:
    queue = open_queue(tmp_path)
    queue.put(SEALED[0])
    queue.sent(SEALED[0].package_id, len(SEALED[0].data), "network")
    queue.failed(SEALED[0].package_id, "slow-line")
    queue.answer(SEALED[0].package_id, answer(SEALED[0]), "network")
    lines = queue.untold()
    assert [line.what for line in lines] == ["saved", "sealed", "sent", "acknowledged"] or [line.what for line in lines] == [
        "sealed", "sent", "acknowledged"]  # fmt: skip
    for line in lines:
        queue.told(line.number)
    queue.close()
    queue = open_queue(tmp_path)
    assert queue.untold() == []
    queue.close()


WORKER = """
    import sys
    from pathlib import Path
    from tests.station.queue.test_queue import open_queue, SEALED, PARTY
    import tests.station.queue.test_queue as t
    folder = sys.argv[1]
    from station.files import RealFiles
    import pickle
    party, sealed = pickle.loads(Path(folder, "sealed.bin").read_bytes())
    find = lambda k: party if k == party.key_id else None
    from station.queue import Queue
    from station.clock import SystemClock
    q = Queue(RealFiles(Path(folder, "q")), SystemClock(), intake=None, find_station=find)
    print("open", flush=True)
    for one in sealed:
        e = q.put(one)
        print("put", e.package_id, flush=True)
        q.sent(one.package_id, len(one.data), "network")
        print("sent", e.package_id, flush=True)
    print("done", flush=True)
"""


def kill_rounds(tmp_path, rounds: int) -> None:
    """Kill -9 after every n-th acknowledged line; what was printed must be there, nothing twice."""
    import pickle

    sealed = [seal(n) for n in range(rounds)]
    (tmp_path / "sealed.bin").write_bytes(pickle.dumps((PARTY.station.public, sealed)))
    told: dict[str, str] = {}
    for n in range(rounds):
        process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(WORKER), str(tmp_path)], stdout=subprocess.PIPE, text=True,
                                   env=os.environ | {"PYTHONPATH": str(Path.cwd())})  # fmt: skip
        for count, line in enumerate(process.stdout):
            what, _, package = line.strip().partition(" ")
            if package:
                told[package] = what
            if count == 2 * n + 1:
                break
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    queue = Queue(RealFiles(tmp_path / "q"), ManualClock(), intake=INTAKE, find_station=PARTY.find_station)
    entries = {e.package_id: e for e in queue.entries()}
    assert len(entries) == len(queue.entries())
    for package, what in told.items():
        assert entries[package].state in ({State.SEALED, State.SENT} if what == "put" else {State.SENT})
        assert queue.read(entries[package])
        assert [h.what for h in queue.history(package)].count("sealed") == 1
    queue.close()


def test_killed_at_any_moment_it_keeps_what_it_said(tmp_path) -> None:
    kill_rounds(tmp_path, 2)


@pytest.mark.all
def test_killed_forty_times(tmp_path) -> None:
    kill_rounds(tmp_path, 40)


def test_the_uploader_keeps_hours_and_pauses(tmp_path) -> None:
    from datetime import time

    from station.queue import SendingHours

    night = SendingHours(((time(22), time(5)),))
    day = datetime(2026, 11, 22, 12, tzinfo=LEGAL_TIME)
    assert not night.open_at(day)
    assert night.open_at(day.replace(hour=23))
    assert night.open_at(day.replace(hour=4))
    assert SendingHours().open_at(day)
    assert not SendingHours(((time(8), time(9)),)).open_at(day)


def test_the_pace_is_kept_on_the_injected_clock() -> None:
    import threading

    from station.carriers import Pace

    clock, stop = ManualClock(), threading.Event()
    pace = Pace(clock, 10_000)
    for _ in range(10):
        pace.take(5_000, stop)
    assert clock.monotonic() == pytest.approx(4.5)
    assert pace.chunk(2_000_000) == 20_000
    assert Pace(clock, None).chunk(2_000_000) == 2_000_000


def test_refused_is_work_for_a_person_who_can_send_it_again(tmp_path) -> None:
    queue = open_queue(tmp_path)
    queue.put(SEALED[0], datetime.now(UTC) + timedelta(days=1))
    package = SEALED[0].package_id
    queue.answer(package, answer(SEALED[0], accepted=False, reasons=("operator-pending",)), "network")
    queue.assign(package, "op-7")
    entry = queue.get(package)
    assert (entry.state, entry.reasons, entry.owner) == (State.REFUSED, ("operator-pending",), "op-7")
    assert queue.next() is None
    assert queue.release(package).state is State.SEALED
    queue.answer(package, answer(SEALED[0]), "network")
    with pytest.raises(StationError):
        queue.release(package)
    assert dataclasses.replace(queue.get(package), created=entry.created).state is State.ACKNOWLEDGED
    queue.close()
