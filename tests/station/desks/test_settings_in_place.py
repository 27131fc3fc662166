"""Settings by the PIN of one who may change them: the clerk stays signed in, each change stands in the name of who made it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from station.app import Station
from station.demo import open_demo_station
from station.demo_team import demo_pins
from station.desks.settings import SettingsDesk
from station.dossier.kinds import Kind
from station.errors import AccessError
from station.keys import Permission, Role
from station.keys.roles import GRANTS


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    station = open_demo_station(tmp_path)
    yield station
    station.close()


def last_change(station: Station) -> tuple[str, str]:
    event = station.journal.events_of_kind(Kind.SETTING)[-1]
    return str(event.body["name"]), event.operator


def test_a_technician_changes_the_kit_while_the_clerk_stays_signed_in(station: Station) -> None:
    desk, pins = SettingsDesk(station), demo_pins(station)
    assert not desk.may_change("day.target")
    assert desk.may_change("sound.volume")
    assert desk.who == ""
    assert desk.come("ky-thuat", pins["ky-thuat"]) == desk.who == "Vương Đình Khải"
    assert desk.may_change("day.target")
    assert not desk.may_change("keep.days"), "the law's are nobody's"
    assert desk.save({"day.target": "400"}) == 1
    assert last_change(station) == ("day.target", "ky-thuat")
    assert desk.save({"sound.volume": "30"}) == 1
    assert last_change(station) == ("sound.volume", "demo"), "one's own screen is changed in one's own name"
    assert desk.apply(b'"day.hours" = "08:00-12:00"\n') > 0
    assert last_change(station)[1] == "ky-thuat"
    assert station.operator is not None
    assert station.operator.operator_id == "demo"
    desk.go()
    assert (desk.who, desk.may_change("day.target")) == ("", False)
    with pytest.raises(AccessError):
        desk.apply(b'"day.hours" = "08:00-13:00"\n')


def test_a_wrong_pin_or_a_role_without_the_right_opens_nothing(station: Station) -> None:
    desk, pins = SettingsDesk(station), demo_pins(station)
    for operator, pin in (("ky-thuat", "00000000"), ("du-lieu", pins["du-lieu"])):
        with pytest.raises(AccessError):
            desk.come(operator, pin)
        assert not desk.may_change("day.target")


def test_those_who_may_change_settings_are_the_four_that_the_guide_names() -> None:
    may = {role for role, granted in GRANTS.items() if Permission.CHANGE_SETTINGS in granted}
    assert may == {Role.SUPERVISOR, Role.TEAM_LEAD, Role.TECHNICIAN, Role.SECURITY_ADMIN}
