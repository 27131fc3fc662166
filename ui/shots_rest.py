"""States that need the demo's other moments: stick and history, an empty device room, marks, an older visit, a second station."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ui.shots_desks import Shots, to

if TYPE_CHECKING:
    from ui.screenshots import Studio


def _unknown_scan(studio: Studio) -> None:
    studio.go("home")
    studio.shell.page.scanned("0999999999999")
    studio.until(studio.settled)


def _history(studio: Studio) -> None:
    studio.go("sending")
    studio.press("F7")


def _keeping(studio: Studio) -> None:
    studio.go("sending")
    studio.press("F4")


def _stick(studio: Studio) -> None:
    studio.go("sending")
    studio.press("F6")


def _ticked(studio: Studio) -> None:
    """Both packages are ticked: the actions say on how many they act."""
    from station.views.ticks import Head

    studio.go("sending")
    page: Any = studio.shell.page
    if page.ticks.head([r.package_id for r in page.view.rows]) is not Head.ALL:  # they stay ticked from one visit to the next
        page.table.all_ticked.emit()
    studio.until(studio.settled)


def _ticked_stick(studio: Studio) -> None:
    _ticked(studio)
    studio.press("F6")


def _stopped(studio: Studio) -> None:
    """The line broke off in the middle of a package; the centre had confirmed 61 % of it."""
    from station.queue import State

    queue = studio.shell.station.queue

    def work() -> None:
        for entry in queue.entries(State.SEALED):
            queue.progress(entry.package_id, entry.size * 61 // 100, "")

    studio.shell.jobs.submit(work)
    studio.until(studio.settled)
    studio.go("sending")


def _stick_refused(studio: Studio) -> None:
    _stick(studio)
    page: Any = studio.shell.page
    page.stick.folder.set_text(str(studio.folder))
    studio.press("F12")


def _uncompared(studio: Studio) -> None:
    studio.go("hand-over", studio.scenes.exceptions)
    for key in ("F12", "F12", "1", "F12"):
        studio.press(key)


def _no_devices(studio: Studio) -> None:
    station = studio.shell.station
    kept = station.settings
    for name in (
        "devices.scanner",
        "devices.camera",
        "devices.card_reader",
        "devices.document_reader",
        "devices.positioner",
        "devices.documents",
        "devices.iris",
    ):
        station.settings = station.settings.replaced(name, "")
    studio.go("devices")
    station.settings = kept


def _marking(studio: Studio) -> None:
    """The camera's wizard at the colour chart: two corners are marked."""
    from ui.qt import QApplication, QEvent, QKeyEvent, Qt
    from ui.screens.calibration import CalibrationScreen

    studio.go("devices")
    room: Any = studio.shell.page
    room.rows.setCurrentRow(next(i for i, r in enumerate(room.view.rows) if r.kind.code == "device.kind.camera"))
    studio.until(studio.settled)
    studio.press("F12")
    page = studio.page(CalibrationScreen)
    for _ in range(30):
        if page.view is not None and page.view.target.mark:
            break
        studio.press("F12")
        studio.until(lambda: not page.working and studio.settled())
    for _ in range(2):
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(page.marking, QKeyEvent(kind, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier))


def _ask_number(studio: Studio) -> None:
    studio.go("home-visit")
    studio.press("F2")


def _ask_helper(studio: Studio) -> None:
    """A home is entered; who helps is asked."""
    studio.go("home-visit")
    studio.press("F12")
    studio.press("F6")


def _unsaved(studio: Studio) -> None:
    from ui.screens.settings import SettingsScreen

    studio.go("settings")
    page = studio.page(SettingsScreen)
    page.groups.setCurrentRow(4)
    page.editors["sound.volume"].set_raw("35")
    page.editors["sound.volume"].changed.emit("sound.volume")


def _help_nothing(studio: Studio) -> None:
    from ui.screens.help import HelpScreen

    studio.go("help")
    page = studio.page(HelpScreen)
    page.search.edit.setText("không có lời nào như vậy")
    page.search.committed.emit()


def _offline_sign_in(studio: Studio) -> None:
    studio.go("home")
    studio.shell.lock()
    studio.until(studio.settled)


def _offline_look_up(studio: Studio) -> None:
    """A real station without a register: somebody by number; compared later (E14)."""
    studio.shell.page.scanned("099136000314")
    studio.until(studio.settled)


def _zoomed(studio: Studio) -> None:
    """The queue at 175 percent."""
    studio.go("home")
    studio.shell.set_zoom(175)
    studio.until(studio.settled)


def _left_hand(studio: Studio) -> None:
    """The comparison for the left hand: what is decided stands at the left."""
    studio.shell.set_left_hand(True)
    studio.go("lookup", studio.scenes.returned)


REST: Shots = (
    ("x-zoom-queue", _zoomed), ("x-left-hand-look-up", _left_hand),
    ("s01-queue-unknown-scan", _unknown_scan), ("s11-sending-history", _history), ("s11-sending-keeping", _keeping),
    ("s11-sending-ticked", _ticked), ("s11-sending-ticked-stick", _ticked_stick), ("s11-sending-stick", _stick), ("s11-sending-stick-refused", _stick_refused), ("s13-hand-over-uncompared", _uncompared),
    ("s16-devices-empty", _no_devices), ("s16-calibration-marking", _marking), ("s17-visit-number", _ask_number),
    ("s17-visit-helper", _ask_helper), ("s18-settings-unsaved", _unsaved), ("x-help-nothing", _help_nothing),
)  # fmt: skip
OFFLINE: Shots = (("s11-sending-stopped", _stopped), ("s01-queue-offline", to("home")), ("s00-locked-offline", _offline_sign_in))
NOTHING_YET: Shots = (("s11-real-sending-empty", to("sending")), ("s12-real-defects-empty", to("defects")))
REAL: Shots = (
    ("s02-real-register-silent", _offline_look_up), ("s03-real-declaration-empty", lambda studio: studio.go("declaration", studio.shell.page.dossier)),
    ("s10-real-supervisor-empty", to("supervisor")),
)  # fmt: skip
