"""The removable folder: allowed sticks only, nothing followed, answers travel back, both ways may race."""

from __future__ import annotations

import os
import threading

import pytest

from station.carriers import CarrierError
from station.carriers.stick import LABEL, Stick, label_stick
from station.intake.stick import take_in
from station.keys import SoftwareSigner
from station.queue import State
from station.queue.notices import NoticeInbox, NoticeKind
from station.queue.stick import export, take_answers
from tests.station.intake.harness import RunningIntake, Station

UNIT = SoftwareSigner.generate()


def find(key_id: str):
    return UNIT.public if key_id == UNIT.key_id else None


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    made = RunningIntake(tmp_path_factory.mktemp("intake"))
    yield made
    made.close()


@pytest.fixture
def station(tmp_path, running):
    made = Station(tmp_path / "station")
    made.enroll(running.url, running.code())
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


@pytest.fixture
def stick(folder):
    return Stick(folder, find, {label_stick(folder, UNIT).stick_id})


def test_out_by_stick_and_back_with_receipts(running, station, stick) -> None:
    sealed = [station.seal(n) for n in range(3)]
    for one in sealed:
        station.queue.put(one)
    assert export(station.queue, stick).copied == 3
    assert station.queue.counts()[State.SEALED] == 3  # a copy is not *sent*
    assert take_answers(station.queue, stick).acknowledged == 0
    assert take_in(running.intake, stick).accepted == 3
    assert take_in(running.intake, stick).repeated == 3
    back = take_answers(station.queue, stick)
    assert (back.acknowledged, back.refused, back.strange) == (3, 0, 0)
    assert station.queue.counts()[State.ACKNOWLEDGED] == 3
    assert stick.names("outgoing") == []


def test_two_stations_one_stick_one_dead_line(running, tmp_path, stick) -> None:
    """A has no line, B has: A's package goes to the centre on the stick that passes B; A's receipt comes back the same way."""
    a, b = Station(tmp_path / "a"), Station(tmp_path / "b")
    for one in (a, b):
        one.enroll(running.url, running.code())
    dead = a.uploader("http://127.0.0.1:9")
    mine, theirs = a.seal(1), b.seal(2)
    a.queue.put(mine)
    b.queue.put(theirs)
    dead.step()
    assert dead.status().error == "intake-unreachable"
    export(a.queue, stick)
    b.uploader(running.url).drain()
    export(b.queue, stick)  # nothing left to copy
    assert stick.names("outgoing") == [mine.package_id]
    take_in(running.intake, stick)
    assert take_answers(b.queue, stick).acknowledged == 0  # another's answer is left alone
    assert stick.names("answers") == [mine.package_id]
    assert take_answers(a.queue, stick).acknowledged == 1
    assert a.queue.counts()[State.ACKNOWLEDGED] == b.queue.counts()[State.ACKNOWLEDGED] == 1
    dead.wake()
    assert dead.step() is None
    a.close()
    b.close()


def test_line_and_stick_race_and_nothing_is_stored_twice(running, station, stick) -> None:
    sealed = [station.seal(n, sizes=(40_000,)) for n in range(6)]
    for one in sealed:
        station.queue.put(one)
    export(station.queue, stick)
    before = running.intake.store.totals()["accepted"]
    uploader = station.uploader(running.url)
    racer = threading.Thread(target=take_in, args=(running.intake, stick))
    racer.start()
    uploader.drain()
    racer.join()
    take_answers(station.queue, stick)
    assert station.queue.counts()[State.ACKNOWLEDGED] == 6
    assert running.intake.store.totals()["accepted"] == before + 6
    for one in sealed:
        assert [h.what for h in station.queue.history(one.package_id)].count("acknowledged") == 1


def test_a_stick_without_permission_is_refused(folder, stick) -> None:
    allowed = {stick.label.stick_id}
    for case in (set(), {"0" * 32}):
        with pytest.raises(CarrierError) as caught:
            Stick(folder, find, case)
        assert caught.value.reason_code == "stick-not-allowed"
    label = (folder / LABEL).read_bytes()
    for bad in (b"", label[:-1], label.replace(b"a", b"b", 1), b"x" * 30_000):
        (folder / LABEL).write_bytes(bad)
        with pytest.raises(CarrierError) as caught:
            Stick(folder, find, allowed)
        assert caught.value.reason_code == "stick-not-allowed"
    (folder / LABEL).unlink()
    with pytest.raises(CarrierError):
        Stick(folder, find, allowed)
    label_stick(folder, SoftwareSigner.generate())  # labelled by a stranger
    with pytest.raises(CarrierError):
        Stick(folder, find, allowed)


