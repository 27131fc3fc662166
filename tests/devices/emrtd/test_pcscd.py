"""Through the unmodified pcscd: whole readings, the fault table, pulled cards, restarted services, two readers, hot-plug."""

from __future__ import annotations

import json

import pytest

from tests.conftest import need_peer
from tests.devices.emrtd import pcscd

pytestmark = pytest.mark.peer


@pytest.fixture(autouse=True)
def peer() -> None:
    missing = pcscd.available()
    need_peer(missing or "pcscd", not missing)


def run(scenario: str, *arguments: str, timeout_s: float = 120):
    done = pcscd.run_inside(scenario, *arguments, timeout_s=timeout_s)
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout)


@pytest.mark.parametrize("scenario", ["pace-and-everything", "bac", "two-readers", "hot-plug", "absent-service-and-empty-reader"])
def test_scenario(scenario: str):
    run(scenario)


def test_every_fault_case_gives_the_same_verdict_as_without_pcscd():
    assert run("faults") >= 40


def test_cards_pulled_at_random():
    assert sum(run("pulls", "10").values()) == 10


def test_service_restarted_in_mid_reading():
    assert sum(run("restarts", "5").values()) == 5


@pytest.mark.all
def test_thirty_pulls_and_twenty_restarts():
    assert sum(run("pulls", "30", timeout_s=300).values()) == 30
    assert sum(run("restarts", "20", timeout_s=300).values()) == 20


def test_the_virtual_reader_refuses_outside_a_private_namespace(monkeypatch: pytest.MonkeyPatch):
    import socket

    from devices.errors import CaptureRefusedError
    from devices.simulated.card import Chip
    from devices.simulated.card_issue import personalise
    from devices.simulated.card_vpcd import VpcdCard

    monkeypatch.setattr(socket, "if_nameindex", lambda: [(1, "lo"), (2, "eth0")])
    with pytest.raises(CaptureRefusedError):
        VpcdCard(Chip(personalise()))
