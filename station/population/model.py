"""What a register knows of a person, what it answers, and the look-up interface (a simulator, HTTP and offline lists implement it)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol, runtime_checkable

from station.vietnam.dates import PartialDate


class RecordStatus(StrEnum):
    """State of a person in the register."""

    ACTIVE = "active"
    DECEASED = "deceased"
    MISSING = "missing"
    CANCELLED = "cancelled"
    LOST_NATIONALITY = "lost-nationality"

    @property
    def stops(self) -> bool:
        """Whether a dossier with this record may not go on (R7, X1)."""
        return self is not RecordStatus.ACTIVE


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """One person of the register: `fields` by the names of `station.vietnam.fields`, stored forms."""

    personal_no: str
    fields: Mapping[str, str]
    status: RecordStatus = RecordStatus.ACTIVE
    changed: date | None = None

    def __repr__(self) -> str:
        return "PersonRecord(…)"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the register answered: the records found (none: absent), which source, as of when, and the score of each (1 = exact)."""

    records: tuple[PersonRecord, ...]
    source: str
    as_of: str
    scores: tuple[float, ...] = ()
    complete: bool = True
    """False for an offline list: absence there proves nothing."""


@dataclass(frozen=True, slots=True)
class NameQuery:
    """Search without a number: name (marks optional), date of birth as far as known, names of parents."""

    name: str
    birth: PartialDate | None = None
    parents: tuple[str, ...] = field(default_factory=tuple)
    limit: int = 20


@runtime_checkable
class Population(Protocol):
    """The look-up interface.

    Raises (every method):
        TransferError: no answer (offline, time-out); the dossier goes on and is compared before sending.
        InputError: the query itself cannot be used.
    """

    @property
    def source(self) -> str:
        """Name of the source, written into the dossier (``simulator``, ``http``, ``offline-list``)."""

    def by_number(self, number: str) -> Answer:
        """Return the records under a 12-digit number (more than one is defect D1)."""

    def by_old_number(self, number: str) -> Answer:
        """Return the records that name this 9-digit number."""

    def by_name(self, query: NameQuery) -> Answer:
        """Return the closest people by name, birth and parents, best first."""
