"""Garbage that holds Qt objects dies on the UI thread, whatever thread works hardest."""

from __future__ import annotations

import gc
import threading
import time

from ui.main import build_shell
from ui.qt import QApplication, QEventLoop, QWidget
from ui.shell import Shell


class Grave(QWidget):
    """A widget in a cycle that notes which thread took it apart."""

    died_on: list[threading.Thread] = []

    def __init__(self) -> None:
        super().__init__()
        self.itself = self

    def __del__(self) -> None:
        self.died_on.append(threading.current_thread())


def _allocate_much() -> None:
    """Make enough containers that the automatic collector would run many times on this thread."""
    kept = [[n] for n in range(50_000)]
    assert len(kept) == 50_000


def _shell() -> Shell:
    return build_shell(language="vi")


def test_a_busy_thread_takes_no_widget_apart(qapp: object) -> None:
    shell = _shell()
    try:
        Grave.died_on.clear()
        for _ in range(5):
            Grave()
        thread = threading.Thread(target=_allocate_much)
        thread.start()
        thread.join()
        assert Grave.died_on == []
        kept = []  # what is let go again counts for nothing: the thresholds look at what stays
        end = time.monotonic() + 60
        while len(Grave.died_on) < 5 and time.monotonic() < end:
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)
            kept += [[n] for n in range(1000)]
        assert len(Grave.died_on) == 5
        assert {t.name for t in Grave.died_on} == {threading.main_thread().name}
    finally:
        shell.close()


def test_the_automatic_collector_comes_back_with_the_last_window(qapp: object) -> None:
    first, second = _shell(), _shell()
    assert not gc.isenabled()
    first.close()
    assert not gc.isenabled()
    second.close()
    assert gc.isenabled()
