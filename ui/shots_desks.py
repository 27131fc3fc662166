"""States of the desks beside the clerk's path, in the order of the interface rules' table: empty, live, success, error, offline."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from station.demo_team import demo_pins
from station.views.home import HomeRow

if TYPE_CHECKING:
    from ui.screenshots import Studio

Reach = Callable[["Studio"], None]
Shots = tuple[tuple[str, Reach], ...]


def to(name: str) -> Reach:
    """Return a way that only goes to a screen."""
    return lambda studio: studio.go(name)


def sign(studio: Studio, operator: str, key: str = "F8") -> None:
    """Let a second person sign in the panel that `key` opens."""
    from ui.widgets.entry import PinPanel

    studio.press(key)
    panel = next(p for p in studio.shell.page.findChildren(PinPanel) if p.isVisible())
    panel.secret.edit.setText(demo_pins(studio.shell.station)[operator])
    studio.press("F12")


# --- S10 ---------------------------------------------------------------------------------------------------------------------


def _supervisor_pin(studio: Studio) -> None:
    studio.go("supervisor")
    studio.press("F8")


def _supervisor_wrong_pin(studio: Studio) -> None:
    from ui.screens.supervisor import SupervisorScreen

    studio.go("supervisor")
    studio.press("F8")
    page = studio.page(SupervisorScreen)
    page.pin.secret.edit.setText("000000")
    studio.press("F12")


def _supervisor_ready(studio: Studio) -> None:
    studio.go("supervisor")
    sign(studio, "truong-ca")


def _supervisor_return(studio: Studio) -> None:
    _supervisor_ready(studio)
    studio.press("F4")


def _supervisor_approved(studio: Studio) -> None:
    _supervisor_ready(studio)
    studio.press("F12")


def _supervisor_done(studio: Studio) -> None:
    """Approve until nothing waits: then F12 means the queue, and is not pressed."""
    from ui.screens.supervisor import SupervisorScreen

    page = studio.page(SupervisorScreen)
    for _ in range(8):
        if page.view is not None and not page.view.rows:
            break
        studio.press("F12")


# --- S12 ---------------------------------------------------------------------------------------------------------------------


def _defects(studio: Studio) -> None:
    studio.go("defects", studio.scenes.refused)


def _defects_proof_missing(studio: Studio) -> None:
    from ui.screens.defects import DefectsScreen

    _defects(studio)
    page = studio.page(DefectsScreen)
    page.value.edit.setText("Xã Mẫu Thượng, Tỉnh Ví Dụ")
    studio.press("F12")


def _defects_corrected(studio: Studio) -> None:
    from ui.screens.defects import DefectsScreen

    _defects(studio)
    page = studio.page(DefectsScreen)
    page.value.edit.setText("Xã Mẫu Thượng, Tỉnh Ví Dụ")
    studio.press("F6")
    studio.press("F12")


def _defects_approved(studio: Studio) -> None:
    _defects(studio)
    sign(studio, "truong-ca")


def _defects_sent(studio: Studio) -> None:
    _defects(studio)
    studio.press("F12")


# --- S13 ---------------------------------------------------------------------------------------------------------------------


def _hand_over(studio: Studio) -> None:
    studio.go("hand-over", studio.scenes.acknowledged)


def _hand_over_unknown(studio: Studio) -> None:
    studio.go("hand-over")
    studio.shell.page.scanned("088123456")
    studio.until(studio.settled)


def _hand_over_compared(studio: Studio) -> None:
    _hand_over(studio)
    studio.press("F12")
    studio.press("F12")


def _hand_over_done(studio: Studio) -> None:
    _hand_over_compared(studio)
    studio.press("F12")


def _hand_over_not_home(studio: Studio) -> None:
    studio.go("hand-over", studio.scenes.exceptions)
    studio.press("F6")


def _hand_over_away(studio: Studio) -> None:
    """Where the card lies, how often was called, when next."""
    studio.press("1")
    studio.until(studio.settled)


# --- S16 ---------------------------------------------------------------------------------------------------------------------


def _devices_error(studio: Studio) -> None:
    station = studio.shell.station
    kept = station.settings
    station.settings = kept.replaced("devices.document_reader", "barcode-serial port=/dev/not-there")
    studio.go("devices")
    station.settings = kept


def _devices_tested(studio: Studio) -> None:
    studio.go("devices")
    studio.press("F4")


def _scanner_test(studio: Studio) -> None:
    """A typing tool changed what the scanner sent."""
    from ui.screens.devices import DevicesScreen

    studio.go("devices")
    studio.until(studio.settled)
    studio.press("F2")
    page = studio.shell.page
    assert isinstance(page, DevicesScreen)
    page.scanned("âđôư12e6")


def _calibration(*, until: str) -> Reach:
    """Reach a step of the wizard on a scanner whose rows do not stand 500 to the inch."""

    def reach(studio: Studio) -> None:
        from ui.screens.calibration import CalibrationScreen

        if not isinstance(studio.shell.page, CalibrationScreen):  # a run goes on from the state that was taken before
            station = studio.shell.station
            station.settings = station.settings.replaced("devices.scanner", "simulated-scanner flaw=ppi-y")
            studio.go("devices")
            studio.press("F12")
        page = studio.page(CalibrationScreen)
        for _ in range(60):
            view = page.view
            code = view.primary.words.code if view is not None and view.primary is not None else "none"
            if code in (until, "none"):
                break
            if code == "calibration.next.sign":
                sign(studio, "ky-thuat")
            studio.press("F12")
            studio.until(lambda: not page.working and studio.settled())

    return reach


# --- S17 ---------------------------------------------------------------------------------------------------------------------


def _visit_live(studio: Studio) -> None:
    from ui.screens.home_visit import HomeVisitScreen

    studio.go("home-visit")
    studio.press("F12")
    studio.begin("F12")
    page = studio.page(HomeVisitScreen)
    studio.until(page.capture.bar.accessibleName)


def _visit_exception(studio: Studio) -> None:

    studio.go("home-visit")
    studio.press("F12")
    studio.press("F7")


def _visit_partly(studio: Studio) -> None:
    from biometrics.positions import FingerPosition
    from station.dossier.parts import ExceptionKind, Permanence
    from ui.screens.home_visit import HomeVisitScreen

    studio.go("home-visit")
    page = studio.page(HomeVisitScreen)
    page.rows.setCurrentRow(_first_open(page.view.home.rows if page.view else ()))
    studio.press("F12")
    counter, dossier = studio.shell.counter, page.dossier
    assert counter is not None, "opened before"
    studio.shell.jobs.submit(
        lambda: counter.station.book.declare_exception(
            dossier, FingerPosition.RIGHT_INDEX, ExceptionKind.STIFF, Permanence.LASTING
        )
    )
    studio.until(studio.settled)
    studio.press("F9")
    studio.press("F12")


def _first_open(rows: tuple[HomeRow, ...]) -> int:
    return next((i for i, r in enumerate(rows) if not r.done and not r.dossier), 0)


def _visit_low_battery(studio: Studio) -> None:
    from station.desks.visits import VisitDesk
    from ui.screens.home_visit import HomeVisitScreen

    power = studio.folder / "power" / "BAT0"
    power.mkdir(parents=True, exist_ok=True)
    for name, text in (("capacity", "6"), ("status", "Discharging"), ("energy_now", "3000"), ("power_now", "9000")):
        (power / name).write_text(text, "ascii")
    studio.go("home-visit")
    page = studio.page(HomeVisitScreen)
    kept = page.desk
    page.desk = VisitDesk(studio.shell.station, "test-short", power.parent)
    studio.go("home-visit")
    studio.press("F12")
    page.beat.stop()  # nothing is asked anew of the kept desk while this is taken
    page.desk = kept


# --- S18 ---------------------------------------------------------------------------------------------------------------------


def _settings_invalid(studio: Studio) -> None:
    from ui.screens.settings import SettingsScreen

    studio.go("settings")
    page = studio.page(SettingsScreen)
    page.groups.setCurrentRow(4)
    page.editors["sound.volume"].set_raw("700")
    page.editors["sound.volume"].changed.emit("sound.volume")


def _settings_keys(studio: Studio) -> None:
    from ui.screens.settings import SettingsScreen

    studio.go("settings")
    page = studio.page(SettingsScreen)
    page.groups.setCurrentRow(page.groups.count() - 1)


def _settings_hours(studio: Studio) -> None:
    """The day's hours are written wrong: said at the field; F12 goes there."""
    from ui.screens.settings import SettingsScreen

    studio.go("settings")
    page = studio.page(SettingsScreen)
    page.groups.setCurrentRow(8)
    page.editors["day.hours"].set_raw("sáng tới tối")
    page.editors["day.hours"].changed.emit("day.hours")
    studio.until(studio.settled)


