"""The audit log is the journal itself: every event names its actor, desk, time and clock, and hangs in its station's hash chain.

A chain alone can be rewritten by whoever holds the key; so heads are signed by the station, and travel away with packages and
exports: from then on nothing before them can change unseen.

An export is JSON lines that an inspector checks without the journal's key: ``links`` leaves the facts out (who, when, what kind), ``full``
holds every event's bytes and needs the right to read people's data.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

import cbor2

from station.clock import Clock
from station.dossier.events import GENESIS, Event, EventId, decode
from station.dossier.kinds import Kind
from station.errors import InputError, StorageError
from station.journal import Journal
from station.keys.algorithms import KeyFormatError, Signature, SignerPublic
from station.keys.signing import SignatureError, Signer, verify

HEAD_EVERY: Final = 200
HEAD_AFTER: Final = timedelta(hours=12)
MAX_LINE: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What a verification found. `covered`: how many events stand before the last signed head; `faults` empty: all sound."""

    events: int
    heads: int
    covered: int
    purged: int
    faults: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """True when nothing is wrong."""
        return not self.faults


def head_bytes(head: EventId, digest: bytes) -> bytes:
    """Return the bytes that a head's signatures cover."""
    return cbor2.dumps(["enrollment-station audit head", 1, head.origin, head.sequence, digest], canonical=True)


def sign_head(journal: Journal, signer: Signer, *, operator: str = "", desk: str = "") -> Event | None:
    """Sign our chain's last event and write that down; None when there is nothing new to sign."""
    last = journal.last_own()
    if last is None or last.kind == Kind.AUDIT_HEAD:
        return None
    body = {
        "head": str(last.id), "hash": last.hash, "key": signer.public.to_bytes(),
        "signatures": [s.to_bytes() for s in signer.sign(head_bytes(last.id, last.hash))],
    }  # fmt: skip
    return journal.append(Kind.AUDIT_HEAD, body, dossier="", operator=operator, desk=desk)


def sign_head_if_due(journal: Journal, signer: Signer, clock: Clock) -> Event | None:
    """Sign when `HEAD_EVERY` events or `HEAD_AFTER` have passed since the last head; cheap to ask often."""
    last, head = journal.last_own(), journal.last_of_kind(Kind.AUDIT_HEAD)
    if last is None:
        return None
    fresh = head is not None and head.id.origin == journal.origin
    if fresh and head is not None and last.id.sequence - head.id.sequence < HEAD_EVERY and clock.now() - head.at < HEAD_AFTER:
        return None
    return sign_head(journal, signer)


def verify_journal(journal: Journal, stations: Mapping[str, SignerPublic]) -> AuditReport:
    """Check every chain and every signed head; `stations`: known signing keys by key id."""
    return verify_rows(journal.chain_rows(), stations, frozenset({journal.origin}))


def verify_rows(rows: Iterable[Mapping[str, Any]], stations: Mapping[str, SignerPublic],
                whole: frozenset[str] = frozenset()) -> AuditReport:  # fmt: skip
    """Check rows as `export_rows` gives them, in any order of origins but each origin's in order.

    Every link is followed; a row with bytes has its hash computed again; a head must be signed in full by a known station key and
    name the very hash that stands in the chain. A chain with a signed head, or named in `whole`, must be there from its first
    event; of other stations' chains a journal only holds the dossiers it was handed.
    """
    faults: list[str] = []
    gaps: list[tuple[str, int]] = []
    hashes: dict[tuple[str, int], bytes] = {}
    previous: dict[str, tuple[int, bytes]] = {}
    heads: list[Event] = []
    purged = 0
    for row in rows:
        origin, sequence, digest, before, data = row["origin"], row["sequence"], row["hash"], row["previous"], row["bytes"]
        last_sequence, last_hash = previous.get(origin, (sequence - 1, before) if sequence > 1 else (0, GENESIS))
        if sequence <= last_sequence:
            faults.append(f"{origin}-{sequence}: repeats")
        elif sequence > last_sequence + 1 or (sequence > 1 and origin not in previous):
            gaps.append((origin, sequence))
        elif before != last_hash:
            faults.append(f"{origin}-{sequence}: does not follow the one before it")
        if data is None:
            purged += 1
        elif hashlib.sha256(data).digest() != digest:
            faults.append(f"{origin}-{sequence}: its bytes were changed")
        elif row["kind"] == Kind.AUDIT_HEAD:
            heads.append(decode(data))
        elif (event := decode(data)).id != EventId(origin, sequence) or event.previous != before:
            faults.append(f"{origin}-{sequence}: it is listed under another name than its own")
        previous[origin], hashes[origin, sequence] = (sequence, digest), digest
    whole |= {event.id.origin for event in heads}
    faults += [f"{origin}-{sequence}: events are missing before it" for origin, sequence in gaps if origin in whole]
    covered: dict[str, int] = {}
    for event in heads:
        fault = _head_fault(event, hashes, stations)
        if fault:
            faults.append(f"{event.id}: {fault}")
        else:
            covered[event.id.origin] = event.id.sequence - 1
    return AuditReport(len(hashes), len(heads), sum(covered.values()), purged, tuple(faults))


