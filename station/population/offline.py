"""Offline lists: the day's or a hamlet's people, encrypted, carried on the kit, asked like the register.

File: ``VNPL`` + version byte + AES-256-GCM (`station.keys.wrap`) over zlib over deterministic CBOR of ``{name, as_of, records}``. The list's name
and version are bound into the seal. Absence from a list proves nothing: its answers say ``complete = False``.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Sequence
from typing import Final

import cbor2

from station.errors import StationError, TransferError
from station.keys.wrap import open_bytes, seal_bytes
from station.population.index import PersonIndex
from station.population.model import Answer, NameQuery, PersonRecord, Population
from station.population.wire import MAX_RECORDS, WireFormatError, record_from_plain, record_to_plain

MAGIC: Final = b"VNPL\x01"
MAX_LIST_BYTES: Final = 30_000_000
MAX_PLAIN_BYTES: Final = 120_000_000


def list_key(journal_key: bytes) -> bytes:
    """Return the key of offline lists, derived from the station's journal key."""
    return hashlib.blake2b(b"population-lists", key=journal_key, digest_size=32).digest()


def write_list(name: str, as_of: str, records: Sequence[PersonRecord], key: bytes) -> bytes:
    """Return an encrypted list.

    Raises:
        WireFormatError: more than 20,000 people.
    """
    if len(records) > MAX_RECORDS:
        raise WireFormatError(f"An offline list holds {MAX_RECORDS} people at most; nothing was written. Choose a smaller area.")
    plain = cbor2.dumps({"name": name, "as_of": as_of, "records": [record_to_plain(r) for r in records]}, canonical=True)
    return MAGIC + seal_bytes(key, zlib.compress(plain, 6), MAGIC)


def read_list(data: bytes, key: bytes) -> PersonIndex:
    """Open a list as a `Population`.

    Raises:
        WireFormatError: not a list, of a newer program, too large, altered, or for another key.
    """
    if len(data) > MAX_LIST_BYTES or data[: len(MAGIC)] != MAGIC:
        raise WireFormatError("This is no offline list of this program; the present lists stay.")
    try:
        squeezed = open_bytes(key, data[len(MAGIC) :], MAGIC)
        opener = zlib.decompressobj()
        plain = opener.decompress(squeezed, MAX_PLAIN_BYTES)
        if opener.unconsumed_tail or not opener.eof:
            raise WireFormatError("This offline list is too large; the present lists stay.")
        raw = cbor2.loads(plain)
        if len(raw["records"]) > MAX_RECORDS:
            raise WireFormatError("This offline list is too large; the present lists stay.")
        return PersonIndex.of_records(map(record_from_plain, raw["records"]), f"offline-list:{str(raw['name'])[:60]}", complete=False,
                                      as_of=str(raw["as_of"])[:40])  # fmt: skip
    except WireFormatError:
        raise
    except (StationError, zlib.error, cbor2.CBORDecodeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise WireFormatError("This offline list was altered or belongs to another station; the present lists stay.") from error


class Together:
    """The register when it answers, otherwise the offline lists; what answered is named in the answer."""

    source = "register-or-list"

    def __init__(self, register: Population | None, lists: Sequence[Population]) -> None:
        self._all = ([register] if register is not None else []) + list(lists)

    def by_number(self, number: str) -> Answer:
        """See `Population.by_number`."""
        return self._first(lambda p: p.by_number(number))

    def by_old_number(self, number: str) -> Answer:
        """See `Population.by_old_number`."""
        return self._first(lambda p: p.by_old_number(number))

    def by_name(self, query: NameQuery) -> Answer:
        """See `Population.by_name`."""
        return self._first(lambda p: p.by_name(query))

    def _first(self, ask: Callable[[Population], Answer]) -> Answer:
        last: TransferError | None = None
        nothing: Answer | None = None
        for population in self._all:
            try:
                answer = ask(population)
            except TransferError as error:
                last = error
                continue
            if answer.records or answer.complete:
                return answer
            nothing = answer
        if nothing is not None:
            return nothing
        raise last or TransferError("No register and no offline list is configured; the dossier goes on.", code="E14")
