"""The table of screens: one line each. The shell imports a screen's module when it is first shown, never before.

To add a screen: write `ui/screens/<name>.py` with a subclass of `ui.screens.base.Screen`, add one line here and the nav words to
`station/words/catalogue/screens*.toml`. A line whose module is not there yet is simply not offered.

Groups: ``desk`` and ``data`` stand in the rail from the top, ``station`` at its foot, ``menu`` in the F10 menu only, ``""`` nowhere
(entered from another screen with `shell.go(name, dossier)`).
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.screens.base import Screen


@dataclass(frozen=True, slots=True)
class Entry:
    """One screen: its name, ``module:Class``, group, the code of its nav words and the pictogram beside them."""

    name: str
    target: str
    group: str = ""
    word: str = ""
    icon: str = ""

    @property
    def present(self) -> bool:
        """Whether its module is installed."""
        return find_spec(self.target.partition(":")[0]) is not None

    def load(self) -> type[Screen]:
        """Import the screen's class."""
        module, _, name = self.target.partition(":")
        found = getattr(import_module(module), name)
        assert isinstance(found, type)
        return found


SCREENS: tuple[Entry, ...] = (
    Entry("start", "ui.screens.start:StartScreen"),
    Entry("sign-in", "ui.screens.sign_in:SignInScreen"),
    Entry("home", "ui.screens.home:HomeScreen", "desk", "ui.nav.today", "queue"),
    Entry("lookup", "ui.screens.lookup:LookupScreen"),
    Entry("declaration", "ui.screens.declaration:DeclarationScreen"),
    Entry("capture", "ui.screens.capture:CaptureScreen"),
    Entry("portrait", "ui.screens.portrait:PortraitScreen"),
    Entry("iris", "ui.screens.iris:IrisScreen"),
    Entry("review", "ui.screens.review:ReviewScreen"),
    Entry("finish", "ui.screens.finish:FinishScreen"),
    Entry("home-visit", "ui.screens.home_visit:HomeVisitScreen", "desk", "ui.nav.home-visit", "house"),
    Entry("sending", "ui.screens.sending:SendingScreen", "data", "ui.nav.sending", "send"),
    Entry("defects", "ui.screens.defects:DefectsScreen", "data", "ui.nav.defects", "warning"),
    Entry("hand-over", "ui.screens.hand_over:HandOverScreen", "data", "ui.nav.hand-over", "card"),
    Entry("supervisor", "ui.screens.supervisor:SupervisorScreen", "data", "ui.nav.supervisor", "person"),
    Entry("campaign", "ui.screens.campaign:CampaignScreen", "data", "ui.nav.campaign", "chart"),
    Entry("recheck", "ui.screens.recheck:RecheckScreen", "data", "ui.nav.recheck", "columns"),
    Entry("devices", "ui.screens.devices:DevicesScreen", "station", "ui.nav.devices", "tool"),
    Entry("calibration", "ui.screens.calibration:CalibrationScreen"),
    Entry("operators", "ui.screens.operators:OperatorsScreen", "menu", "ui.nav.operators", "person"),
    Entry("settings", "ui.screens.settings:SettingsScreen", "station", "ui.nav.settings", "gear"),
    Entry("side-by-side", "ui.screens.side_by_side:SideBySideScreen"),
    Entry("print-preview", "ui.screens.print_preview:PrintPreviewScreen"),
    Entry("help", "ui.screens.help:HelpScreen", "menu", "ui.action.help", "help"),
)


def entries() -> dict[str, Entry]:
    """Return name → entry of the screens that are there."""
    return {e.name: e for e in SCREENS if e.present}


def screen_of(stage: str) -> str:
    """Return the screen of a dossier's stage."""
    return {"fingers": "capture"}.get(stage, stage)
