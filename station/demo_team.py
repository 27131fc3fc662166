"""The demo's other people: supervisor, data officer, technician, security admin, each with an account and a PIN of their own."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from station.app import Station
from station.errors import InputError
from station.keys import OperatorSession, Role
from station.keys.operators import check_secret


@dataclass(frozen=True, slots=True)
class TeamMember:
    """One more account of the demo."""

    operator: str
    name: str
    roles: tuple[str, ...]


TEAM: Final = (
    TeamMember("truong-ca", "Lý Hoàng Yến", ("supervisor",)),
    TeamMember("du-lieu", "Bùi Văn Lập", ("data-officer",)),
    TeamMember("ky-thuat", "Vương Đình Khải", ("technician",)),
    TeamMember("quan-tri", "Đặng Thu Phương", ("security-admin",)),
)


def pin_file(operator: str) -> str:
    """Return where a demo account's PIN lies (in the demo's own folder; a demo protects nobody's data)."""
    return f"demo/{operator}.pin"


def demo_pins(station: Station) -> dict[str, str]:
    """Return operator → PIN of the demo's team, empty for a real station: shown as a hint beside the PIN field."""
    if not station.demo:
        return {}
    return {
        m.operator: station.files.read(pin_file(m.operator), 100).decode()
        for m in TEAM
        if station.files.size(pin_file(m.operator))
    }


def demo_pin_of(station: Station, operator: str) -> str:
    """Return the PIN of one of a demo's accounts, "" for a real station: shown as a hint beside the PIN field."""
    known = station.demo and station.files.size(pin_file("operator" if operator == "demo" else operator)) is not None
    return station.files.read(pin_file("operator" if operator == "demo" else operator), 100).decode() if known else ""


def new_pin(digits: int = 8) -> str:
    """Draw a PIN that the accounts accept."""
    while True:
        pin = "".join(secrets.choice("0123456789") for _ in range(digits))
        try:
            check_secret(pin)
        except InputError:  # one digit over and over, or a row of them: drawn again
            continue
        return pin


def add_team(station: Station, admin: OperatorSession) -> None:
    """Add those of the team who have no account yet."""
    known = station.operators.accounts()
    for member in TEAM:
        if member.operator not in known:
            pin = new_pin()
            station.files.write(pin_file(member.operator), pin.encode())
            station.operators.add(member.operator, member.name, [Role(r) for r in member.roles], pin, by=admin, must_change=False)
