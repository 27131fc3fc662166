"""The station between packages: notices of every kind over the line become facts once; the centre's time; hours; originals that shrink."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import numpy as np
import pytest

from devices.contract import Source
from station.app import Station
from station.clock import LEGAL_TIME, ManualClock, SystemClock
from station.dossier.consuming import day_list, fee_rows
from station.dossier.kinds import Kind
from station.errors import AccessError, InputError
from station.exchange import NOTICES_EVERY_S, make_carrier, make_uploader, sending_hours
from station.files import RealFiles
from station.journal.guards import ClockError
from station.keys import Argon2Cost, HybridSealer, Role, SoftwareSigner
from station.keys.rotation import expires, key_state
from station.keys.trust import Purpose, TrustStores
from station.package import seal_package
from station.packing import WSQ, original_of, packed_image, raw_pixels
from station.queue.joining import join, name_operators
from station.retention import replaced
from station.sealing import deadline_of
from station.vietnam.rules import fee_for
from tests.station.dossier.builders import APPLICANT, make_capture
from tests.station.intake.harness import RunningIntake
from tests.station.package.builders import content

CHEAP = Argon2Cost(1, 8 * 1024, 1)
PIN = "284751"


class Setable(SystemClock):
    """The computer's clock, set wrong by a while."""

    off = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.off


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RunningIntake]:
    made = RunningIntake(tmp_path / "intake")
    yield made
    made.close()


def make(folder: Path, running: RunningIntake, clock: ManualClock | SystemClock) -> Station:
    station = Station.open(folder, demo=True, cost=CHEAP, clock=clock)
    station.operators.add("admin", "Quản trị", [Role.SECURITY_ADMIN], PIN, by=None, must_change=False)
    boss = station.sign_in("admin", PIN, desk="1")
    for name in ("lan", "minh"):
        station.operators.add(name, name, [Role.CLERK, Role.CAPTURE], PIN, by=boss, must_change=False)
    station.sign_out()
    station.sign_in("lan", PIN, desk="1")
    station.pin_intake(join(running.url, running.code(), station=station.origin, signer=station.keys.signer))
    return station


def test_every_kind_of_notice_becomes_a_fact_once(tmp_path: Path, running: RunningIntake) -> None:
    clock = ManualClock()
    station = make(tmp_path / "station", running, clock)
    try:
        dossier = station.book.open_dossier("vn-60-2021", applicant=APPLICANT)
        step = station.book.state(dossier).next_step
        assert step is not None
        noisy = np.random.default_rng(1).integers(0, 255, (75, 80), np.uint8).repeat(10, 0).repeat(10, 1)
        blob = station.journal.put_blob(noisy.tobytes(), "image/x-raw; width=800; height=750; channels=1; bits=8")
        capture = make_capture(step, blob=blob)
        image = msgspec.structs.replace(capture.images[0], position=int(step.position))
        station.book.accept_capture(dossier, msgspec.structs.replace(capture, images=(image,)))
        station.save_settings(station.settings.replaced("keep.after_acceptance", "wsq"))

        other = SoftwareSigner.generate().public
        visit = {"personal_no": "099158004217", "name": "Trần Thị Hoà", "address": "Thôn 3"}
        issued = {
            "accepted": {"dossier": dossier, "package": "ab" * 16},
            "returned": {"dossier": dossier, "reasons": [{"code": "S1", "field": "full_name", "words": "dấu"}]},
            "vneid": {"dossier": dossier, "state": "approved"},
            "cards": {"manifest": "M1", "unit": "09901", "cards": []},
            "day-list": {"people": [visit]},
            "fees": {"valid_from": "2026-12-01", "source": "test circular", "table":
                     {"first": 0, "exchange": 77_000, "exchange-from-cmnd": 1, "reissue": 2}},
            "trust": {"purpose": "stations", "version": 3, "certificates": [other.to_bytes()]},
            "revocation": {"stations": ["12" * 32], "operators": ["minh"], "devices": ["SN-1"], "reason": "lost kit"},
        }  # fmt: skip
        for kind, payload in issued.items():
            running.intake.issue(kind, payload, station=station.origin)
        running.intake.issue("fees", {"valid_from": "never"})  # unusable, for everybody
        running.intake.issue("trust", {"purpose": "moon", "version": 1, "certificates": []})

        carrier = make_carrier(station, running.url)
        uploader = make_uploader(station, carrier)
        for _ in range(3):
            uploader.drain()
            clock.advance(NOTICES_EVERY_S + 1)
        carrier.close()

        noted = [e.body["kind"] for e in station.journal.events_of_kind(Kind.NOTICE)]
        assert sorted(noted) == sorted([*issued, "unusable", "unusable"])
        state = station.book.state(dossier)
        assert [d.code for d in state.open_defects] == ["S1"]
        assert state.vneid[-1] == "approved"
        assert [c.name for c in day_list(station.journal)] == ["Trần Thị Hoà"]
        rows = fee_rows(station.journal)
        assert fee_for("exchange", date(2026, 12, 1), centre=rows).amount_vnd == 77_000
        assert fee_for("exchange", date(2026, 11, 30), centre=rows) == fee_for("exchange", date(2026, 11, 30))
        stations = TrustStores(station.journal).view(Purpose.STATIONS)
        assert (set(stations.entries), set(stations.revoked), stations.version) == ({other.key_id}, {"12" * 32}, 3)
        with pytest.raises(AccessError):
            station.operators.sign_in("minh", PIN, desk="2")
        small = replaced(station.journal.events(dossier))[blob]
        assert not station.journal.has_blob(blob)
        assert station.journal.blob(small)[:2] == b"\xff\xa0"
    finally:
        station.close()


