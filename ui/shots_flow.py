"""States on one person's road from the look-up to the slip, in the order in which they come; the applicant's window beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ui.shots_desks import Shots

if TYPE_CHECKING:
    from ui.screenshots import Studio


def _page(studio: Studio) -> str:
    return type(studio.shell.page).__name__


def _form_fault(studio: Studio) -> None:
    studio.go("declaration", studio.scenes.returned)
    page: Any = studio.shell.page
    edit = page.fields["dob"].edit
    edit.setFocus()
    edit.setText("31/02/1987")
    edit.setModified(True)  # as typing does: only what was typed is saved
    edit.editingFinished.emit()
    studio.until(studio.settled)


def _form_complete(studio: Studio) -> None:
    studio.go("declaration", studio.scenes.acknowledged)


def _fingers_stopped(studio: Studio) -> None:
    """Esc stops the live picture; nothing is lost."""
    studio.go("capture", studio.person())
    page: Any = studio.shell.page
    studio.until(lambda: page.running is not None)
    studio.begin("Esc")
    studio.until(studio.settled)


def _disk_full(studio: Studio) -> None:
    """E03: no room for another dossier; the captures are not opened."""
    guards = studio.shell.station.guards
    kept, guards.least_free_bytes = guards.least_free_bytes, 10**16
    try:
        page: Any = studio.shell.page
        page.restart()
        studio.until(studio.shell.trouble.isVisible)
    finally:
        guards.least_free_bytes = kept


def _portrait_confirm(studio: Studio) -> None:
    """The portrait passes and waits for the officer's boxes."""
    page: Any = studio.shell.page
    dossier = page.dossier
    page.restart()

    def passed() -> bool:
        shown: Any = studio.shell.page
        here = _page(studio) == "PortraitScreen" and shown.dossier == dossier
        return here and studio.settled() and shown.decide and shown.running is None and shown.rules.known > 0

    studio.until(passed, 240.0)


def _camera_gone(studio: Studio) -> None:
    """E28: the camera's cable comes out."""
    camera: Any = studio.shell.counter.camera if studio.shell.counter is not None else None
    page: Any = studio.shell.page
    page.restart()
    studio.until(lambda: page.running is not None and page.view.judged)
    camera.unplug()
    studio.until(studio.shell.trouble.isVisible)


def _review_open(studio: Studio) -> None:
    """The camera is back, the officer confirms; the applicant reads line by line, also on the second screen."""
    camera: Any = studio.shell.counter.camera if studio.shell.counter is not None else None
    camera.plug_in()
    studio.shell.second.open()
    page: Any = studio.shell.page
    for _ in range(4):
        if _page(studio) == "ReviewScreen":
            break
        if page.running is None:
            page.restart()
        studio.until(lambda: _page(studio) == "ReviewScreen" or bool(page.decide), 120.0)
        if _page(studio) != "ReviewScreen":
            studio.press("F12")
    studio.until(lambda: _page(studio) == "ReviewScreen" and studio.settled())


def _review_wrong(studio: Studio) -> None:
    studio.press("2")


def _applicant_reads(studio: Studio) -> None:
    studio.target = studio.shell.second.window


def _before_seal(studio: Studio) -> None:
    """F7: on which ground no fee is due."""
    studio.press("F7")
    studio.until(studio.settled)


def _sealed(studio: Studio) -> None:
    """Right after all, both sign, sealed."""
    page: Any = studio.shell.page
    page.settling.shut()
    studio.press("1")
    for _ in range(30):
        if page.next == "done":
            return
        studio.press("F12")


def _slip_due(studio: Studio) -> None:
    studio.press("F12")
    studio.until(lambda: _page(studio) == "FinishScreen" and studio.settled())


def _slip_place(studio: Studio) -> None:
    """F4: where the card is got."""
    studio.press("F4")
    studio.until(studio.settled)


def _slip_given(studio: Studio) -> None:
    page: Any = studio.shell.page
    if not page.panel.isHidden():  # the place is taken as proposed
        studio.press("F12")
        studio.until(studio.settled)
    studio.press("F12")


FLOW: Shots = (
    ("s03-declaration-fault", _form_fault), ("s03-declaration-complete", _form_complete),
    ("s04-fingers-stopped", _fingers_stopped), ("s04-fingers-disk-full", _disk_full), ("s05-portrait-confirm", _portrait_confirm),
    ("s05-portrait-unplugged", _camera_gone), ("s07-review-answers", _review_open), ("s09-applicant-reads", _applicant_reads),
    ("s07-review-wrong", _review_wrong), ("s07-review-fee", _before_seal), ("s07-review-sealed", _sealed), ("s08-finish-due", _slip_due), ("s08-finish-place", _slip_place), ("s08-finish-given", _slip_given),
)  # fmt: skip
