"""Raises when the UI thread touches a file, SQL, crypto or a device: the window may only draw and send intents.

Two nets: Python's audit hook sees every `open` and socket of this thread, wrapped entry points see what happens inside libraries
(the journal's SQLite, signatures, devices). Both look only while `ui_work()` is open, so that a test itself may look at the station.
"""

from __future__ import annotations

import functools
import sys
import sysconfig
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from devices.contract import Device
from devices.simulated.camera import SimulatedCamera
from devices.simulated.scanner import SimulatedScanner
from station.files import RealFiles
from station.journal import Journal
from station.keys import Operators
from station.queue.store import Queue

ROOT = str(Path(__file__).resolve().parents[2])
QUIET = tuple({sysconfig.get_paths()["stdlib"], sysconfig.get_paths()["purelib"], sys.prefix, sys.base_prefix})
"""Where imports read their modules; those are no files of the station."""
EVENTS = frozenset(
    {
        "open",
        "sqlite3.connect",
        "socket.connect",
        "subprocess.Popen",
        "os.remove",
        "os.rename",
        "os.mkdir",
        "os.listdir",
        "os.scandir",
    }
)
WRAPPED: tuple[tuple[type, tuple[str, ...]], ...] = (
    (Journal, ("append", "events", "blob", "put_blob", "dossiers", "events_since")),
    (Queue, ("entries", "counts", "untold", "receipt")),
    (RealFiles, ("read", "write", "size", "free_bytes")),
    (Operators, ("sign_in", "accounts")),
    (SimulatedScanner, ("capture", "preview", "prepare")),
    (SimulatedCamera, ("capture", "preview")),
    (Device, ("open", "describe")),
)


class UiThreadError(AssertionError):
    """The UI thread did work that is not its own."""


class _State(threading.local):
    depth = 0


_state = _State()
violations: list[str] = []
"""What was seen, kept although Qt swallows exceptions of slots."""


@contextmanager
def ui_work() -> Iterator[None]:
    """Say that this thread is the UI thread at its work; raises at the end when something was seen."""
    _install()
    _state.depth += 1
    try:
        yield
    finally:
        _state.depth -= 1
    if violations:
        seen = list(violations)
        violations.clear()
        raise UiThreadError("in the UI thread: " + "; ".join(dict.fromkeys(seen)))


def _tell(what: str) -> None:
    frame, where = sys._getframe(2), ""
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(ROOT) and ("/ui/" in name or "/station/" in name) and "/tests/" not in name and "/.venv/" not in name:
            where = f"{name.removeprefix(ROOT)}:{frame.f_lineno}"
            break
        frame = frame.f_back  # type: ignore[assignment]
    violations.append(f"{what} from {where}")


def _importing() -> bool:
    frame: Any = sys._getframe(2)
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if not _state.depth or event not in EVENTS:
        return
    path = str(arguments[0]) if arguments else ""
    if event == "open" and (path.startswith(QUIET) or path.endswith((".py", ".pyc"))):
        return
    if not _importing():
        _tell(f"{event} {Path(path).name}")


def _wrap(owner: type, name: str) -> None:
    inner: Callable[..., Any] = getattr(owner, name)

    @functools.wraps(inner)
    def watched(*args: Any, **kwargs: Any) -> Any:
        if _state.depth:
            _tell(f"{owner.__name__}.{name}")
        return inner(*args, **kwargs)

    setattr(owner, name, watched)


@functools.lru_cache(maxsize=1)
def _install() -> None:
    sys.addaudithook(_hook)
    for owner, names in WRAPPED:
        for name in names:
            if name in owner.__dict__:
                _wrap(owner, name)
