"""Where this computer's clock is set: the desktop's own dialog, when one is installed. The station never sets the clock itself."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Callable, Sequence
from typing import Final

from station.errors import InputError

DIALOGS: Final[tuple[tuple[str, ...], ...]] = (
    ("gnome-control-center", "datetime"),
    ("cinnamon-settings", "calendar"),
    ("systemsettings", "kcm_clock"),
    ("kcmshell6", "kcm_clock"),
    ("kcmshell5", "clock"),
    ("mate-time-admin",),
    ("lxqt-admin-time",),
    ("time-admin",),
)
"""Programs that set date and time, by desktop: GNOME, Cinnamon, KDE (three), MATE, LXQt, the older GNOME tools (used by Xfce)."""


def clock_dialog(find: Callable[[str], str | None] = shutil.which) -> tuple[str, ...]:
    """Return the command of the first dialog that is installed, () when there is none; `find` maps a program's name to its path."""
    for program, *rest in DIALOGS:
        path = find(program)
        if path:
            return (path, *rest)
    return ()


def open_dialog(command: Sequence[str]) -> int:
    """Start the dialog beside the station and return its process id; nobody waits for it, and it outlives the station.

    Raises:
        InputError: it does not start.
    """
    try:
        process = subprocess.Popen(
            list(command), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
    except OSError as error:
        raise InputError("The system's clock settings do not open; nothing was changed. Set the clock in the system.",
                         code="clock-dialog") from error  # fmt: skip
    threading.Thread(target=process.wait, name="clock-dialog", daemon=True).start()  # its end is taken note of, whenever it comes
    return process.pid
