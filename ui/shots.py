"""The states that `./run screenshots` takes: name → how a person gets there. Grouped by screen, in the order of the interface rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.screenshots import Studio

Reach = Callable[["Studio"], None]


def _home(studio: Studio) -> None:
    studio.go("home")


def _supervisor(studio: Studio) -> None:
    studio.go("supervisor")


def _supervisor_pin(studio: Studio) -> None:
    studio.go("supervisor")
    studio.press("F8")


def _supervisor_ready(studio: Studio) -> None:
    from station.demo_team import demo_pins

    studio.go("supervisor")
    studio.press("F8")
    page = studio.shell.page
    pin = page.pin  # type: ignore[attr-defined]
    pin.secret.edit.setText(demo_pins(studio.shell.station)["truong-ca"])
    studio.press("F12")


def _defects(studio: Studio) -> None:
    studio.go("defects", studio.scenes.refused)


def _hand_over(studio: Studio) -> None:
    studio.go("hand-over", studio.scenes.acknowledged)


def _visit_list(studio: Studio) -> None:
    studio.go("home-visit")


def _visit_person(studio: Studio) -> None:
    studio.go("home-visit")
    studio.press("F12")


def _visit_live(studio: Studio) -> None:
    from ui.screens.home_visit import HomeVisitScreen

    studio.go("home-visit")
    studio.press("F12")
    studio.shell.press("F12")
    page = studio.shell.page
    assert isinstance(page, HomeVisitScreen)
    studio.until(lambda: page.capture.bar.accessibleName())


SHOTS: tuple[tuple[str, Reach], ...] = (
    ("s01-queue", _home),
    ("s10-supervisor", _supervisor),
    ("s10-supervisor-pin", _supervisor_pin),
    ("s10-supervisor-ready", _supervisor_ready),
    ("s12-defects", _defects),
    ("s13-hand-over", _hand_over),
    ("s17-visit-list", _visit_list),
    ("s17-visit-live", _visit_live),
    ("s17-visit-person", _visit_person),
)
