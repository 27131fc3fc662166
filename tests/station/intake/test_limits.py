"""The intake's limits and its end: quotas of the day, room on the disk, uploads that expire, health for machines, an orderly stop."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import httpx

from station.carriers.model import CarrierError, Parcel
from station.files import RealFiles
from station.intake.uploads import Uploads
from station.queue.model import State
from tests.station.intake.harness import TRIAL, IntakeProcess, RunningIntake, Station
from tests.station.intake.test_tus import BODY, TUS, meta


def test_a_station_may_send_so_many_a_day_and_keeps_the_rest(tmp_path: Path) -> None:
    running = RunningIntake(tmp_path / "intake", replace(TRIAL, packages_per_day=2))
    station = Station(tmp_path / "station")
    try:
        station.enroll(running.url, running.code())
        for number in range(3):
            station.queue.put(station.seal(number))
        uploader = station.uploader(running.url)
        uploader.drain()
        counts = station.queue.counts()
        assert (counts[State.ACKNOWLEDGED], counts[State.SEALED]) == (2, 1)
        assert uploader.status().error == "intake-busy"
        assert uploader.status().next_try_s > 3000  # what the intake asked for
    finally:
        station.close()
        running.close()


def test_without_room_nothing_is_begun_and_health_says_so(tmp_path: Path) -> None:
    running = RunningIntake(tmp_path / "intake", replace(TRIAL, min_free_bytes=10**18))
    station = Station(tmp_path / "station")
    try:
        station.enroll(running.url, running.code())
        station.queue.put(station.seal(1))
        uploader = station.uploader(running.url)
        uploader.drain()
        assert (station.queue.counts()[State.SEALED], uploader.status().error) == (1, "intake-busy")
        assert httpx.get(f"{running.url}/health").status_code == 503
        status = httpx.get(f"{running.url}/v1/status").json()
        assert (status["accepted"], status["uploads"], status["waiting"], status["production"]) == (0, 0, 0, False)
    finally:
        station.close()
        running.close()


def test_half_done_uploads_expire_and_finished_ones_do_not(tmp_path: Path) -> None:
    files = RealFiles(tmp_path)
    uploads = Uploads(files, 0.0)
    half, whole = (
        uploads.create(station="s", length=4, manifest="ab" * 32, sha256="cd" * 32, created=0, now=0.0) for _ in range(2)
    )
    uploads.append(half, b"ab", 100.0)
    uploads.append(whole, b"abcd", 100.0)
    uploads.sync(whole)
    assert uploads.expire(99.0) == 0
    assert uploads.expire(101.0) == 1
    assert (uploads.get(half.id), uploads.get(whole.id)) == (None, whole)
    assert [n for n in files.list("uploads") if half.id in n] == []
    uploads.close()


def test_it_stops_in_order_and_an_upload_goes_on_after_the_next_start(tmp_path: Path) -> None:
    process = IntakeProcess(tmp_path / "intake", "--code")
    station = Station(tmp_path / "station")
    try:
        station.enroll(process.url, process.line["code"])
        sealed = station.seal(1, sizes=(60_000,))
        with httpx.Client(base_url=process.url, headers=TUS | station.carrier(process.url).session.headers()) as client:
            asked = {"Upload-Length": str(len(sealed.data)), "Upload-Metadata": meta(sealed.data, sealed.manifest_sha256)}
            location = client.post("/files", headers=asked).headers["Location"]
            half = len(sealed.data) // 2
            reply = client.patch(location, content=sealed.data[:half], headers=BODY | {"Upload-Offset": "0"})
            assert reply.status_code == 204
        assert process.end() == 0
        process = IntakeProcess(tmp_path / "intake", port=process.port)
        seen: list[int] = []
        delivery = station.carrier(process.url).deliver(
            Parcel(sealed.manifest_sha256, sealed.sha256, sealed.data, f"{process.url}{location}", half),
            lambda confirmed, _: seen.append(confirmed), threading.Event(),
        )  # fmt: skip
        assert delivery.answer is not None
        assert min(seen) > half  # nothing was sent again
        log = (tmp_path / "intake" / "logs" / "station.log").read_text("utf-8")
        assert "Traceback" not in log
    finally:
        station.close()
        process.end()


def test_a_stopped_intake_is_said_as_unreachable(tmp_path: Path) -> None:
    running = RunningIntake(tmp_path / "intake")
    station = Station(tmp_path / "station")
    station.enroll(running.url, running.code())
    sealed = station.seal(1)
    running.close()
    try:
        station.carrier(running.url).deliver(
            Parcel(sealed.manifest_sha256, sealed.sha256, sealed.data), lambda *_: None, threading.Event()
        )
        raise AssertionError("nobody is there")
    except CarrierError as error:
        code = error.reason_code
    finally:
        station.close()
    assert code == "intake-unreachable"
