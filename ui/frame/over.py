"""What the shell has over its pages, made together whenever the window is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.frame.alarms import Alarms
from ui.frame.calling import Calling
from ui.frame.errands import Errands
from ui.frame.scans import Scans
from ui.frame.tabs import Tabs
from ui.frame.waits import Waits

if TYPE_CHECKING:
    from ui.shell import Shell


def over(shell: Shell) -> tuple[Calling, Errands, Scans, Tabs, Waits, Alarms]:
    """Return F8, the ways to other rooms and back, the scans, the open dossiers the quiet line of what takes long, and the alarms."""
    return Calling(shell), Errands(shell), Scans(shell), Tabs(shell), Waits(shell), Alarms(shell)
