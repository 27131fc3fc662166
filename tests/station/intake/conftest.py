"""Fixtures: a demo intake and an enrolled station."""

from __future__ import annotations

import pytest

from tests.station.intake.harness import RunningIntake, Station


@pytest.fixture
def intake(tmp_path):
    running = RunningIntake(tmp_path / "intake")
    yield running
    running.close()


@pytest.fixture
def station(tmp_path, intake):
    made = Station(tmp_path / "station")
    made.enroll(intake.url, intake.code())
    yield made
    made.close()
