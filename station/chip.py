"""A citizen's chip card as the station sees it: one report from a reading (verdict, person, comparison, photo), and its evidence folder.

The raw files are kept exactly as they were read, so that a reading can be judged again later, against other authorities or at
another time (`station card verify`). Nothing here draws; the report is plain data.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from devices import mrz
from devices.contract import Source
from devices.emrtd import cccd, lds
from devices.emrtd.lds import ChipFace
from devices.emrtd.reading import ChipData, ChipProof
from devices.emrtd.standing import CardStanding
from devices.emrtd.trust import CscaStore, TrustView, read_directory
from devices.emrtd.verdict import CardVerdict, judge
from devices.errors import DeviceFormatError
from devices.holder import Holder, HolderSource
from station.dossier.book import DossierBook
from station.dossier.card_case import record_reading
from station.errors import InputError, StorageError
from station.journal import Journal
from station.vietnam.comparison import Row, compare
from station.vietnam.fields import commit

MANIFEST: Final = "card.json"
SIMULATED_AUTHORITY: Final = "simulated-csca.der"
SIMULATED_NAME: Final = "Simulated, test only"
"""Organisation in every certificate of the test state."""
MAX_FILE: Final = 2 << 20
_MEDIA: Final = {MANIFEST: "application/json"}
_FIELDS: Final = {"number": "personal_no", "document_number": "document_no", "old_number": "old_id_no", "name": "full_name",
                  "birth": "dob", "sex": "sex", "nationality": "nationality", "ethnicity": "ethnicity", "religion": "religion",
                  "origin": "hometown", "residence": "addr_perm", "marks": "marks", "issued": "card_issued", "expiry": "card_expiry",
                  "father": "father_name", "mother": "mother_name", "spouse": "spouse_name"}  # fmt: skip


@dataclass(frozen=True, slots=True, repr=False)
class ChipReport:
    """What one reading says. `problems` are codes of groups that could not be understood (their bytes are kept all the same)."""

    verdict: CardVerdict
    sources: Mapping[str, Mapping[str, str]]
    rows: tuple[Row, ...]
    face: ChipFace | None
    source: Source
    access: str
    locked: tuple[int, ...]
    timings_ms: Mapping[str, float]
    problems: tuple[str, ...]
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        return f"ChipReport({self.verdict.code}, {self.source.value})"

    @property
    def name(self) -> str:
        """The person's name with diacritics where the chip has it."""
        for source in ("dg13", "dg1"):
            if name := self.sources.get(source, {}).get("full_name"):
                return name
        return ""

    @property
    def code(self) -> str:
        """The verdict's code; a simulated card is never simply *verified*."""
        simulated = self.source is Source.SIMULATED and self.verdict.code == "card-verified"
        return "card-verified-simulated" if simulated else self.verdict.code

    @property
    def standing(self) -> CardStanding:
        """What the verdict means for the work."""
        return self.verdict.standing


def record_fields(holder: Holder) -> dict[str, str]:
    """Return a holder's statement under the record's field names; fields it does not know are left out."""
    found = {theirs: str(value) for ours, theirs in _FIELDS.items() if (value := getattr(holder, ours)) is not None}
    if "full_name" not in found and holder.name_plain:
        found["full_name"] = holder.name_plain
    return found


def report(data: ChipData, view: TrustView, when: datetime, *, source: Source, known: tuple[Holder, ...] = (),
           population: Mapping[str, str] | None = None) -> ChipReport:  # fmt: skip
    """Judge a reading and lay it beside what else is known.

    Args:
        data: what was read.
        view: trusted authorities.
        when: the moment to judge at (aware).
        source: device or simulated.
        known: other statements: QR, MRZ, typed.
        population: the register's fields by name.
    """
    problems: list[str] = []
    holders = list(known)
    face = None
    for number, parse in ((1, _dg1), (13, cccd.parse_dg13)):
        if number in data.groups:
            try:
                holders.append(parse(data.groups[number]))
            except DeviceFormatError:
                problems.append(f"dg{number}-unreadable")
    if 2 in data.groups:
        try:
            face = lds.parse_dg2(data.groups[2])[0]
        except DeviceFormatError:
            problems.append("dg2-unreadable")
    sources: dict[str, Mapping[str, str]] = {holder.source.value: record_fields(holder) for holder in holders}
    if population is not None:
        sources["population"] = population
    notes = tuple(note for holder in holders for note in holder.notes)
    verdict = judge(data, view, when)
    if SIMULATED_NAME in verdict.passive.signer_name or SIMULATED_NAME in verdict.passive.authority_name:
        source = Source.SIMULATED  # a test state's card, however it reached the reader
    return ChipReport(verdict, sources, compare(sources), face, source, data.access, data.locked,
                      dict(data.timings_ms), tuple(problems), notes)  # fmt: skip


def _dg1(content: bytes) -> Holder:
    return mrz.to_holder(lds.parse_dg1(content), HolderSource.DG1)


