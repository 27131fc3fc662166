"""The station's certificate book: chain, trust, clock, expiry, firmware, files taken away; and what the grade makes of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from devices.calibration.certificate import CertificateBody, read_certificate, to_be_signed, write_certificate
from devices.calibration.corrections import Corrections
from devices.calibration.plan import plan_named
from devices.contract import DeviceIdentity, DeviceInfo, Source
from devices.grade import grade
from devices.profiles import load_profile, profile_hash
from station.calibrating import Conditions, Finished
from station.calibration_papers import certificate_paper
from station.calibration_targets import camera_targets_paper
from station.clock import ManualClock
from station.device_certificates import CertificateBook, add_months, check_alone, check_certificate
from station.dossier.kinds import Kind
from station.errors import InputError
from station.files import RealFiles
from station.journal import Journal
from station.keys import Argon2Cost, Operators, OperatorSession, Role, SoftwareSigner, StationKeys, UnprotectedWrapper
from station.keys.trust import Purpose, TrustStores
from station.words import catalogue
from tests.devices.calibration.certificates import IDENTITY, body

CHEAP = Argon2Cost(1, 64, 1)
INFO = DeviceInfo("scanner-1", IDENTITY.kind, IDENTITY, Source.DEVICE, enrolment_grade=True)


class House:
    """A station's parts around the book, on a clock that the test moves."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = RealFiles(folder)
        self.clock = ManualClock()
        self.keys = StationKeys.create(self.files, UnprotectedWrapper(self.files))
        self.journal = Journal.create(self.files, self.keys.journal_key, self.keys.station_id, self.clock)
        self.operators = Operators(self.journal, self.clock, CHEAP)
        self.trust = TrustStores(self.journal)
        self.book = CertificateBook.of(self.files, self.journal, self.clock, self.keys)

    def issue(self, signer: Any = "station", *, ppi: float = 500.8, identity: DeviceIdentity = IDENTITY, **changes: Any) -> Any:
        rows = body(ppi=ppi).rows
        done = Finished(replace(INFO, identity=identity), plan_named("tenprint"), changes.pop("conditions", Conditions("T-12", "2027-01-31", "25,4", "")),
                        rows, (), changes.pop("corrections", Corrections()), (), self.clock.now())  # fmt: skip
        used = self.keys.signer if signer == "station" else signer
        return self.book.issue(done, signer=used, **changes)

    def plant(self, given: CertificateBody) -> None:
        """Keep and note a certificate as an older program made it."""
        signatures = [s.to_bytes() for s in self.keys.signer.sign(to_be_signed(given))]
        made = write_certificate(given, self.keys.signer.public.to_bytes(), signatures)
        device = given.device
        name = hashlib.sha256("\n".join((device.vendor, device.model, device.serial)).encode()).hexdigest()[:20]
        self.files.write(f"calibration/{name}/{given.number:05d}.json", made.data)
        plain = {"vendor": device.vendor, "model": device.model, "serial": device.serial}
        self.journal.append(Kind.CALIBRATED, {"device": plain, "certificate": made.id}, dossier="", operator="", desk="")

    def technician(self, role: Role = Role.TECHNICIAN) -> OperatorSession:
        self.operators.add("admin", "Quản trị", [Role.SECURITY_ADMIN], "hoa-sen-2026", by=None)
        admin = self.operators.sign_in("admin", "hoa-sen-2026", desk="x")
        self.operators.add("ktv01", "Vương Đình Khải", [role], "cay-tre-1986", by=admin)
        return self.operators.sign_in("ktv01", "cay-tre-1986", desk="x")

    def may_enroll(self, identity: DeviceIdentity = IDENTITY) -> str:
        """Return the grade's code, empty when the device may enroll."""
        return grade(replace(INFO, identity=identity), self.book.facts(identity), self.clock.now()).code

    def file(self, number: int = 1) -> Path:
        (folder,) = (self.folder / "calibration").iterdir()
        return folder / f"{number:05d}.json"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.journal.close()


def test_never_calibrated_then_good_then_expired(house: House) -> None:
    assert house.book.facts(IDENTITY) is None
    assert house.book.check(IDENTITY).code == "certificate-missing"
    assert house.may_enroll() == "certificate-missing"
    made = house.issue()
    assert made.body.expires == datetime(2027, 11, 22, 1, 0, tzinfo=UTC)
    assert (house.book.check(IDENTITY).code, house.may_enroll()) == ("certificate-valid", "")
    house.clock.jump(made.body.expires - timedelta(seconds=1))
    assert house.may_enroll() == ""
    house.clock.jump(made.body.expires)
    assert (house.book.check(IDENTITY).code, house.may_enroll()) == ("certificate-expired", "certificate-expired")
    house.issue()
    assert house.may_enroll() == ""


