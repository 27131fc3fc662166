"""Enrollments without a window: the loop that `station demo --headless` and `station enroll` share, and what it prints."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import typer

from station.app import Station
from station.carriers import Carrier
from station.enrolling import CaptureLine, Enroller
from station.errors import TransferError
from station.memory import give_back
from station.queue import Uploader
from station.queue.model import Entry, State
from station.sealing import seal_dossier

SEND_DEADLINE_S = 120.0
"""Real seconds to wait for a receipt before the run says what is not acknowledged."""

Say = Callable[[dict[str, Any]], None]


def printer(as_json: bool) -> Say:
    """Return a function that prints one event: as one JSON object per line, or as words."""

    def say(event: dict[str, Any]) -> None:
        typer.echo(json.dumps(event, ensure_ascii=False) if as_json else words(event))

    return say


def words(event: dict[str, Any]) -> str:
    """Return one event as a line for a person."""
    if event["event"] == "capture":
        flags = " ".join(event["flags"])
        found = "".join(f"  ! {f}" for f in event["findings"])
        return f"capture  {event['step']:<22} score {event['score']:5.1f}  attempts {event['attempts']}  {event['seconds']:6.2f} s  {flags}{found}"
    if event["event"] == "package":
        return f"package  {event['id']}  {event['bytes']:>9} bytes  {event['seconds']:6.2f} s  {event['state']}"
    if event["event"] == "card":
        return f"card     {event['code']}  {event['access']}  {event['milliseconds']} ms"
    if event["event"] == "receipt":
        why = "" if event["verified"] else " refused: " + ", ".join(event["reasons"])
        return f"receipt  {event['id']}  number {event['number']}  {'verified' if event['verified'] else 'NOT ACCEPTED'}{why}"
    return "  ".join(f"{k}={v}" for k, v in event.items())


def capture_event(line: CaptureLine) -> dict[str, Any]:
    """Return the event of one accepted capture."""
    return {"event": "capture", **asdict(line), "flags": list(line.flags), "findings": list(line.findings)}


def finish(station: Station, enroller: Enroller, dossier: str, say: Say) -> Entry:
    """Captures, review, signatures, seal: whatever is still open of `dossier`."""
    enroller.capture_all(dossier)
    give_back()
    if not station.book.state(dossier).sealed:
        enroller.review_and_sign(dossier)
    began = time.perf_counter()
    entry = seal_dossier(station, dossier)
    say({"event": "package", "id": entry.package_id, "dossier": dossier, "bytes": entry.size, "seconds": round(time.perf_counter() - began, 3),
         "state": str(entry.state)})  # fmt: skip
    give_back()
    return entry


def send_all(station: Station, carrier: Carrier, wanted: list[str], say: Say) -> int:
    """Send until every package of `wanted` is acknowledged; prints a receipt for each and returns how many were verified.

    Raises:
        TransferError: some are not acknowledged after `SEND_DEADLINE_S`; the message says in which state they really are.
    """
    uploader = Uploader(station.queue, carrier, station.clock)
    deadline = time.monotonic() + SEND_DEADLINE_S
    while time.monotonic() < deadline:
        if uploader.step() is None and not _waiting(station, wanted):
            break
        station.tell_journal()
        if uploader.status().next_try_s > 0:
            station.clock.wait(uploader.status().next_try_s)
        elif _waiting(station, wanted):
            uploader.wake()
            time.sleep(0.02)  # the peer works in real time, whatever clock the station is on
    station.tell_journal()
    verified = 0
    for package in wanted:
        answer = station.queue.receipt(package)
        good = answer is not None and answer.accepted
        verified += good
        if answer is not None:
            say({"event": "receipt", "id": package, "number": answer.number, "verified": good, "reasons": list(answer.reasons)})
    if verified < len(wanted):
        trouble = uploader.status().error or "none"
        states = sorted(
            {str(e.state) for p in wanted if (e := station.queue.get(p)) is not None and e.state is not State.ACKNOWLEDGED}
        )
        raise TransferError(f"{len(wanted) - verified} packages are not acknowledged ({', '.join(states)}; last trouble: {trouble}); they stay in the queue. "
                            "Start again to go on sending.", code="not-acknowledged")  # fmt: skip
    return verified


def _waiting(station: Station, wanted: list[str]) -> bool:
    return any((e := station.queue.get(p)) is not None and e.state in {State.SEALED, State.SENT} for p in wanted)