def evidence(data: ChipData, source: Source, when: datetime) -> dict[str, bytes]:
    """Return the files of an evidence folder by name: raw files as read, and a manifest with their hashes and what was proved."""
    files = {f"DG{number}.bin": content for number, content in sorted(data.groups.items())}
    files["EF_SOD.bin"] = data.sod
    optional = (("EF_COM.bin", data.com), ("EF_CardAccess.bin", data.card_access), ("EF_CardSecurity.bin", data.card_security),
                          ("challenge.bin", data.challenge), ("challenge_signature.bin", data.challenge_signature),
                          ("mapping_key.bin", data.mapping_key), ("mapping_proof.bin", data.mapping_proof))  # fmt: skip
    files |= {name: content for name, content in optional if content}
    manifest = {
        "format": 1,
        "read_at": when.isoformat(),
        "source": source.value,
        "access": data.access,
        "locked": list(data.locked),
        "withheld": list(data.withheld),
        "chip_authentication": data.chip_authentication.value,
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    files[MANIFEST] = json.dumps(manifest, indent=1, sort_keys=True).encode()
    return files


def store_reading(book: DossierBook, journal: Journal, dossier: str, data: ChipData, result: ChipReport, when: datetime) -> None:
    """Keep a reading with its dossier: every raw file as a blob, then the event that names them; of a card that is not to be relied on
    (E12) the case as well. On the disk when this returns.

    Raises:
        StorageError: the journal cannot be written; then nothing counts as read.
    """
    blobs = {name: journal.put_blob(content, _MEDIA.get(name, "application/octet-stream"))
             for name, content in evidence(data, result.source, when).items()}  # fmt: skip
    stated = {**result.sources.get("dg1", {}), **result.sources.get("dg13", {})}
    fields = {}
    for name, value in stated.items():
        # The record's own form (codes for words); what it cannot hold (an unlimited expiry) stays with the raw files.
        with contextlib.suppress(InputError):
            fields[name] = commit(name, value)
    record_reading(book, dossier, result.code, result.standing, fields, blobs)


def load_evidence(folder: Path) -> tuple[ChipData, Source]:
    """Read an evidence folder back.

    Raises:
        InputError: no manifest, a file that is missing or is not the one the manifest names.
        StorageError: a file cannot be read.
    """
    manifest = _manifest(folder)
    files: dict[str, bytes] = {}
    for name, digest in manifest.get("sha256", {}).items():
        content = _read(folder / Path(str(name)).name)
        if hashlib.sha256(content).hexdigest() != digest:
            raise InputError(f"{Path(str(name)).name} is not the file that was read from the card; nothing was judged. Take another copy.",
                             code="card-evidence-altered")  # fmt: skip
        files[name] = content
    groups = {int(name[2:-4]): content for name, content in files.items() if name.startswith("DG") and name[2:-4].isdigit()}
    try:
        data = ChipData(
            card_access=files.get("EF_CardAccess.bin"),
            card_security=files.get("EF_CardSecurity.bin"),
            com=files.get("EF_COM.bin"),
            sod=files.get("EF_SOD.bin", b""),
            groups=groups,
            locked=tuple(int(n) for n in manifest.get("locked", ())),
            withheld=tuple(int(n) for n in manifest.get("withheld", ())),
            access=str(manifest.get("access", "")),
            chip_authentication=ChipProof(manifest.get("chip_authentication", "not-done")),
            challenge=files.get("challenge.bin", b""),
            challenge_signature=files.get("challenge_signature.bin", b""),
            mapping_key=files.get("mapping_key.bin", b""),
            mapping_proof=files.get("mapping_proof.bin", b""),
        )
        return data, Source(manifest.get("source", "file"))
    except (ValueError, TypeError) as error:
        raise _no_evidence(folder) from error


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(_read(folder / MANIFEST))
    except ValueError as error:
        raise _no_evidence(folder) from error
    if not isinstance(manifest, dict) or manifest.get("format") != 1 or not isinstance(manifest.get("sha256"), dict):
        raise _no_evidence(folder)
    return manifest


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE:
            raise InputError(f"{path.name} is larger than any file of a card; it was not read.", code="card-evidence")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise _no_evidence(path.parent) from error
    except OSError as error:
        raise StorageError(f"{path.name} cannot be read; nothing was judged. Check the folder and its rights.") from error


def _no_evidence(folder: Path) -> InputError:
    return InputError(f"{folder.name} holds no saved reading of a card (card.json and its files); nothing was judged. Make one with "
                      "`station card read --save DIR`.", code="card-evidence")  # fmt: skip


def csca_store(folder: Path | None, extra: tuple[bytes, ...] = ()) -> CscaStore:
    """Return the country signing certificates of a folder (None: none), with `extra` ones (a simulated card's own test state)."""
    if folder is not None and not folder.is_dir():
        raise InputError(f"There is no folder {folder.name} with certificates; nothing was judged. Give another with --trust.",
                         code="trust-folder")  # fmt: skip
    store = read_directory(folder) if folder is not None else CscaStore()
    for number, content in enumerate(extra):
        store.add(f"simulated-{number}", content)
    return store.settle()