def test_a_receipt_over_the_line_tells_how_far_the_clock_is_off(tmp_path: Path, running: RunningIntake) -> None:
    clock = Setable()
    station = make(tmp_path / "station", running, clock)
    operator = SoftwareSigner.generate()
    try:
        assert station.queue.intake is not None
        name_operators(running.url, [("op-1", operator.public)], station=station.origin, signer=station.keys.signer,
                       intake=station.queue.intake)  # fmt: skip
        station.check_before_capture()
        clock.off = timedelta(minutes=9)
        what = content(1, station=station.origin, source=Source.DEVICE)
        station.queue.put(seal_package(what, station=station.keys.signer, operator=operator,
                                       recipients=[station.queue.intake.recipient], sealer=HybridSealer()))  # fmt: skip
        carrier = make_carrier(station, running.url)
        make_uploader(station, carrier).drain()
        carrier.close()
        station.tell_journal()
        (told,) = station.journal.events_of_kind(Kind.TIME_TOLD)
        assert 9 * 60 - 5 < told.body["ahead_s"] < 9 * 60 + 30
        with pytest.raises(ClockError) as stopped:
            station.check_before_capture()
        assert stopped.value.reason_code == "E02"
        assert station.journal.last_of_kind(Kind.AUDIT_HEAD) is not None  # signed without anybody asking
    finally:
        station.close()


def test_the_card_due_first_is_sent_first(tmp_path: Path, running: RunningIntake) -> None:
    station = make(tmp_path / "station", running, ManualClock())
    try:
        dossier = station.book.open_dossier("vn-60-2021", applicant=APPLICANT)
        now = station.clock.now()
        by_rule = deadline_of(station.book.state(dossier), now)
        station.life.slip(dossier, date(2026, 11, 25), "collect", "Xã Mẫu", "test")
        by_slip = deadline_of(station.book.state(dossier), now)
        assert by_slip == datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
        assert by_rule is not None
        assert by_slip < by_rule
        station.queue.save("later", by_rule)
        station.queue.save("sooner", by_slip)
        assert station.queue.entries()[1].deadline == by_slip
    finally:
        station.close()


