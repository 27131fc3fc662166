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
    studio.begin("F12")
    page = studio.shell.page
    assert isinstance(page, HomeVisitScreen)
    studio.until(page.capture.bar.accessibleName)


def _to(name: str) -> Reach:
    return lambda studio: studio.go(name)


def _settings_invalid(studio: Studio) -> None:
    from ui.screens.settings import SettingsScreen

    studio.go("settings")
    page = studio.shell.page
    assert isinstance(page, SettingsScreen)
    page.groups.setCurrentRow(3)
    page.editors["sound.volume"].set_raw("700")


def _settings_clone(studio: Studio) -> None:
    from ui.screens.settings import SettingsScreen

    studio.go("settings")
    studio.press("F6")
    page = studio.shell.page
    assert isinstance(page, SettingsScreen)
    other = studio.folder / "station-settings.toml"
    other.write_text('"sound.volume" = 30\n"sending.hours" = "18:00-06:00"\n"keep.days" = 365\n', "utf-8")
    page.clone.file.set_text(str(other))
    studio.press("F7")


def _operators_admin(studio: Studio) -> None:
    from station.demo_team import demo_pins
    from ui.screens.operators import OperatorsScreen

    studio.go("operators")
    studio.press("F8")
    page = studio.shell.page
    assert isinstance(page, OperatorsScreen)
    page.admin.secret.edit.setText(demo_pins(studio.shell.station)["quan-tri"])
    studio.press("F12")


def _side(studio: Studio) -> None:
    studio.go("side-by-side", studio.scenes.acknowledged)


def _paper(studio: Studio) -> None:
    studio.go("print-preview", studio.scenes.acknowledged)


def _help(studio: Studio) -> None:
    studio.go("defects")
    studio.press("F1")


def _devices_tested(studio: Studio) -> None:
    studio.go("devices")
    studio.press("F4")


def _calibration(*, until: str) -> Reach:
    """Reach a step of the wizard on a scanner whose rows do not stand 500 to the inch."""

    def reach(studio: Studio) -> None:
        from ui.screens.calibration import CalibrationScreen
        from ui.screens.devices import DevicesScreen

        station = studio.shell.station
        station.settings = station.settings.replaced("devices.scanner", "simulated-scanner flaw=ppi-y")
        studio.go("devices")
        page = studio.shell.page
        assert isinstance(page, DevicesScreen)
        studio.press("F12")
        page_ = studio.shell.page
        assert isinstance(page_, CalibrationScreen)
        for _ in range(60):
            view = page_.view
            if view is not None and not view.busy and view.primary is not None and view.primary.words.code == until:
                break
            if view is not None and view.primary is None:
                break
            studio.press("F12")
            studio.until(lambda: not page_.working and studio.settled())

    return reach


SHOTS: tuple[tuple[str, Reach], ...] = (
    ("s01-queue", _home),
    ("s10-supervisor", _supervisor),
    ("s10-supervisor-pin", _supervisor_pin),
    ("s10-supervisor-ready", _supervisor_ready),
    ("s12-defects", _defects),
    ("s13-hand-over", _hand_over),
    ("s14-campaign", _to("campaign")),
    ("s15-recheck", _to("recheck")),
    ("s16-devices", _to("devices")),
    ("s16-devices-tested", _devices_tested),
    ("s16-calibration-begin", _calibration(until="calibration.next.capture")),
    ("s16-calibration-failed", _calibration(until="calibration.next.to-correct")),
    ("s16-calibration-done", _calibration(until="never")),
    ("s18-settings", _to("settings")),
    ("s18-settings-invalid", _settings_invalid),
    ("s18-settings-clone", _settings_clone),
    ("s18-operators", _to("operators")),
    ("s18-operators-admin", _operators_admin),
    ("x-side-by-side", _side),
    ("x-print-preview", _paper),
    ("x-help", _help),
    ("s17-visit-list", _visit_list),
    ("s17-visit-live", _visit_live),
    ("s17-visit-person", _visit_person),
)

GUIDES = frozenset({"s01-queue", "s10-supervisor-ready", "s12-defects", "s13-hand-over", "s16-calibration-failed", "s16-devices", "s17-visit-person",
                    "s18-settings-clone", "x-help"})  # fmt: skip
"""Pictures that the guides in docs/ show."""
