"""States of S6 on a demo of its own whose procedure has irises, first of all captures; its camera is a simulated one."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ui.shots_desks import Shots

if TYPE_CHECKING:
    from ui.screenshots import Studio


def site_procedure(folder: Path) -> str:
    """Write a site's own procedure, irises and the portrait in this order, and return its path."""
    text = files("station.dossier").joinpath("procedures", "vn-2024.toml").read_text("utf-8")
    head = text[: text.index("[[capture]]")].replace('id = "vn-2024"', 'id = "site-iris"')
    head = head.replace('order = ["finger", "face", "iris"]', 'order = ["iris", "face"]')
    captures = (
        '[[capture]]\nid = "iris-both"\nmodality = "iris"\noptional = true\n[[capture]]\nid = "portrait"\nmodality = "face"\n'
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "site-iris.toml"
    path.write_text(head + captures, "utf-8")
    return str(path)


def _page(studio: Studio) -> str:
    return type(studio.shell.page).__name__


def _wait(studio: Studio) -> None:
    """Open the other demo and go on by F12 until the eyes are asked for."""
    from station.demo_counter import DemoCounter
    from ui.main import build_shell, opened

    place = studio.folder / "iris-demo"
    demo = DemoCounter(place / "station", procedure=site_procedure(place), light_s=6.0)
    shell = build_shell(language=studio.language)
    studio.visit(shell, demo.close)
    shell.go("start")
    shell.show()
    shell.jobs.submit(demo.open, lambda counter: opened(shell, counter), shell.show_trouble)
    studio.until(lambda: _page(studio) == "HomeScreen" and studio.settled() and bool(shell.page.offers()))
    studio.press("F12")
    studio.until(lambda: _page(studio) != "HomeScreen" and studio.settled())
    for _ in range(8):
        if _page(studio) == "IrisScreen":
            break
        studio.press("F12")
    page: Any = studio.shell.page
    studio.until(lambda: page.running is not None and page.view.judged)


def _hint(studio: Studio) -> None:
    """The eyes are seen and something can be mended."""
    page: Any = studio.shell.page
    page.restart()
    studio.until(lambda: page.running is not None and page.distance.distance is not None and page.banner.state.value == "retry")


def _exception(studio: Studio) -> None:
    studio.press("2")


def _gone(studio: Studio) -> None:
    """No camera: the eyes can be excepted, nothing blocks."""
    from ui.screens.iris import IrisScreen

    page, counter = studio.shell.page, studio.shell.counter
    studio.begin("Esc")
    studio.until(studio.settled)
    assert counter is not None
    kept, counter.iris = counter.iris, None
    assert isinstance(page, IrisScreen)
    page.restart()
    studio.until(studio.shell.trouble.isVisible)
    counter.iris = kept


def _taken(studio: Studio) -> None:
    """Both are taken; the dossier is at the portrait, the eyes are looked at again."""
    page: Any = studio.shell.page_named("iris")
    dossier, counter = page.dossier, studio.shell.counter
    assert counter is not None
    if type(studio.shell.page).__name__ == "IrisScreen":  # the camera is back and may have taken them already
        page.restart()
    studio.until(lambda: _page(studio) == "PortraitScreen", 120.0)
    studio.shell.page.leave()
    studio.shell.stack.setCurrentWidget(page)
    studio.shell.jobs.submit(lambda: counter.irises(dossier), page.show_eyes)
    studio.until(studio.settled)


IRIS: Shots = (
    ("s06-iris-live", _wait), ("s06-iris-hint", _hint), ("s06-iris-exception", _exception), ("s06-iris-no-camera", _gone),
    ("s06-iris-taken", _taken),
)  # fmt: skip
