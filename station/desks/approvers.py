"""Who may act as a second person at this station, and, in a demo only, with which PIN."""

from __future__ import annotations

from station.app import Station
from station.demo_team import demo_pins
from station.keys import Permission
from station.keys.roles import may

People = tuple[list[tuple[str, str]], dict[str, str]]


def approvers(station: Station, permission: Permission = Permission.APPROVE) -> People:
    """Return ([(operator, name)], demo PINs) of the active accounts with `permission`, the signed-in operator left out."""
    me = station.session.operator
    people = [(a.operator_id, a.name) for a in station.operators.accounts().values()
              if a.active and a.operator_id != me and may(a.roles, permission)]  # fmt: skip
    pins = demo_pins(station)
    return sorted(people, key=lambda p: (p[0] not in pins, p[1])), pins
