"""What waits to be sent, and what is really known about it.

*Saved*, *sealed*, *sent* and *acknowledged* are four different facts: each is set only from bytes that were read back or from an
answer whose signature was verified. `Queue` keeps them on disk, `Uploader` drives a carrier. May import `station.carriers`,
`station.package`, `station.keys`; never screens.
"""

from __future__ import annotations

from station.queue.model import Entry, HistoryLine, State
from station.queue.store import Queue
from station.queue.uploader import SendingHours, Uploader, UploaderStatus

__all__ = ["Entry", "HistoryLine", "Queue", "SendingHours", "State", "Uploader", "UploaderStatus"]
