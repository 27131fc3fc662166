"""The tables of the documentation name tests that exist: each attack its test, each step of the circular and each data case its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def known_tests() -> dict[str, set[str]]:
    """Return file name (with its folder) → names of its tests."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "tests").rglob("test_*.py"):
        names = set(re.findall(r"^(?:async )?def (test_\w+)", path.read_text("utf-8"), re.MULTILINE))
        found[path.relative_to(ROOT / "tests").as_posix()] = names
    return found


def rows(document: str) -> list[list[str]]:
    """Return the cells of every table row of a document, headings and rulers left out."""
    lines = (ROOT / "docs" / document).read_text("utf-8").splitlines()
    cells = [[c.strip() for c in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [c for c in cells if not set("".join(c)) <= set("-: ")]


def test_every_attack_has_a_test_that_exists() -> None:
    known = known_tests()
    table = rows("security.md")
    attacks = table[1 : next(n for n, r in enumerate(table) if r[0] == "fault")]
    assert len(attacks) > 30
    for what, _, tests in attacks:
        file, named = "", 0
        for reference in re.findall(r"`([^`]+)`", tests):
            path, _, test = reference.partition("::")
            file = path or file
            place = file if file.startswith(("fuzz/", "e2e/", "devices/")) else f"station/{file}"
            assert place in known, f"{what}: no file tests/{place}"
            assert not test or test in known[place], f"{what}: no test {test} in {place}"
            named += 1
        assert named, f"{what}: no test"


def test_every_step_and_data_case_has_a_test_that_exists() -> None:
    every = {name for names in known_tests().values() for name in names}
    files = {path.rsplit("/", 1)[1] for path in known_tests()}
    for row in (r for r in rows("procedure-table.md") if len(r) == 3):
        for reference in re.findall(r"`([^`]*test_[^`]*)`", row[2]):
            for name in re.findall(r"test_\w+(?:\.py)?", reference):
                known = name in files or name in every or any(t.startswith(name) for t in every)
                assert known, f"{row[0]}: no test {name}"


@pytest.mark.parametrize("document", ["intake.md", "keys-and-journal.md", "dossier.md"])
def test_commands_of_the_documents_exist(document: str) -> None:
    """`station GROUP …` in the code of a document is a group that the program has."""
    from station.cli import COMMANDS

    text = (ROOT / "docs" / document).read_text("utf-8")
    code = "\n".join(re.findall(r"```(.*?)```", text, re.DOTALL) + re.findall(r"`([^`\n]+)`", text))
    groups = set(re.findall(r"(?:^|[\n·])\s*station ([a-z]+)", code))
    assert groups
    assert sorted(groups - set(COMMANDS)) == []
