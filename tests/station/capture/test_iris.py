"""Irises where a device is there: taken through a simulated SBI service, kept with the device's own tokens, sealed byte for byte."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from biometrics.positions import Eye
from devices.contract import Source
from devices.simulated.sbi import SbiSimulator
from station.app import Station
from station.clock import ManualClock
from station.dossier.procedure import Modality
from station.enrolling import Enroller
from station.errors import ProcedureError
from station.keys import Argon2Cost, HybridOpener, Role, SoftwareSigner
from station.package import open_package
from station.package.identity import IntakePublic
from station.queue.model import State
from station.sealing import seal_dossier
from tests.devices.sbi.contract_cases import scanner_of
from tests.station.dossier.builders import APPLICANT

NOBODY: Any = None


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    made = Station.open(tmp_path / "s", demo=True, cost=Argon2Cost(1, 64, 1), clock=ManualClock())
    made.operators.add("admin", "Quản trị", [Role.SECURITY_ADMIN], "284751", by=None, must_change=False)
    boss = made.sign_in("admin", "284751", desk="1")
    made.operators.add("lan", "Lan", [Role.CLERK, Role.CAPTURE], "284752", by=boss, must_change=False)
    made.sign_in("lan", "284752", desk="1")
    yield made
    made.close()


@pytest.fixture
def service() -> Iterator[SbiSimulator]:
    sim = SbiSimulator("iris-double")
    sim.start()
    yield sim
    sim.stop()


def iris_only(folder: Path, *, optional: bool) -> str:
    """A site's own procedure: the stages of the law of 2024, and only its irises."""
    text = files("station.dossier").joinpath("procedures", "vn-2024.toml").read_text("utf-8")
    head = (
        text[: text.index("[[capture]]")]
        .replace('id = "vn-2024"', 'id = "iris-only"')
        .replace('order = ["finger", "face", "iris"]\n', "")
    )
    path = folder / "iris.toml"
    path.write_text(f'{head}[[capture]]\nid = "iris-both"\nmodality = "iris"\noptional = {str(optional).lower()}\n', "utf-8")
    return str(path)


def test_both_irises_reach_the_package_with_the_devices_own_tokens(
    station: Station, service: SbiSimulator, tmp_path: Path
) -> None:
    dossier = station.book.open_dossier(iris_only(tmp_path, optional=False), applicant=APPLICANT)
    station.book.look_up(dossier, "a", dict(APPLICANT), source="test")
    device = scanner_of(service, margin_s=5.0)
    lines: list[Any] = []
    Enroller(
        station, NOBODY, NOBODY, finger_judge=NOBODY, portrait_judge=NOBODY, iris=device, on_capture=lines.append
    ).capture_all(dossier)
    device.close()
    accepted = station.book.state(dossier).captures["iris-both"].accepted
    assert accepted is not None
    assert [i.position for i in accepted.capture.images] == [int(Eye.RIGHT), int(Eye.LEFT)]
    assert (accepted.capture.source, len(accepted.capture.signed)) == (Source.SIMULATED, 2)
    assert all(q.provisional and q.score == 80 for q in accepted.capture.quality)
    assert [(line.step, line.score) for line in lines] == [("iris-both", 80.0)]

    enroller = Enroller(station, NOBODY, NOBODY, finger_judge=NOBODY, portrait_judge=NOBODY)
    enroller.review_and_sign(dossier)
    centre, opener = SoftwareSigner.generate(), HybridOpener.generate()
    station.pin_intake(IntakePublic("centre", centre.public, opener.public))
    entry = seal_dossier(station, dossier)
    assert entry.state is State.SEALED
    assert station.operator is not None
    operator = station.operator.signer.public
    opened = open_package(station.queue.read(entry), opener, find_station=lambda _: station.keys.signer.public,
                          find_operator=lambda _: operator)  # fmt: skip
    for number, sha in enumerate(accepted.capture.signed):
        token = opened.part(f"iris-both-signed-{number}")
        assert token == station.journal.blob(sha)
        assert token.count(b".") == 2  # a JWS as the device made it
    (note,) = opened.manifest.captures
    assert (note.capture.device.adapter, note.capture.modality) == ("sbi", "iris")


def test_an_optional_iris_is_passed_over_wherever_it_stands_and_a_demanded_one_is_not(station: Station, tmp_path: Path) -> None:
    enroller = Enroller(station, NOBODY, NOBODY, finger_judge=NOBODY, portrait_judge=NOBODY)
    optional = station.book.open_dossier(iris_only(tmp_path, optional=True), applicant=APPLICANT)
    enroller.capture_all(optional)
    assert station.book.state(optional).captures_complete
    wanted = station.book.open_dossier(iris_only(tmp_path, optional=False), applicant=APPLICANT)
    with pytest.raises(ProcedureError) as none:
        enroller.capture_all(wanted)
    assert none.value.reason_code == "no-iris-device"


def test_order_and_what_no_device_takes_stand_in_the_opening_event(station: Station) -> None:
    order = (Modality.FACE, Modality.IRIS, Modality.FINGER)
    dossier = station.book.open_dossier("vn-2024", applicant=APPLICANT, order=order)
    assert [s.modality for s in station.book.state(dossier).procedure.steps][:3] == [
        Modality.FACE,
        Modality.IRIS,
        Modality.FINGER,
    ]
    without = station.book.open_dossier("vn-2024", applicant=APPLICANT, order=order, without=(Modality.IRIS,))
    steps = station.book.state(without).procedure.steps
    assert [s.modality for s in steps] == [Modality.FACE] + [Modality.FINGER] * 13
    with pytest.raises(ProcedureError):
        station.book.open_dossier("vn-2024", applicant=APPLICANT, order=(Modality.FACE,))


def test_the_sites_order_is_a_setting(station: Station) -> None:
    station.save_settings(station.settings.replaced("procedure.order", "face, finger, iris"))
    order, without = station.steps_here(iris=False)
    dossier = station.book.open_dossier("vn-2024", applicant=APPLICANT, order=order, without=without)
    assert station.book.state(dossier).procedure.steps[0].modality is Modality.FACE
    for bad in ("face", "face,finger,iris,iris", "moon,finger,iris"):
        station.settings = station.settings.replaced("procedure.order", bad)
        assert station.steps_here(iris=True) == ((), ())
