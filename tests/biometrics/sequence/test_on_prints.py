"""The sequence check and its commands on real pictures: small generated people, no stand-ins."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from biometrics.fingerprint.matching import FindingKind, KnownPeople, check_sequence
from biometrics.fingerprint.minutiae import extract
from biometrics.fingerprint.synthesis import PLAIN_SIZE, ImpressionSettings, finger_spec, grow_master, impression
from biometrics.positions import FingerPosition
from station.cli import main
from tests.bench.planted import Prints, as_sequence

FINGERS = (FingerPosition.RIGHT_INDEX, FingerPosition.RIGHT_MIDDLE, FingerPosition.LEFT_INDEX, FingerPosition.LEFT_MIDDLE)


@pytest.fixture(scope="module")
def pictures() -> dict[tuple[str, FingerPosition, int], np.ndarray]:
    """Four fingers of two people, three touches each."""
    made = {}
    for name, seed in (("anna", 71), ("bert", 72)):
        for position in FINGERS:
            master = grow_master(finger_spec(seed, position, age=30), PLAIN_SIZE)
            for touch in range(3):
                settings = ImpressionSettings.natural(np.random.default_rng([seed, int(position), touch]), spread=0.4)
                made[name, position, touch] = impression(master, settings, touch).image
    return made


@pytest.fixture(scope="module")
def prints(pictures) -> dict:
    return {key: extract(image, 500) for key, image in pictures.items()}


def _enrollment(prints, name: str = "anna") -> Prints:
    return {(p, rolled): prints[name, p, int(rolled)] for p in FINGERS for rolled in (False, True)}


def test_clean_is_clean(prints) -> None:
    assert check_sequence(as_sequence(_enrollment(prints))) == []


def test_swapped_hands_are_found(prints) -> None:
    mixed = _enrollment(prints)
    for right, left in zip(FINGERS[:2], FINGERS[2:], strict=True):
        mixed[right, False], mixed[left, False] = mixed[left, False], mixed[right, False]
    assert [finding.kind for finding in check_sequence(as_sequence(mixed))] == [FindingKind.SWAPPED_HANDS]


def test_one_finger_under_two_names_is_found(prints) -> None:
    mixed = _enrollment(prints)
    mixed[FINGERS[1], True] = prints["anna", FINGERS[0], 2]
    findings = check_sequence(as_sequence(mixed))
    assert FindingKind.SAME_FINGER_TWICE in {finding.kind for finding in findings}
    assert set(findings[0].positions) == {FINGERS[0], FINGERS[1]}


def test_a_previous_person_is_named(prints) -> None:
    known = KnownPeople()
    for position in FINGERS:
        known.add("bert", position, prints["bert", position, 2])
    mixed = _enrollment(prints)
    for position in FINGERS[2:]:
        mixed[position, False] = prints["bert", position, 0]
    named = [f for f in check_sequence(as_sequence(mixed), known) if f.kind is FindingKind.PREVIOUS_APPLICANT]
    assert [f.person for f in named] == ["bert"]
    assert check_sequence(as_sequence(_enrollment(prints)), known) == []
    known.remove("bert")
    assert known.prints == 0


def test_command_reads_a_folder_and_says_what_it_found(pictures, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for position in FINGERS:
        for touch, series in ((0, "plain"), (1, "rolled")):
            source = pictures["anna", position, touch]
            cv2.imwrite(str(tmp_path / f"{int(position):02d}-{series}.png"), source)
    with pytest.raises(SystemExit) as clean:
        main(["assess", "sequence", str(tmp_path)])
    assert clean.value.code == 0
    (tmp_path / "02-rolled.png").rename(tmp_path / "x")
    (tmp_path / "07-rolled.png").rename(tmp_path / "02-rolled.png")
    (tmp_path / "x").rename(tmp_path / "07-rolled.png")
    capsys.readouterr()
    with pytest.raises(SystemExit) as mixed:
        main(["assess", "sequence", str(tmp_path), "--json"])
    assert mixed.value.code == 1
    row = json.loads(capsys.readouterr().out.splitlines()[0])
    assert row["finding"] == "swapped-fingers"
    assert row["positions"] == ["RIGHT_INDEX", "LEFT_INDEX"]


def test_a_folder_without_prints_is_refused_in_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["assess", "sequence", str(tmp_path)])
    assert refused.value.code == 1
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_synthesize_writes_pictures_with_truth(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as done:
        main(["synthesize", str(tmp_path), "--seed", "3"])
    assert done.value.code == 0
    written = sorted((tmp_path / "person-3").iterdir())
    assert len(written) == 20
    about = json.loads((tmp_path / "person-3" / "02-plain.json").read_text())
    assert about["simulated"] is True
    assert len(about["minutiae"]) > 15
