"""The encrypted, append-only store of events and blobs; the only place where a dossier exists.

Public names: `Journal` (append, put_blob, events, import, check), its error classes. Layout: ``journal/journal.db`` holds
events and the index under SQLite3 Multiple Ciphers (ChaCha20-Poly1305 per page), ``journal/segments/`` the images under
AES-256-GCM with a key per segment. May import `station.files`, `station.dossier.events`, `station.clock`; never packages or devices.
"""

from __future__ import annotations

from station.journal.check import CheckReport
from station.journal.codec import raw_media_type
from station.journal.errors import DamagedError, JournalKeyError, NewerJournalError, NoJournalError
from station.journal.reading import DossierSpan
from station.journal.store import Journal

__all__ = [
    "CheckReport",
    "DamagedError",
    "DossierSpan",
    "Journal",
    "JournalKeyError",
    "NewerJournalError",
    "NoJournalError",
    "raw_media_type",
]
