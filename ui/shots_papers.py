"""Papers photographed: at the look-up while its row is open, then at the form of the same person."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from devices.simulated.page import Lying, PageFault, SimulatedDocumentCamera
from ui.screens.photographing import PhotographingScreen
from ui.shots_desks import Shots

if TYPE_CHECKING:
    from ui.screenshots import Studio

LASTING_S = 1e9


def _camera(studio: Studio) -> SimulatedDocumentCamera:
    counter = studio.shell.counter
    assert counter is not None
    assert isinstance(counter.documents, SimulatedDocumentCamera)
    return counter.documents


def _screen(studio: Studio) -> PhotographingScreen:
    page = studio.shell.page
    assert isinstance(page, PhotographingScreen)
    return page


def _live(studio: Studio) -> None:
    """F6 at the open row: the paper lies half outside, one instruction."""
    _camera(studio).lay(Lying(3, ((PageFault.HALF_OUT, LASTING_S),)))
    studio.begin("F6")
    page = _screen(studio)
    studio.until(lambda: "khung" in page.panel.banner.text())


def _taken(studio: Studio) -> None:
    """It is moved into the frame and taken by itself: not saved yet."""
    _camera(studio).lay(Lying(3))
    page = _screen(studio)
    studio.until(lambda: page.in_hand)


def _kept(studio: Studio) -> None:
    """F12 keeps it; the row says so."""
    studio.press("F12")


def _form(studio: Studio) -> None:
    """The same person's form: the paper stands beside it."""
    studio.go("declaration", studio.shell.page.dossier or studio.person())


def _flawed(studio: Studio) -> None:
    """Three tries that are not clear: taken again, or kept with a reason."""
    _camera(studio).lay(Lying(4, ((PageFault.GLARE, LASTING_S),)))
    studio.begin("F7")
    page = _screen(studio)
    for tried in range(1, 4):
        studio.until(partial(_tried, page, tried))
        studio.press("F12")
    studio.until(lambda: page.in_hand)


def _tried(page: PhotographingScreen, number: int) -> bool:
    return page.in_hand or page.attempts_seen >= number


def _why(studio: Studio) -> None:
    studio.press("F12")


def _large(studio: Studio) -> None:
    """A page that was saved, seen large."""
    studio.press("F12")  # the reason is taken, the page kept with it
    if not _screen(studio).photographing:
        studio.press("F7")
    studio.press("Enter")


def _unplugged(studio: Studio) -> None:
    """E28: the cable comes out."""
    camera = _camera(studio)
    camera.lay(Lying(4, ((PageFault.AWAY, LASTING_S),)))
    studio.press("Esc")
    camera.unplug()
    studio.until(studio.shell.trouble.isVisible)


def _back(studio: Studio) -> None:
    """Plugged in again it goes on by itself; the table is empty."""
    _camera(studio).plug_in()
    studio.until(lambda: not studio.shell.trouble.isVisible() and not _screen(studio).in_hand)


AT_LOOK_UP: Shots = (("s02-paper-live", _live), ("s02-paper-taken", _taken), ("s02-paper-kept", _kept))
AT_FORM: Shots = (("s03-papers", _form), ("s03-paper-flawed", _flawed), ("s03-paper-why", _why), ("s03-paper-large", _large),
                  ("s03-paper-unplugged", _unplugged), ("s03-paper-empty", _back))  # fmt: skip