def _head_fault(event: Event, hashes: Mapping[tuple[str, int], bytes], stations: Mapping[str, SignerPublic]) -> str:
    try:
        origin, _, sequence = str(event.body["head"]).rpartition("-")
        head, digest = EventId(origin, int(sequence)), bytes(event.body["hash"])
        public = SignerPublic.from_bytes(event.body["key"])
        signatures = [Signature.from_bytes(s) for s in event.body["signatures"]]
    except (KeyError, ValueError, TypeError, KeyFormatError):
        return "a signed head that cannot be read"
    if stations.get(public.key_id) != public:
        return "a head signed by a key that is not known here"
    if hashes.get((head.origin, head.sequence)) != digest:
        return "a signed head names another event than the chain holds"
    try:
        verify(public, head_bytes(head, digest), signatures)
    except SignatureError:
        return "a head whose signature is wrong"
    return ""


def export_rows(journal: Journal, signer: Signer, *, full: bool) -> Iterator[str]:
    """Yield the lines of an export: one JSON object per event, and last a seal: the station's signatures over all lines before.

    Heads are always whole; other events only when `full`.
    """
    digest, count = hashlib.sha256(), 0
    for row in journal.chain_rows():
        data = row["bytes"]
        shown = {key: value for key, value in row.items() if key not in ("hash", "previous", "bytes")}
        if data is not None:
            event = decode(data)
            shown |= {"operator": event.operator, "desk": event.desk, "clock": event.clock}
        whole = data is not None and (full or row["kind"] == Kind.AUDIT_HEAD)
        shown |= {"hash": row["hash"].hex(), "previous": row["previous"].hex(), "state": "purged" if data is None else "kept",
                  "bytes": _text(data) if whole else None}  # fmt: skip
        line = json.dumps(shown, ensure_ascii=False, sort_keys=True)
        digest.update(line.encode() + b"\n")
        count += 1
        yield line
    seal: dict[str, Any] = {"seal": 1, "origin": journal.origin, "lines": count, "sha256": digest.hexdigest()}
    signatures = [_text(s.to_bytes()) for s in signer.sign(_seal_bytes(seal))]
    yield json.dumps(seal | {"key": _text(signer.public.to_bytes()), "signatures": signatures}, sort_keys=True)


def verify_export(lines: Iterable[str], stations: Mapping[str, SignerPublic]) -> AuditReport:
    """Check an export against known station keys; `purged` counts the rows whose facts are not in it.

    Raises:
        InputError: not an export.
    """
    number, own = 0, ""
    rows: list[dict[str, Any]] = []
    digest, seals = hashlib.sha256(), list[str]()
    try:
        for number, line in enumerate(lines, 1):
            if len(line) > MAX_LINE:
                raise ValueError("too long")
            row = json.loads(line)
            if "seal" in row:
                seals.append(_seal_fault(row, digest.hexdigest(), number - 1, stations))
                own = str(row["origin"])
                continue
            digest.update(line.rstrip("\n").encode() + b"\n")
            rows.append({
                "origin": str(row["origin"]), "sequence": int(row["sequence"]), "kind": str(row["kind"]),
                "hash": bytes.fromhex(row["hash"]), "previous": bytes.fromhex(row["previous"]),
                "bytes": None if row["bytes"] is None else base64.b64decode(row["bytes"], validate=True),
            })  # fmt: skip
        report = verify_rows(rows, stations, frozenset({own}))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, StorageError) as error:
        raise InputError(
            f"Line {number} is not one of an audit export; nothing was believed.", code="audit-format", line=number
        ) from error
    if len(seals) != 1:
        seals.append("the export has no seal, or more than one: it was cut off or joined")
    return replace(report, faults=(*(s for s in seals if s), *report.faults))


def _seal_fault(seal: Mapping[str, Any], digest: str, lines: int, stations: Mapping[str, SignerPublic]) -> str:
    public = SignerPublic.from_bytes(base64.b64decode(seal["key"], validate=True))
    if stations.get(public.key_id) != public:
        return "the export is sealed by a key that is not known here"
    if seal["sha256"] != digest or seal["lines"] != lines:
        return "the export is not what was sealed"
    try:
        verify(public, _seal_bytes(seal), [Signature.from_bytes(base64.b64decode(s, validate=True)) for s in seal["signatures"]])
    except SignatureError:
        return "the export's seal is wrong"
    return ""


def _seal_bytes(seal: Mapping[str, Any]) -> bytes:
    return cbor2.dumps(
        ["enrollment-station audit export", seal["seal"], seal["origin"], seal["lines"], seal["sha256"]], canonical=True
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
