"""What the menu and the window's own keys do: looks, language, lock, zoom, help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.theme.tokens import ZOOM, ZOOM_STEP, State

if TYPE_CHECKING:
    from ui.shell import Shell

ZOOMS = {"Ctrl++": ZOOM_STEP, "Ctrl+-": -ZOOM_STEP, "Ctrl+0": 0}
"""The keys of the zoom: by how many percent; 0: back to 100."""
LANGUAGES = ("vi", "vi+en", "en")


def run_command(shell: Shell, name: str) -> None:
    """Do one of the window's own commands (``:large``); any other name is a screen to go to."""
    if name == ":large":
        shell.set_look(dark=shell.dark, large=not shell.large_mode)
    elif name == ":theme":
        shell.set_dark(not shell.dark)
    elif name == ":language":
        shell.set_language(LANGUAGES[(LANGUAGES.index(shell.texts.setting) + 1) % len(LANGUAGES)])
    elif name == ":applicant":
        shell.second.open()
    elif name == ":alarm":
        shell.alarms.acknowledge()
    elif name == ":report":
        save_report(shell)
    elif name == ":lock":
        shell.lock()
    elif name in ZOOMS:
        shell.set_zoom(shell.zoom + ZOOMS[name] if ZOOMS[name] else ZOOM[0])
    else:
        shell.go(name)


def save_report(shell: Shell) -> None:
    """Write the bundle for the technician into the station's folder and say its name."""
    counter = shell.counter
    if counter is None:
        return

    def saved(name: str) -> None:
        words = "ui.trouble.reported"
        shell.say(State.GOOD, shell.texts(words, name=name), shell.texts.second(words, name=name))

    shell.jobs.submit(counter.reports.save, saved, shell.show_trouble)