@pytest.mark.parametrize(("text", "hour", "open_"), [
    ("00:00-24:00", 3, True), ("22:00-05:00", 3, True), ("22:00-05:00", 12, False), ("22:00-05:00, 11:30-13:00", 12, True),
])  # fmt: skip
def test_hours_of_sending(text: str, hour: int, open_: bool) -> None:
    assert sending_hours(text).open_at(datetime(2026, 11, 23, hour, tzinfo=LEGAL_TIME)) is open_


def test_bad_hours_are_one_sentence() -> None:
    for text in ("", "nights", "22:00", "25:00-26:00", "1-2-3"):
        with pytest.raises(InputError):
            sending_hours(text)


def test_keys_are_old_after_two_years_and_warned_of(tmp_path: Path) -> None:
    clock = ManualClock()
    station = Station.open(tmp_path / "s", demo=True, cost=CHEAP, clock=clock, files=RealFiles(tmp_path / "s"))
    try:
        station.journal.append("setting.changed", {}, dossier="", operator="", desk="")
        assert key_state(station.journal, clock.now()) == "good"
        ends = expires(station.journal)
        assert ends is not None
        assert key_state(station.journal, ends - timedelta(days=29)) == "expiring"
        assert key_state(station.journal, ends) == "expired"
    finally:
        station.close()


def test_prints_travel_without_loss_or_as_wsq_and_nothing_else_becomes_smaller() -> None:
    import hashlib

    rng = np.random.default_rng(2)
    pixels = rng.integers(0, 255, (50, 60), np.uint8).repeat(8, 0).repeat(8, 1)
    blob = pixels.tobytes()
    from station.capture.model import ImageRef
    from station.packing import PrintForm, smaller

    ref = ImageRef(hashlib.sha256(blob).hexdigest(), 480, 400, 1, 8, 8, 500, "raw", 1)
    data, media = packed_image(blob, ref)
    assert (original_of(data, media, ref.blob), media) == (blob, "image/jp2")
    assert np.array_equal(raw_pixels(blob, ref), pixels)
    data, media = packed_image(blob, ref, PrintForm.WSQ)
    assert media == WSQ
    assert len(data) < len(blob) / 5
    with pytest.raises(InputError):
        original_of(data, media, ref.blob)
    for other in ({"ppi": 1000}, {"position": 0}, {"channels": 3}, {"bits": 12}, {"encoding": "image/jpeg"}):
        changed = msgspec.structs.replace(ref, **other)
        assert smaller(blob, msgspec.to_builtins(changed)) is None
    assert smaller(blob, {"blob": "x"}) is None


def test_another_cipher_module_seals_in_the_place_of_ours(tmp_path: Path) -> None:
    """The one seam: whatever `Station.sealer` is seals the content key; nothing else of the station knows how."""
    from station.drafts import _seal  # a draft is the shortest way to a seal
    from station.keys.algorithms import RecipientPublic, SealedKey

    asked: list[int] = []

    class Module(HybridSealer):
        def seal_key(self, content_key: bytes, info: bytes, recipients: Iterable[RecipientPublic]) -> tuple[SealedKey, ...]:
            asked.append(len(content_key))
            return super().seal_key(content_key, info, recipients)

    station = Station.open(tmp_path / "s", demo=True, cost=CHEAP, clock=ManualClock())
    try:
        station.operators.add("admin", "Quản trị", [Role.SECURITY_ADMIN], PIN, by=None, must_change=False)
        boss = station.sign_in("admin", PIN, desk="1")
        station.operators.add("lan", "Lan", [Role.CLERK], PIN, by=boss, must_change=False)
        station.sign_in("lan", PIN, desk="1")
        station.keys.add_team(bytes(range(32)))
        dossier = station.book.open_dossier("vn-60-2021", applicant=APPLICANT)
        lent = {"lease": "a", "until": (station.clock.now() + timedelta(days=1)).isoformat()}
        station.book.write(Kind.DRAFT_LENT, lent, dossier)
        station.sealer = Module()
        _seal(station, station.book.state(dossier))
    finally:
        station.close()
    assert asked == [32]