def test_a_camera_is_good_for_six_months(house: House) -> None:
    done = Finished(INFO, plan_named("camera"), Conditions(), body().rows, (), Corrections(), (), house.clock.now())
    assert house.book.issue(done, signer=house.keys.signer).body.expires == datetime(2027, 5, 22, 1, 0, tzinfo=UTC)


def test_months_end_where_they_end() -> None:
    at = datetime(2026, 8, 31, 5, tzinfo=UTC)
    assert add_months(at, 6) == datetime(2027, 2, 28, 5, tzinfo=UTC)
    assert add_months(at, 18) == datetime(2028, 2, 29, 5, tzinfo=UTC)
    assert add_months(at, 12) == datetime(2027, 8, 31, 5, tzinfo=UTC)
    assert add_months(datetime(2026, 12, 1, tzinfo=UTC), 1) == datetime(2027, 1, 1, tzinfo=UTC)


def test_a_failed_calibration_takes_the_former_certificate_away(house: House) -> None:
    house.issue()
    house.issue(ppi=493.6)
    assert (house.book.check(IDENTITY).code, house.may_enroll()) == ("certificate-failed", "certificate-failed")


def test_firmware_profile_and_device_must_be_those_of_the_certificate(house: House) -> None:
    house.issue()
    for change, code in (
        ({"firmware": "2.15"}, "certificate-firmware-changed"),
        ({"profile": "model-60-v3"}, "certificate-profile-changed"),
    ):
        identity = replace(IDENTITY, **change)
        assert house.book.check(identity).code == code
        assert house.may_enroll(identity) == code
    named = replace(IDENTITY, serial="SN-5", profile="grow-r503-v12")
    made = house.issue(identity=named)
    assert made.body.profile_sha256 == profile_hash(load_profile("grow-r503-v12"))
    assert house.may_enroll(named) == ""
    older = replace(named, serial="SN-6")  # calibrated under the same name over another text
    house.plant(replace(body(), device=older, profile_sha256="cd" * 32))
    assert house.book.check(older).code == "certificate-profile-changed"
    assert house.may_enroll(older) == "certificate-profile-changed"
    other = replace(IDENTITY, serial="SN-8")
    assert house.may_enroll(other) == "certificate-missing"
    newest = house.book.newest(IDENTITY)
    assert newest is not None
    signers = {house.keys.signer.key_id: house.keys.signer.public}
    assert check_alone(newest, signers, house.clock.now(), other).code == "certificate-other-device"


def test_each_certificate_names_the_one_before_it(house: House) -> None:
    first, second, third = (house.issue() for _ in range(3))
    assert (first.body.previous, second.body.previous, third.body.previous) == ("", first.id, second.id)
    assert [c.body.number for c in house.book.all_of(IDENTITY)] == [1, 2, 3]
    elsewhere = house.issue(identity=replace(IDENTITY, serial="SN-9"))
    assert elsewhere.body.number == 1
    assert [d.serial for d in house.book.devices()] == ["SN-7", "SN-9"]


def test_a_chain_is_followed_link_by_link(house: House) -> None:
    first, second, third = (house.issue() for _ in range(3))
    signers, now = {house.keys.signer.key_id: house.keys.signer.public}, house.clock.now()

    def signed(**changes: Any) -> Any:
        made = replace(third.body, **changes)
        return write_certificate(
            made, house.keys.signer.public.to_bytes(), [s.to_bytes() for s in house.keys.signer.sign(to_be_signed(made))]
        )

    assert check_certificate([first, second, third], signers, now).code == "certificate-valid"
    other = replace(IDENTITY, serial="SN-8")
    for chain in ([second, third], [third], [first, third], [first, second, signed(previous=first.id)], [first, second, signed(number=4)],
                  [first, second, signed(device=other)], [second, first, third]):  # fmt: skip
        assert check_certificate(chain, signers, now).code == "certificate-chain"


@pytest.mark.parametrize("what", ["newest-gone", "oldest-gone", "all-gone", "swapped", "changed", "old-again", "not-ours"])
def test_files_that_were_touched_are_missed(house: House, what: str) -> None:
    house.issue(ppi=493.6)
    house.issue()
    first, second = house.file(1), house.file(2)
    if what == "newest-gone":
        house.issue(ppi=493.6)  # the newest says "not passed": taking it away must not bring the good one back
        house.file(3).unlink()
    elif what == "oldest-gone":
        first.unlink()
    elif what == "all-gone":
        first.unlink()
        second.unlink()
    elif what == "swapped":
        data = first.read_bytes()
        first.write_bytes(second.read_bytes())
        second.write_bytes(data)
    elif what == "changed":
        second.write_bytes(second.read_bytes().replace(b'"500.800000"', b'"500.900000"'))
    elif what == "old-again":
        second.write_bytes(first.read_bytes())
    else:
        house.file(3).write_bytes(second.read_bytes())
    check = house.book.check(IDENTITY)
    assert not check.verified
    assert check.code in {"newest-gone": {"certificate-not-noted"}, "oldest-gone": {"certificate-not-noted"}, "all-gone": {"certificate-gone"},
                          "changed": {"certificate-digest"}}.get(what, {"certificate-not-noted", "certificate-chain"})  # fmt: skip
    assert house.may_enroll() in ("certificate-unverified", "certificate-failed")
    assert check.code in catalogue()