def test_a_label_copied_to_another_file_system_is_refused(folder, stick, monkeypatch) -> None:
    monkeypatch.setattr("station.carriers.stick.volume_of", lambda _: "OTHER-UUID")
    with pytest.raises(CarrierError) as caught:
        Stick(folder, find, {stick.label.stick_id})
    assert caught.value.reason_code == "stick-not-allowed"


def test_links_devices_and_odd_names_are_not_followed(running, station, folder, stick, tmp_path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"do not read")
    out = folder / "enrollment" / "outgoing"
    stick.put("outgoing", "1" * 32, b"rubbish")
    (out / f"{'2' * 32}.pkg").symlink_to(secret)
    os.mkfifo(out / f"{'3' * 32}.pkg")
    (out / f"{'4' * 32}.pkg").mkdir()
    (out / "..hidden.pkg").write_bytes(b"x")
    assert stick.names("outgoing") == ["1" * 32]
    assert stick.get("outgoing", "2" * 32) is None
    assert stick.get("outgoing", "3" * 32) is None
    assert stick.get("outgoing", "4" * 32) is None
    for name in ("../../secret", "x", "2" * 33, ""):
        with pytest.raises(CarrierError):
            stick.get("outgoing", name)
    result = take_in(running.intake, stick)
    assert (result.accepted, result.strange) == (0, 1)
    assert secret.read_bytes() == b"do not read"


def test_a_folder_that_is_a_link_is_refused(folder, stick, tmp_path) -> None:
    (tmp_path / "elsewhere").mkdir()
    root = folder / "enrollment"
    root.rename(folder / "aside")
    root.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CarrierError):
        Stick(folder, find, {stick.label.stick_id})


def test_a_stick_pulled_out_or_full_is_said_and_loses_nothing(station, folder, stick, monkeypatch) -> None:
    import errno
    import shutil

    for n in range(2):
        station.queue.put(station.seal(n))
    real, calls = os.fsync, []

    def full(handle: int) -> None:
        calls.append(handle)
        if len(calls) > 2:
            raise OSError(errno.ENOSPC, "full")
        real(handle)

    monkeypatch.setattr("station.carriers.stick.os.fsync", full)
    result = export(station.queue, stick)
    assert (result.copied, result.stopped) == (1, "stick-full")
    monkeypatch.undo()
    assert len(list((folder / "enrollment" / "outgoing").iterdir())) == 1  # no half file is left
    shutil.rmtree(folder)
    assert export(station.queue, stick).stopped == "stick-gone"
    assert station.queue.counts()[State.SEALED] == 2


def test_notices_come_once_by_either_way(running, station, stick) -> None:
    running.intake.issue(NoticeKind.FEES, {"table": "2026"})
    mine = running.intake.issue(NoticeKind.RETURNED, {"package": "0" * 32, "reasons": ["x"]}, station=station.id)
    running.intake.issue(NoticeKind.ACCEPTED, {"package": "1" * 32}, station="0123456789abcdef")
    running.intake.issue(NoticeKind.RETURNED, {"package": "0" * 32}, station=station.id, notice_id=mine)  # again: nothing new
    got = []
    inbox = NoticeInbox(station.files, station.intake, station.id, got.append)
    station.queue.put(station.seal())
    export(station.queue, stick)
    take_in(running.intake, stick)
    by_stick = inbox.take_stick(stick)
    session = station.carrier(running.url).session
    by_line = inbox.fetch(session)
    assert by_stick == len(got) >= 2
    assert by_line == 0
    assert inbox.fetch(session) == 0
    assert mine in {n.notice_id for n in got}
    assert all(n.station in {"", station.id} for n in got)
    again = NoticeInbox(station.files, station.intake, station.id, got.append)  # after a restart
    assert again.fetch(session) == again.take_stick(stick) == 0


def test_a_notice_by_a_stranger_or_for_another_is_not_taken(running, station) -> None:
    from station.package import PackageFormatError, SignatureError
    from station.package.signed import sign_message
    from station.queue.notices import NOTICE_PURPOSE, notice_body

    got = []
    inbox = NoticeInbox(station.files, station.intake, station.id, got.append)

    def body(**changes):
        what = {"notice_id": "n" * 8, "kind": "accepted", "intake": station.intake.name, "station": station.id,
                "at": station.clock.now(), "payload": {}}  # fmt: skip
        return notice_body(**(what | changes))

    with pytest.raises(SignatureError):
        inbox.take(sign_message(SoftwareSigner.generate(), NOTICE_PURPOSE, body()))
    for changed in (body(station="0123456789abcdef"), body(intake="other")):
        with pytest.raises(PackageFormatError) as caught:
            inbox.take(running.intake.sign(NOTICE_PURPOSE, changed))
        assert caught.value.reason_code == "notice-other"
    assert got == []
    assert inbox.take(running.intake.sign(NOTICE_PURPOSE, body()))
