"""`station card`: reading the simulated card, saving, judging again, secrets from standard input, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from devices.simulated.card_issue import synthetic_citizen
from station.commands.card import app

RUN = CliRunner()


def read(*arguments: str, standard_input: str = "") -> tuple[int, dict]:
    result = RUN.invoke(app, ["read", "--reader", "simulated", "--json", "--at", "2026-11-22", *arguments], input=standard_input)
    assert result.exit_code in (0, 1), result.output
    return result.exit_code, json.loads(result.stdout) if result.stdout.strip() else {"error": result.exception}


def test_the_simulated_card_is_verified_and_marked():
    code, row = read()
    assert code == 0
    assert (row["code"], row["source"]) == ("card-verified-simulated", "simulated")
    assert row["fields"]["dg13"]["full_name"] == synthetic_citizen(1).name
    assert row["locked"] == [3]
    assert all(line["worst"] != "compare-differs" for line in row["comparison"])


@pytest.mark.parametrize(("fault", "code"), [("tampered-dg13", "card-group-hash"), ("clone-chip-key", "card-chip-clone"),
                                             ("signer-expired", "card-signer-expired")])  # fmt: skip
def test_a_contradiction_ends_with_exit_code_one(fault: str, code: str):
    exit_code, row = read("--fault", fault)
    assert (exit_code, row["code"], row["answer"]) == (1, code, "broken")


def test_an_unknown_authority_is_no_failure():
    exit_code, row = read("--fault", "signer-unknown")
    assert (exit_code, row["answer"]) == (0, "no-trust-anchor")


def test_secrets_come_from_standard_input():
    citizen = synthetic_citizen(3)
    for option, text in (("--qr", citizen.qr + "\r\n"), ("--mrz", "\n".join(citizen.mrz_lines)), ("--can", citizen.number[-6:] + "\n"),
                         ("--number", citizen.number + "\n")):  # fmt: skip
        exit_code, row = read("--seed", "3", option, "-", standard_input=text)
        assert exit_code == 0
        assert row["answer"] == "verified"
    _, row = read("--seed", "3", "--qr", "-", standard_input=citizen.qr)
    assert {"dg13", "dg1", "qr"} == set(row["fields"])


def test_a_wrong_number_and_a_misread_zone():
    result = RUN.invoke(app, ["read", "--reader", "simulated", "--can", "000000"])
    assert getattr(result.exception, "reason_code", "") == "card-wrong-key"
    lines = "\n".join(synthetic_citizen(1).mrz_lines).replace("VNM9", "VNM8", 1)
    result = RUN.invoke(app, ["read", "--reader", "simulated", "--mrz", "-"], input=lines.replace("0", "1", 1))
    assert getattr(result.exception, "reason_code", "") in ("mrz-check", "card-wrong-key")


def test_save_and_verify_again(tmp_path: Path):
    folder = tmp_path / "reading"
    exit_code, row = read("--save", str(folder))
    assert exit_code == 0
    again = RUN.invoke(app, ["verify", str(folder), "--json", "--at", "2026-11-22"])
    assert again.exit_code == 0, again.output
    second = json.loads(again.stdout)
    assert (second["code"], second["groups"]) == (row["code"], row["groups"])
    # Ten years later the signer's certificate has run out.
    late = json.loads(RUN.invoke(app, ["verify", str(folder), "--json", "--at", "2038-01-01"]).stdout)
    assert late["code"] == "card-signer-expired"


def test_an_altered_copy_is_refused_or_broken(tmp_path: Path):
    folder = tmp_path / "reading"
    read("--save", str(folder))
    group = folder / "DG1.bin"
    group.write_bytes(group.read_bytes()[:-1] + b"Z")
    result = RUN.invoke(app, ["verify", str(folder)])
    assert getattr(result.exception, "reason_code", "") == "card-evidence-altered"
    # Whoever also mends the manifest still meets the signature.
    import hashlib

    manifest = json.loads((folder / "card.json").read_text())
    manifest["sha256"]["DG1.bin"] = hashlib.sha256(group.read_bytes()).hexdigest()
    (folder / "card.json").write_text(json.dumps(manifest))
    row = json.loads(RUN.invoke(app, ["verify", str(folder), "--json"]).stdout)
    assert row["code"] == "card-group-hash"


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 1}', '{"format": 1, "sha256": {"../../etc/passwd": "00"}}',
                                     '{"format": 1, "sha256": {}, "locked": ["x"]}'])  # fmt: skip
def test_what_is_no_reading_is_refused(tmp_path: Path, content: str):
    (tmp_path / "card.json").write_text(content)
    result = RUN.invoke(app, ["verify", str(tmp_path)])
    assert getattr(result.exception, "reason_code", "") == "card-evidence"


def test_the_words_of_every_code_exist_in_both_languages():
    from devices.emrtd.reading import ChipProof
    from devices.simulated.card_faults import Fault
    from station.words import catalogue
    from tests.devices.emrtd.test_faults import CASES

    words = catalogue()
    assert len(Fault) >= 40
    for case in CASES:
        if not case.expect.startswith("device-"):
            assert case.expect in words, case.expect
    for proof in ChipProof:
        assert f"chip-proof-{proof.value}" in words
    from station.vietnam.comparison import FIELDS, SOURCES, Relation

    for code in (
        *(r.value for r in Relation),
        *(f"compare-field-{f}" for f in FIELDS),
        *(f"compare-source-{s}" for s in SOURCES),
    ):
        assert code in words


def test_every_finding_has_words():
    import re

    from station.words import catalogue

    root = Path(__file__).resolve().parents[2]
    sources = "".join((root / "devices" / "emrtd" / name).read_text() for name in ("passive.py", "verdict.py"))
    codes = set(re.findall(r'Finding\("([a-z0-9-]+)"', sources))
    assert len(codes) > 20
    assert {code for code in codes if f"card-{code}" not in catalogue()} == set()
    more = "".join(path.read_text() for folder in ("emrtd", "pcsc") for path in (root / "devices" / folder).glob("*.py"))
    errors = set(re.findall(r'code="([a-z0-9-]+)"', more)) - {"number-shape"}
    assert {code for code in errors if code not in catalogue()} == set()


def test_fault_switches_are_listed():
    result = RUN.invoke(app, ["simulate", "--fault", "list"])
    assert "clone-chip-key" in result.stdout.split()
