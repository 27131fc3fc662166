"""The queue and the intake at a stick: export, import, and the answers' way back. A copy changes no state; an answer does."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from station.carriers.model import CarrierError
from station.carriers.stick import Stick
from station.errors import StationError
from station.package import PackageFormatError, SignatureError
from station.queue.model import State
from station.queue.store import Queue


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export did. `stopped` is the code of what ended it early (a full stick), "" otherwise."""

    copied: int
    bytes: int
    stopped: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """What the answers on a stick changed; `strange` were not believed and are left where they are."""

    acknowledged: int
    refused: int
    strange: int


def export(queue: Queue, stick: Stick, *, only: Collection[str] | None = None, limit: int = 100_000) -> Exported:
    """Copy sealed and sent packages to the stick, most urgent first. Their states stay: only an answer changes them.

    `only`: these packages and no others; those among them that are in another state are left. None: all that wait.
    """
    copied = size = 0
    done: set[str] = set()
    while copied < limit:
        entry = queue.next(done, only)
        if entry is None:
            return Exported(copied, size)
        done.add(entry.package_id)
        try:
            stick.put("outgoing", entry.package_id, queue.read(entry))
        except CarrierError as error:
            queue.failed(entry.package_id, error.reason_code)
            return Exported(copied, size, error.reason_code)
        except StationError:  # a damaged file was put on hold; the others go on
            continue
        queue.exported(entry.package_id, stick.label.stick_id)
        copied += 1
        size += entry.size
    return Exported(copied, size)


def take_answers(queue: Queue, stick: Stick) -> Imported:
    """Read the answers on the stick: each is verified as if it came over the network. Acknowledged copies leave the stick."""
    acknowledged = refused = strange = 0
    for name in stick.names("answers"):
        entry = queue.get(name)
        data = stick.get("answers", name)
        if entry is None or data is None:  # another station's: it stays for them
            continue
        try:
            after = queue.answer(name, data, "stick")
        except (PackageFormatError, SignatureError):
            strange += 1
            continue
        if after.state is State.ACKNOWLEDGED:
            acknowledged += entry.state is not State.ACKNOWLEDGED
            stick.remove("outgoing", name)
            stick.remove("answers", name)
        else:
            refused += entry.state is not State.REFUSED
    return Imported(acknowledged, refused, strange)
