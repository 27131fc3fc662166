"""Who gets in: one-time codes, sign-in by challenge, and nobody else."""

from __future__ import annotations

import dataclasses

import httpx
import pytest

from station.carriers import CarrierError
from station.errors import AccessError, InputError
from station.intake.enrollment import new_code
from station.keys import SoftwareSigner
from station.package import cbor
from station.package.signed import sign_message
from station.queue.joining import ENROLL_PURPOSE, code_key, join, mac
from tests.station.intake.harness import Station


def test_a_code_lets_one_station_in_and_may_be_repeated_by_it(intake, tmp_path) -> None:
    first, second = Station(tmp_path / "a"), Station(tmp_path / "b")
    code = intake.code()
    pinned = first.enroll(intake.url, code.lower().replace("-", " "))
    assert first.enroll(intake.url, code) == pinned  # the first answer may have been lost
    with pytest.raises(AccessError) as caught:
        second.enroll(intake.url, code)
    assert caught.value.reason_code == "join-refused"
    first.close()
    second.close()


def test_a_wrong_code_is_worth_five_tries(intake, tmp_path) -> None:
    station = Station(tmp_path / "a")
    code = intake.code()
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    for _ in range(5):
        with pytest.raises(AccessError):
            station.enroll(intake.url, wrong)
    with pytest.raises(AccessError):
        station.enroll(intake.url, code)
    station.close()


def test_an_old_code_is_refused(intake, tmp_path) -> None:
    station = Station(tmp_path / "a")
    intake.intake.settings = dataclasses.replace(intake.intake.settings, code_expires_s=-1)
    with pytest.raises(AccessError):
        station.enroll(intake.url, intake.code())
    station.close()


@pytest.mark.parametrize("code", ["", "ABC", "ABCDE-FGHJK-MNPQR-STUVW", "ẶBCDE-FGHJK-MNPQR-STUVW-XYZ23", "A" * 26])
def test_a_mistyped_code_is_said_before_anything_is_sent(code) -> None:
    with pytest.raises(InputError):
        join("http://127.0.0.1:1", code, station="0" * 16, signer=SoftwareSigner.generate())


def test_a_station_cannot_take_anothers_name(intake, station, tmp_path) -> None:
    thief = SoftwareSigner.generate()
    for name in (station.id, "0123456789abcdef"):
        with pytest.raises(AccessError):
            join(intake.url, intake.code(), station=name, signer=thief)
    assert intake.intake.station_by_key(station.keys.signer.key_id) is not None


def test_an_intake_that_does_not_know_the_code_is_not_pinned(intake, tmp_path) -> None:
    """A rogue intake relays nothing: it has no key for the code, so it cannot prove itself."""
    station = Station(tmp_path / "a")
    code = intake.code()
    message_key = code_key(code)
    import station.intake.enrollment as room

    saved = room.mac
    room.mac = lambda key, side, data: saved(message_key, side, data) if side == b"station" else saved(b"guess" * 8, side, data)
    try:
        with pytest.raises(AccessError) as caught:
            station.enroll(intake.url, code)
    finally:
        room.mac = saved
    assert caught.value.reason_code == "join-rogue"
    assert station.queue.intake is None
    station.close()


def test_a_challenge_is_good_once_and_for_this_intake(intake, station) -> None:
    def challenge() -> str:
        return httpx.get(intake.url + "/v1/challenge").json()["challenge"]

    def sign_in(text: str, *, signer=None, name=None, who=None) -> int:
        body = sign_message(signer or station.keys.signer, "session",
                            {"challenge": text, "station": who or station.id, "intake": name or station.intake.name})  # fmt: skip
        return httpx.post(intake.url + "/v1/session", content=body).status_code

    text = challenge()
    assert sign_in(text) == 200
    assert sign_in(text) == 403  # replay
    assert sign_in("made up") == 403
    assert sign_in(challenge(), name="another intake") == 403
    assert sign_in(challenge(), who="0123456789abcdef") == 403
    assert sign_in(challenge(), signer=SoftwareSigner.generate()) == 403
    assert sign_in(challenge(), signer=station.operator) == 403  # an operator's key is not a station's


def test_an_unenrolled_station_is_told_so(intake, tmp_path) -> None:
    station = Station(tmp_path / "a")
    station.intake = intake.intake.public
    with pytest.raises(CarrierError) as caught:
        station.carrier(intake.url).session.renew()
    assert caught.value.reason_code == "not-enrolled"
    station.close()


def test_a_station_names_only_with_its_own_key(intake, station) -> None:
    from station.queue.joining import OPERATORS_PURPOSE

    token = station.carrier(intake.url).session.headers()
    stranger = SoftwareSigner.generate()
    body = sign_message(stranger, OPERATORS_PURPOSE, {"operators": [["boss", stranger.public.to_bytes()]]})
    assert httpx.post(intake.url + "/v1/operators", content=body, headers=token).status_code == 400
    assert all(o.owner != "boss" for o in intake.intake.store.operators())


def test_a_request_signed_for_another_purpose_is_not_an_enrolment(intake) -> None:
    code, signer = new_code(intake.intake), SoftwareSigner.generate()
    message = sign_message(signer, "session", {"station": signer.key_id[:16], "signer": signer.public.to_bytes()})
    body = cbor.encode([code[:5], message, mac(code_key(code), b"station", message)])
    assert httpx.post(intake.url + "/v1/enroll", content=body).status_code == 400
    assert ENROLL_PURPOSE != "session"