def _settings_here(studio: Studio) -> None:
    """A technician signs in place: the clerk stays signed in."""
    studio.go("settings")
    studio.press("F8")


def _settings_bindings(studio: Studio) -> None:
    """The group of the keys, as a clerk sees it."""
    from ui.screens.settings import SettingsScreen

    studio.go("settings")
    page = studio.page(SettingsScreen)
    page.groups.setCurrentRow(3)


def _bindings_asked(studio: Studio) -> None:
    """Somebody who may change keys signed in place; the new key of "next" is awaited."""
    from ui.screens.settings import SettingsScreen

    _settings_bindings(studio)
    studio.press("F8")
    pin = studio.page(SettingsScreen).pin
    pin.secret.edit.setText(demo_pins(studio.shell.station)[pin.who])
    studio.press("F12")
    studio.press("F6")


def _bindings_taken(studio: Studio) -> None:
    """It is another action's: said, and a swap is offered."""
    _bindings_asked(studio)
    studio.shell.keys.answer("F5")


def _bindings_swapped(studio: Studio) -> None:
    _bindings_taken(studio)
    studio.press("F12")


def _settings_saved(studio: Studio) -> None:
    from ui.screens.settings import SettingsScreen

    studio.go("settings")
    page = studio.page(SettingsScreen)
    page.groups.setCurrentRow(4)
    page.editors["sound.volume"].set_raw("40")
    studio.press("F12")


