"""The states that `./run screenshots` takes: name → how a person gets there, in the order of the interface rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.shots_desks import DESKS, Shots, to
from ui.shots_flow import FLOW
from ui.shots_iris import IRIS
from ui.shots_more import LAST, MORE
from ui.shots_papers import AT_FORM, AT_LOOK_UP
from ui.shots_rest import REST
from ui.widgets.live_view import LiveView

if TYPE_CHECKING:
    from ui.screenshots import Studio


def _page(studio: Studio) -> str:
    return type(studio.shell.page).__name__


def _lookup(studio: Studio) -> None:
    """Somebody who was just called; their card is read, one letter of the form differs."""
    studio.go("lookup", studio.person())
    from ui.screens.lookup import LookupScreen

    page = studio.page(LookupScreen)
    studio.until(lambda: page.view is not None and not page.reading and studio.settled())


def _agreed(studio: Studio) -> None:
    """The open rows of the person who was just called are decided: everything agrees, F12 would go on."""
    from ui.screens.lookup import LookupScreen

    page = studio.page(LookupScreen)
    studio.until(lambda: page.view is not None and not page.reading)
    for _ in range(6):
        if page.view is None or not page.view.open_fields:
            break
        studio.press("F12")


def _new_ticket(studio: Studio) -> None:
    """Who goes first by rule."""
    studio.press("F6")


def _kinds(studio: Studio) -> None:
    """First issue, exchange, reissue."""
    studio.press("F7")


def _declaration(studio: Studio) -> None:
    studio.go("declaration", studio.scenes.returned)


def _fingers_live(studio: Studio) -> None:
    """The live picture of four fingers; wait until they are judged."""
    studio.go("capture", studio.person())
    studio.until(lambda: _page(studio) == "CaptureScreen" and any(v.marked > 2 for v in studio.shell.page.findChildren(LiveView)))


def _fingers_exception(studio: Studio) -> None:
    """Two fingers chosen, the hand live in the place of the capture."""
    from ui.screens.capture import CaptureScreen

    if _page(studio) != "CaptureScreen":
        _fingers_live(studio)
    page = studio.page(CaptureScreen)
    while page.exceptions.isVisible():
        studio.press("Esc")
    studio.press("4")
    studio.press("5")
    studio.until(lambda: page.declaring.live and page.view.shows)


def _fingers_exception_signed(studio: Studio) -> None:
    """The hand is photographed, the PIN is asked."""
    from ui.screens.capture import CaptureScreen

    _fingers_exception(studio)
    studio.press("F12")
    studio.until(lambda: studio.page(CaptureScreen).exceptions.signing)


def _review(studio: Studio) -> None:
    studio.go("review", studio.scenes.acknowledged)


def _finish(studio: Studio) -> None:
    studio.go("finish", studio.scenes.acknowledged)


def _menu(studio: Studio) -> None:
    studio.go("home")
    studio.press("F10")


CLERK: Shots = (
    ("s01-queue", to("home")), ("s01-queue-new-ticket", _new_ticket), ("x-menu", _menu), ("s02-look-up", _lookup), *AT_LOOK_UP,
    ("s02-look-up-agreed", _agreed), ("s02-look-up-kind", _kinds), *AT_FORM, ("s03-declaration", _declaration), ("s04-fingers-live", _fingers_live),
    ("s04-fingers-exception", _fingers_exception),
    ("s04-fingers-exception-sign", _fingers_exception_signed), ("s07-review", _review), ("s08-finish", _finish), ("s11-sending", to("sending")),
)  # fmt: skip

SHOTS: Shots = (*CLERK, *MORE, *FLOW, *DESKS, *REST, *IRIS, *LAST)

GUIDES = frozenset({"s11-sending", "s10-supervisor-ready", "s12-defects", "s13-hand-over", "s16-calibration-failed", "s16-devices", "s17-visit-person",
                    "s18-settings-clone"})  # fmt: skip
"""Pictures that the guides in docs/ show."""
