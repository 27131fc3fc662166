"""Population look-up: the interface, a simulator of synthetic people, an HTTP service on loopback, encrypted offline lists.

Public: `Population`, `Answer`, `PersonRecord`, `RecordStatus`, `NameQuery`, `SyntheticPopulation`, `SyntheticCitizen`,
`PersonIndex`. There is no connector to a real register here, on purpose: a site writes its own against `Population`.
May import `station.vietnam`; nothing of `station.dossier` (what plants a fault knows nothing of what finds it).
"""

from __future__ import annotations

from station.population.index import PersonIndex
from station.population.model import Answer, NameQuery, PersonRecord, Population, RecordStatus
from station.population.synthetic import SyntheticCitizen, SyntheticPopulation

__all__ = ["Answer", "NameQuery", "PersonIndex", "PersonRecord", "Population", "RecordStatus", "SyntheticCitizen",
           "SyntheticPopulation"]  # fmt: skip