def test_whose_signature_is_believed(house: House) -> None:
    stranger = SoftwareSigner.generate()
    house.issue(stranger)
    assert (house.book.check(IDENTITY).code, house.may_enroll()) == ("certificate-stranger", "certificate-unverified")
    house.trust.add(Purpose.STATIONS, stranger.public.to_bytes(), source="test", operator="admin")
    assert house.book.check(IDENTITY).code == "certificate-stranger"  # trusted, but for something else
    house.trust.add(Purpose.CALIBRATION, stranger.public.to_bytes(), source="laboratory", operator="admin")
    assert (house.book.check(IDENTITY).code, house.may_enroll()) == ("certificate-valid", "")
    house.trust.revoke(Purpose.CALIBRATION, stranger.key_id, reason="stolen", operator="admin")
    assert house.may_enroll() == "certificate-unverified"


def test_a_technician_signs_and_may_leave_afterwards(house: House) -> None:
    session = house.technician()
    made = house.issue(session.signer, technician=session.operator_id, name=session.name)
    check = house.book.check(IDENTITY)
    assert (check.code, check.signer, made.body.technician_name) == (
        "certificate-valid",
        session.signer.key_id,
        "Vương Đình Khải",
    )
    event = house.journal.last_of_kind(Kind.CALIBRATED)
    assert event is not None
    assert (event.operator, event.body["certificate"], event.body["result"], event.body["signer"]) == (
        "ktv01",
        made.id,
        "passed",
        session.signer.key_id,
    )
    admin = house.operators.sign_in("admin", "hoa-sen-2026", desk="x")
    house.operators.change("ktv01", by=admin, roles=[Role.CLERK])
    house.operators.reset_secret("ktv01", "cay-khe-1990", by=admin)
    assert house.may_enroll() == ""  # what was signed with the right remains signed
    house.issue(session.signer)
    assert house.may_enroll() == "certificate-unverified"  # and without it, not


def test_a_technicians_stolen_key_is_revoked_with_all_it_signed(house: House) -> None:
    session = house.technician()
    house.issue(session.signer)
    assert house.may_enroll() == ""
    house.trust.revoke(Purpose.CALIBRATION, session.signer.key_id, reason="stolen", operator="admin")
    assert (house.book.check(IDENTITY).code, house.may_enroll()) == ("certificate-stranger", "certificate-unverified")


def test_a_clerk_signs_nothing_that_is_believed(house: House) -> None:
    session = house.technician(Role.CLERK)
    house.issue(session.signer)
    assert house.book.check(IDENTITY).code == "certificate-stranger"


def test_unsigned_is_not_a_signature(house: House) -> None:
    made = house.issue(None)
    assert b'"statement":"not a signature"' in made.data
    assert (house.book.check(IDENTITY).code, house.may_enroll()) == ("certificate-unsigned", "certificate-unverified")
    assert "not a signature" in catalogue()["certificate-unsigned"]["en"].lower()


def test_a_clock_that_was_wrong(house: House) -> None:
    house.clock.advance(40 * 86_400)
    house.issue()
    house.clock.jump(house.clock.now() - timedelta(days=40))
    check = house.book.check(IDENTITY)
    assert (check.code, check.verified) == ("certificate-future", False)
    assert house.may_enroll() == "certificate-unverified"


