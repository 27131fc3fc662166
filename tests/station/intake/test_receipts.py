"""From queue to receipt against a real server: stored once, same receipt, refusals with reasons, nobody believed unproven."""

from __future__ import annotations

import dataclasses

import httpx
import pytest

from devices.contract import Source
from station.errors import InputError
from station.keys import HybridSealer, SoftwareSigner
from station.package import PackageFormatError, PackageKind, SignatureError, open_package, seal_package
from station.package.identity import RECEIPT_PURPOSE, answer_body, read_answer
from station.package.signed import sign_message
from station.queue import State
from tests.station.intake.harness import TRIAL, RunningIntake, Station
from tests.station.package.builders import START, content


def test_a_package_gets_its_receipt_and_arrives_byte_for_byte(intake, station) -> None:
    what = content(4, station=station.id, sizes=(70_000, 5, 300_000))
    sealed = seal_package(what, station=station.keys.signer, operator=station.operator, recipients=[station.intake.recipient],
                          sealer=HybridSealer())  # fmt: skip
    station.queue.put(sealed)
    station.uploader(station_url := intake.url).drain()
    entry = station.queue.get(sealed.package_id)
    assert entry.state is State.ACKNOWLEDGED
    assert [h.what for h in station.queue.history(sealed.package_id)] == ["sealed", "sent", "acknowledged"]
    stored = intake.intake.files.read(f"packages/{sealed.package_id[:2]}/{sealed.package_id}.pkg", 10**7)
    opened = open_package(
        stored, intake.intake._opener, find_station=station.find, find_operator=lambda _: station.operator.public
    )
    for capture in what.captures:
        for part in capture.parts:
            assert opened.part(part.name) == part.data
    page = httpx.get(f"{station_url}/receipt", params={"number": entry.receipt_number})
    assert page.status_code == 200
    assert station.id in page.text


def test_the_same_package_twice_is_one_row_and_one_receipt(intake, station) -> None:
    sealed = station.seal()
    station.queue.put(sealed)
    station.uploader(intake.url).drain()
    first = station.queue.receipt(sealed.package_id).raw
    again = intake.intake.accept(sealed.data, via="stick")
    assert (again.answer, again.new) == (first, False)
    assert intake.intake.store.totals()["accepted"] == 1
    other = Station(station.files.root.parent / "copy")
    other.keys, other.operator, other.id = station.keys, station.operator, station.id
    other.queue.intake = other.intake = station.intake
    other._sequence = 9
    other.queue._find = other.find
    other.queue.put(sealed)
    other.uploader(intake.url).drain()
    assert other.queue.receipt(sealed.package_id).raw == first
    assert intake.intake.store.totals()["accepted"] == 1
    other.close()


def test_a_demo_intake_marks_simulated_captures(intake, station) -> None:
    sealed = station.seal(source=Source.SIMULATED, demo=True)
    station.queue.put(sealed)
    station.uploader(intake.url).drain()
    assert station.queue.receipt(sealed.package_id).demo
    number = station.queue.get(sealed.package_id).receipt_number
    assert "DEMO" in httpx.get(f"{intake.url}/receipt?number={number}").text


@pytest.mark.parametrize(("change", "reason"), [
    ({"source": Source.SIMULATED}, "source-refused"), ({"source": Source.FILE}, "source-refused"), ({"demo": True}, "demo-refused"),
    ({"kind": PackageKind.DRAFT}, "draft-refused"), ({"sizes": ()}, "captures-missing"),
])  # fmt: skip
def test_a_production_intake_refuses_with_its_reason(tmp_path, change, reason) -> None:
    running = RunningIntake(
        tmp_path / "intake", dataclasses.replace(TRIAL, production=True, name="centre"), passphrase="correct horse"
    )
    station = Station(tmp_path / "station")
    try:
        station.enroll(running.url, running.code())
        sealed = station.seal(**change)
        station.queue.put(sealed)
        station.uploader(running.url).drain()
        entry = station.queue.get(sealed.package_id)
        assert (entry.state, entry.reasons) == (State.REFUSED, (reason,))
        assert station.queue.read(entry) == sealed.data  # nothing is lost: it waits for a person
        assert running.intake.store.totals()["accepted"] == 0
    finally:
        running.close()
        station.close()


def test_a_production_intake_does_not_start_without_a_passphrase(tmp_path) -> None:
    with pytest.raises(InputError):
        RunningIntake(tmp_path / "intake", dataclasses.replace(TRIAL, production=True))


def test_an_operator_who_is_not_approved_or_is_revoked_is_refused(intake, station, tmp_path) -> None:
    stranger = station.operator
    station.operator = SoftwareSigner.generate()
    unknown = station.seal(1)
    station.operator = stranger
    fine = station.seal(2)
    station.queue.put(unknown)
    station.queue.put(fine)
    station.uploader(intake.url).drain()
    assert station.queue.get(unknown.package_id).reasons == ("signer-unknown",)
    assert station.queue.get(fine.package_id).state is State.ACKNOWLEDGED
    intake.intake.store.set_operator("op-1", "revoked")
    late = station.seal(3)
    station.queue.put(late)
    station.uploader(intake.url).drain()
    assert station.queue.get(late.package_id).reasons == ("operator-revoked",)


