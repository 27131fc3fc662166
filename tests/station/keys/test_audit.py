"""Nothing in the audit chain can be changed, dropped, inserted or re-signed unseen, in the journal or in an export."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from station.clock import ManualClock
from station.errors import InputError
from station.files import RealFiles
from station.journal import Journal
from station.keys import SoftwareSigner
from station.keys.audit import HEAD_EVERY, export_rows, sign_head, sign_head_if_due, verify_export, verify_journal

SIGNER, STRANGER = SoftwareSigner.generate(), SoftwareSigner.generate()
KNOWN = {SIGNER.key_id: SIGNER.public}


@pytest.fixture
def journal(tmp_path: Path):
    with Journal.create(RealFiles(tmp_path), bytes(32), "00112233445566aa", ManualClock()) as journal:
        for number in range(6):
            journal.append("field.set", {"name": "full_name", "value": f"PERSON {number}"}, dossier="d", operator="lan", desk="1")
        sign_head(journal, SIGNER)
        journal.append("dossier.paused", {}, dossier="d", operator="lan", desk="1")
        yield journal


def test_a_sound_journal_and_its_exports_verify(journal: Journal) -> None:
    report = verify_journal(journal, KNOWN)
    assert (report.sound, report.events, report.heads, report.covered, report.purged) == (True, 8, 1, 6, 0)
    full, links = list(export_rows(journal, SIGNER, full=True)), list(export_rows(journal, SIGNER, full=False))
    assert verify_export(full, KNOWN) == report
    assert verify_export(links, KNOWN).sound
    assert "PERSON" not in "".join(links)
    assert "lan" in links[0]
    assert verify_journal(journal, {}).faults != ()
    assert verify_export(full, {}).faults != ()
    forged = list(export_rows(journal, STRANGER, full=False))
    assert "not known" in verify_export(forged, KNOWN).faults[0]


def test_heads_are_signed_when_due(journal: Journal) -> None:
    clock = ManualClock()
    assert sign_head_if_due(journal, SIGNER, clock) is None
    for _ in range(HEAD_EVERY):
        journal.append("field.set", {}, dossier="d", operator="", desk="")
    assert sign_head_if_due(journal, SIGNER, clock) is not None
    assert sign_head(journal, SIGNER) is None, "nothing new"


@pytest.mark.parametrize("full", [True, False])
def test_every_kind_of_tampering_with_an_export_is_found(journal: Journal, full: bool) -> None:
    rows = [json.loads(line) for line in export_rows(journal, SIGNER, full=full)]

    def faults(changed: list[dict]) -> tuple[str, ...]:
        return verify_export([json.dumps(row, sort_keys=True, ensure_ascii=False) for row in changed], KNOWN).faults

    assert not faults(rows)
    for at in range(len(rows)):
        assert faults(rows[:at] + rows[at + 1 :]), "dropped"
        assert faults([*rows[:at], rows[at], *rows[at:]]), "repeated"
        if "seal" in rows[at]:
            continue
        changed = [dict(row) for row in rows]
        changed[at]["hash"] = "00" * 32
        assert faults(changed), "another hash"
        if rows[at]["bytes"]:
            changed = [dict(row) for row in rows]
            changed[at]["bytes"] = rows[at]["bytes"].replace("A", "B", 1)
            try:
                assert faults(changed), "another fact"
            except InputError:
                pass  # the form broke before the hash could


def test_a_whole_chain_written_anew_fails_at_the_head(tmp_path: Path, journal: Journal) -> None:
    """Whoever holds the journal key can write another history, but not sign its head."""
    with Journal.create(RealFiles(tmp_path / "forged"), bytes(32), journal.origin, ManualClock()) as forged:
        for number in range(6):
            forged.append("field.set", {"name": "full_name", "value": f"OTHER {number}"}, dossier="d", operator="lan", desk="1")
        head = next(e for e in journal.events() if e.kind == "audit.head-signed")
        forged.append(head.kind, head.body, dossier="", operator="", desk="")
        assert any("another event" in fault for fault in verify_journal(forged, KNOWN).faults)
        forged.append("dossier.paused", {}, dossier="d", operator="", desk="")
        sign_head(forged, STRANGER)
        assert any("not known" in fault for fault in verify_journal(forged, KNOWN).faults)


def test_another_stations_dossier_may_have_gaps(tmp_path: Path, journal: Journal) -> None:
    with Journal.create(RealFiles(tmp_path / "kit-b"), bytes(32), "00112233445566bb", ManualClock()) as other:
        other.append("dossier.opened", {}, dossier="elsewhere", operator="", desk="")
        shared = [other.append("field.set", {}, dossier="d2", operator="", desk="")]
        other.append("field.set", {}, dossier="elsewhere", operator="", desk="")
        shared.append(other.append("field.set", {}, dossier="d2", operator="", desk=""))
    journal.import_events(shared)
    assert verify_journal(journal, KNOWN).sound


def test_foreign_lines_are_refused() -> None:
    for line in ("", "[]", "{}", "null", '{"origin": 1}', "[" * 5000):
        with pytest.raises(InputError):
            verify_export([line], KNOWN)