def _settings_nothing(studio: Studio) -> None:
    from ui.screens.settings import SettingsScreen

    studio.go("settings")
    page = studio.page(SettingsScreen)
    page.search.edit.setText("không có mục này")
    page.search.committed.emit()
    studio.until(studio.settled)
    page.search.edit.clear()


def _settings_clone(studio: Studio) -> None:
    from ui.screens.settings import SettingsScreen

    studio.go("settings")
    studio.press("F6")
    page = studio.page(SettingsScreen)
    other = studio.folder / "station-settings.toml"
    other.write_text('"sound.volume" = 30\n"sending.hours" = "18:00-06:00"\n"keep.days" = 365\n', "utf-8")
    page.clone.file.set_text(str(other))
    studio.press("F7")


def _operators_admin(studio: Studio) -> None:
    studio.go("operators")
    sign(studio, "quan-tri")


def _operators_add(studio: Studio) -> None:
    _operators_admin(studio)
    studio.press("F2")


# --- help and pictures -------------------------------------------------------------------------------------------------------


def _help(studio: Studio) -> None:
    studio.go("defects")
    studio.press("F1")


def _help_message(studio: Studio) -> None:
    _defects_proof_missing(studio)
    studio.press("F1")


def _help_search(studio: Studio) -> None:
    from ui.screens.help import HelpScreen

    _help(studio)
    page = studio.page(HelpScreen)
    page.search.edit.setText("cáp")
    page.search.committed.emit()


def _side(studio: Studio) -> None:
    studio.go("side-by-side", studio.scenes.acknowledged)


def _side_blink(studio: Studio) -> None:
    _side(studio)
    studio.press("F4")


def _side_none(studio: Studio) -> None:
    studio.go("side-by-side", studio.scenes.returned)


def _paper(studio: Studio) -> None:
    studio.go("print-preview", studio.scenes.acknowledged)


def _paper_no_printer(studio: Studio) -> None:
    _paper(studio)
    studio.press("F12")


DESKS: Shots = (
    ("s10-supervisor", to("supervisor")), ("s10-supervisor-pin", _supervisor_pin), ("s10-supervisor-wrong-pin", _supervisor_wrong_pin),
    ("s10-supervisor-ready", _supervisor_ready), ("s10-supervisor-return", _supervisor_return), ("s10-supervisor-approved", _supervisor_approved), ("s10-supervisor-empty", _supervisor_done),
    ("s12-defects", _defects), ("s12-defects-no-proof", _defects_proof_missing), ("x-help-message", _help_message),
    ("s12-defects-corrected", _defects_corrected), ("s12-defects-approved", _defects_approved), ("s12-defects-sent", _defects_sent),
    ("s13-hand-over", _hand_over), ("s13-hand-over-unknown", _hand_over_unknown), ("s13-hand-over-compared", _hand_over_compared),
    ("s13-hand-over-done", _hand_over_done), ("s13-hand-over-not-home", _hand_over_not_home),
    ("s13-hand-over-away", _hand_over_away),
    ("s14-campaign", to("campaign")), ("s15-recheck", to("recheck")),
    ("s16-devices", to("devices")), ("s16-devices-error", _devices_error), ("s16-devices-tested", _devices_tested),
    ("s16-scanner-test", _scanner_test),
    ("s16-calibration-begin", _calibration(until="calibration.next.capture")),
    ("s16-calibration-failed", _calibration(until="calibration.next.to-correct")), ("s16-calibration-done", _calibration(until="never")),
    ("s17-visit-list", to("home-visit")), ("s17-visit-live", _visit_live), ("s17-visit-exception", _visit_exception),
    ("s17-visit-person", _visit_partly), ("s17-visit-low-battery", _visit_low_battery),
    ("s18-settings", to("settings")), ("s18-settings-invalid", _settings_invalid), ("s18-settings-hours", _settings_hours), ("s18-settings-keys", _settings_keys), ("s18-settings-bindings", _settings_bindings),
    ("s18-settings-bindings-asked", _bindings_asked), ("s18-settings-bindings-taken", _bindings_taken), ("s18-settings-bindings-swapped", _bindings_swapped),
    ("s18-settings-here", _settings_here), ("s18-settings-saved", _settings_saved),
    ("s18-settings-nothing", _settings_nothing), ("s18-settings-clone", _settings_clone), ("s18-operators", to("operators")),
    ("s18-operators-admin", _operators_admin), ("s18-operators-add", _operators_add),
    ("x-side-by-side", _side), ("x-side-by-side-blink", _side_blink), ("x-side-by-side-none", _side_none), ("x-print-preview", _paper),
    ("x-print-preview-no-printer", _paper_no_printer), ("x-help", _help), ("x-help-search", _help_search),
)  # fmt: skip