def test_a_corrected_devices_pictures_are_corrected_and_kept_raw(house: House) -> None:
    import numpy as np

    from devices.contract import CapturedImage, RawCapture
    from devices.errors import CaptureRefusedError
    from station.capture.admission import stamped
    from station.capture.storing import make_capture
    from station.capture.verdict import Verdict
    from station.dossier.procedure import load_procedure

    fixed = Corrections(1.0, 1.02, ((5, 7),), (), (100, 80))
    made = house.issue(corrections=fixed)
    admitted = grade(INFO, house.book.facts(IDENTITY), house.clock.now())
    assert (admitted.enrolls, admitted.corrections) == (True, fixed)
    pixels = np.full((100, 80), 200, np.uint8)
    pixels[5, 7] = 0
    raw = RawCapture((CapturedImage(pixels, 8, 500),), IDENTITY, Source.DEVICE)
    taken = stamped(raw, admitted)
    assert taken.identity.certificate == made.id
    assert taken.corrections == ("scale", "dead-pixels")
    assert taken.images[0].pixels.shape == (102, 80)
    assert taken.images[0].pixels.min() == 200
    assert taken.uncorrected[0].pixels is pixels
    assert pixels[5, 7] == 0
    assert stamped(taken, admitted) == taken  # once
    step = load_procedure("test-short").steps[0]
    stored = make_capture(house.journal, step, taken, Verdict((), 0), 1)
    assert stored.corrections == taken.corrections
    assert house.journal.blob(stored.uncorrected[0].blob) == pixels.tobytes()
    assert house.journal.blob(stored.images[0].blob) == taken.images[0].pixels.tobytes()
    for wrong in (pixels[:50], np.stack([pixels] * 3, axis=-1), pixels.astype(np.uint16)):
        with pytest.raises(CaptureRefusedError) as caught:
            stamped(replace(raw, images=(CapturedImage(wrong, 8, 500),)), admitted)
        assert caught.value.reason_code == "correction-misfit"
    plain = house.issue()
    admitted = grade(INFO, house.book.facts(IDENTITY), house.clock.now())
    assert stamped(raw, admitted).images == raw.images
    assert (stamped(raw, admitted).corrections, stamped(raw, admitted).identity.certificate) == ((), plain.id)


def test_a_damaged_chain_is_not_followed_by_a_new_certificate(house: House) -> None:
    house.issue()
    house.file().write_bytes(b"{}")
    with pytest.raises(ValueError, match="certificate"):
        house.issue()
    with pytest.raises(InputError):
        house.issue(identity=replace(IDENTITY, serial="SN\n9"))
    with pytest.raises(InputError):
        house.issue(identity=replace(IDENTITY, serial="SN-9"), conditions=Conditions(note="x" * 500))


def test_read_again_by_another_station_with_the_key_alone(house: House, tmp_path: Path) -> None:
    made = house.issue()
    other = read_certificate(house.file().read_bytes())
    now = house.clock.now()
    assert check_alone(other, {house.keys.signer.key_id: house.keys.signer.public}, now).code == "certificate-valid"
    assert check_alone(other, {}, now).code == "certificate-stranger"
    assert other.id == made.id


def test_the_paper_says_everything_and_the_same_twice(house: House) -> None:
    from io import BytesIO

    from pypdf import PdfReader

    made = house.issue(ppi=493.6, corrections=Corrections(1.0, 1.013))
    check = house.book.check(IDENTITY)
    paper = certificate_paper(made, check)
    assert paper == certificate_paper(made, check)
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(paper)).pages)
    for expected in ("SN-7", "2.14", "model-60-v2", "493,6", "495–505", "chưa đối chiếu", "Không đạt", "1.0130", made.id):
        assert expected in text, expected
    assert "DEMO" not in text
    plain = " ".join(
        p.extract_text() for p in PdfReader(BytesIO(certificate_paper(house.issue(None), house.book.check(IDENTITY)))).pages
    )
    assert "NOT A SIGNATURE" in plain


def test_the_printed_targets_are_found_again(tmp_path: Path) -> None:
    import shutil
    import subprocess

    import cv2

    from devices.calibration.board import board_corners
    from devices.calibration.camera_target import camera_target
    from devices.calibration.edges import find_squares

    paper = camera_targets_paper()
    assert paper == camera_targets_paper()
    if shutil.which("pdftoppm") is None:
        pytest.skip("pdftoppm is not installed here")
    (tmp_path / "t.pdf").write_bytes(paper)
    subprocess.run(
        ["pdftoppm", "-r", "90", "-gray", "-png", str(tmp_path / "t.pdf"), str(tmp_path / "t")], check=True, timeout=60
    )
    pages = [cv2.imread(str(p)) for p in sorted(tmp_path.glob("t-*.png"))]
    assert len(pages) == 3
    per_mm = 90 / 25.4
    for square, (x, y) in zip(sorted(find_squares(pages[0]), key=lambda s: tuple(s.centre.round(-1))),
                              sorted(camera_target("camera-a4").squares), strict=True):  # fmt: skip
        assert square.centre == pytest.approx([x * per_mm, y * per_mm], abs=1.5)
    corners, numbers = board_corners(pages[2], camera_target("camera-a4"))
    assert len(numbers) == 70
    apart = [float(((corners[n + 1] - corners[n]) ** 2).sum() ** 0.5) / per_mm for n in range(9)]
    assert apart == pytest.approx([24] * 9, abs=0.15)