def test_a_revoked_station_is_told_to_enroll_and_keeps_its_packages(intake, station) -> None:
    intake.intake.store.set_station(station.id, "revoked")
    sealed = station.seal()
    station.queue.put(sealed)
    uploader = station.uploader(intake.url)
    uploader.drain()
    assert uploader.status().error == "not-enrolled"
    assert station.queue.get(sealed.package_id).state is State.SEALED
    assert not intake.intake.accept(sealed.data, via="stick").accepted  # the stick is no way round
    assert intake.intake.accept(sealed.data, via="stick").reasons == ("station-revoked",)


def test_a_rotated_key_signs_on_and_old_packages_stay_good(intake, station) -> None:
    from station.queue.joining import rotate

    old = station.seal(1)
    old_signer = station.keys.signer
    new = SoftwareSigner.generate()
    rotate(intake.url, new, station=station.id, signer=old_signer, intake=station.intake)
    assert intake.intake.accept(old.data, via="stick").accepted
    assert intake.intake.station_by_key(old_signer.key_id) is None  # the old key signs in no more
    assert intake.intake.station_by_key(new.key_id).owner == station.id


def test_a_strangers_receipt_is_not_believed(intake, station, tmp_path) -> None:
    sealed = station.seal()
    station.queue.put(sealed)
    body = answer_body(package_id=sealed.package_id, manifest_sha256=sealed.manifest_sha256, accepted=True, reasons=(),
                       number="00", intake=station.intake.name, at=START, station=station.id, demo=False)  # fmt: skip
    forged = sign_message(SoftwareSigner.generate(), RECEIPT_PURPOSE, body)
    with pytest.raises(SignatureError):
        station.queue.answer(sealed.package_id, forged, "stick")
    other_purpose = intake.intake.sign("notice", dict(body))
    with pytest.raises(PackageFormatError):
        station.queue.answer(sealed.package_id, other_purpose, "stick")
    other = station.seal(2)
    theirs = intake.intake.accept(other.data, via="stick").answer
    with pytest.raises(PackageFormatError) as caught:
        station.queue.answer(sealed.package_id, theirs, "stick")
    assert caught.value.reason_code == "receipt-other"
    assert station.queue.get(sealed.package_id).state is State.SEALED
    assert len(station.queue.history(sealed.package_id)) == 1


def test_every_byte_of_a_receipt_is_guarded(intake, station) -> None:
    sealed = station.seal()
    answer = intake.intake.accept(sealed.data, via="stick").answer
    read_answer(answer, station.intake, manifest_sha256=sealed.manifest_sha256)
    for at in range(0, len(answer), 7):
        bad = bytearray(answer)
        bad[at] ^= 1
        with pytest.raises((PackageFormatError, SignatureError)):
            read_answer(bytes(bad), station.intake, manifest_sha256=sealed.manifest_sha256)


def test_a_package_sealed_to_another_intake_is_refused(intake, station, tmp_path) -> None:
    from station.keys import HybridOpener

    what = content(1, station=station.id)
    wrong = seal_package(what, station=station.keys.signer, operator=station.operator, recipients=[HybridOpener.generate().public],
                         sealer=HybridSealer())  # fmt: skip
    station.queue.put(wrong)
    station.uploader(intake.url).drain()
    assert station.queue.get(wrong.package_id).reasons == ("package-recipient",)


def test_a_damaged_file_is_held_and_never_sent(intake, station) -> None:
    sealed = station.seal()
    station.queue.put(sealed)
    path = station.files.root / "queue" / "packages" / f"{sealed.package_id}.pkg"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    uploader = station.uploader(intake.url)
    uploader.drain()
    entry = station.queue.get(sealed.package_id)
    assert (entry.state, entry.reasons) == (State.HELD, ("file-damaged",))
    assert len(list((intake.folder / "uploads").glob("*.bin"))) == 0


def test_altered_bytes_that_are_announced_as_such_are_refused_with_the_reason(intake, station) -> None:
    """A rogue station (or a fault before hashing) brings bytes that were changed after sealing."""
    import hashlib

    sealed = station.seal()
    bad = bytearray(sealed.data)
    bad[len(bad) // 2] ^= 1
    altered = dataclasses.replace(sealed, data=bytes(bad), sha256=hashlib.sha256(bad).hexdigest())
    station.queue._check_file = lambda name, sha: None
    station.queue.put(altered)
    station.uploader(intake.url).drain()
    assert station.queue.get(sealed.package_id).reasons == ("package-signature",)
    station.queue.release(sealed.package_id)
    assert intake.intake.accept(sealed.data, via="stick").accepted  # the true one is not barred by the false one
