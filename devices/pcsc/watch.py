"""Watching readers and cards come and go, and the service stop and come back; runs on a thread of its own."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from devices.errors import DeviceError
from devices.pcsc import service

_SLICE_MS: Final = 500


class ReaderChange(StrEnum):
    """What changed."""

    SERVICE_LOST = "service-lost"
    SERVICE_BACK = "service-back"
    READER_ADDED = "reader-added"
    READER_REMOVED = "reader-removed"
    CARD_INSERTED = "card-inserted"
    CARD_REMOVED = "card-removed"


@dataclass(frozen=True, slots=True)
class ReaderEvent:
    """One change at one reader (empty name: the service itself)."""

    change: ReaderChange
    reader: str = ""


class PcscWatch:
    """Call `changes()` again and again from one thread; each call returns what happened since the last."""

    def __init__(self) -> None:
        self._context: Any = None
        self._states: dict[str, int] = {}
        self._pnp = 0
        self._lost = False

    def changes(self, deadline_s: float = 1.0) -> tuple[ReaderEvent, ...]:
        """Wait up to `deadline_s` for a change; never raises: a service that is not there is an event and then silence."""
        end = time.monotonic() + deadline_s
        while True:
            try:
                events = self._step(int(max(0.0, min(end - time.monotonic(), _SLICE_MS / 1000)) * 1000))
            except DeviceError:
                events = self._lose()
                if not events:
                    time.sleep(min(0.1, max(0.0, end - time.monotonic())))
            if events or time.monotonic() >= end:
                return events

    def close(self) -> None:
        """Let the service go."""
        context, self._context = self._context, None
        if context is not None:
            service.release(context)

    def _lose(self) -> tuple[ReaderEvent, ...]:
        self.close()
        gone = [ReaderEvent(ReaderChange.READER_REMOVED, name) for name in self._states]
        self._states.clear()
        if self._lost:
            return tuple(gone)
        self._lost = True
        return (ReaderEvent(ReaderChange.SERVICE_LOST), *gone)

    def _step(self, wait_ms: int) -> tuple[ReaderEvent, ...]:
        events: list[ReaderEvent] = []
        if self._context is None:
            self._context = service.establish()
            if self._lost:
                events.append(ReaderEvent(ReaderChange.SERVICE_BACK))
                self._lost = False
        names = service.list_readers(self._context)
        for name in [known for known in self._states if known not in names]:
            events.append(ReaderEvent(ReaderChange.READER_REMOVED, name))
            del self._states[name]
        for name in names:
            if name not in self._states:
                events.append(ReaderEvent(ReaderChange.READER_ADDED, name))
                self._states[name] = 0
        library = service.scard()
        asked = [(service.PNP, self._pnp), *self._states.items()]
        result, states = library.SCardGetStatusChange(self._context, 0 if events else wait_ms, asked)
        if service.number(result) not in (0, 0x8010000A, 0x80100009):
            service.check(result)
        if service.number(result) == 0:
            for name, state, _ in states:
                self._note(library, name, int(state), events)
        return tuple(events)

    def _note(self, library: Any, name: str, state: int, events: list[ReaderEvent]) -> None:
        settled = state & ~library.SCARD_STATE_CHANGED
        if name == service.PNP:
            self._pnp = settled
            return
        before = bool(self._states.get(name, 0) & library.SCARD_STATE_PRESENT)
        now = bool(state & library.SCARD_STATE_PRESENT)
        self._states[name] = settled
        if now != before:
            events.append(ReaderEvent(ReaderChange.CARD_INSERTED if now else ReaderChange.CARD_REMOVED, name))
