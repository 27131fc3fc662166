"""`station dossier|population|cards` on a real station folder: real journal, real keys, sign-in."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from station.app import Station
from station.cli import app
from station.dossier.book import DossierBook
from station.dossier.consuming import NoticeDesk
from station.dossier.mending import Mending
from station.keys import Argon2Cost, Role

from .builders import APPLICANT

RUN = CliRunner()
CHEAP = Argon2Cost(1, 64, 1)


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    folder = tmp_path_factory.mktemp("kit")
    station = Station.open(folder, demo=True, cost=CHEAP)
    try:
        admin = None
        for name, role in (
            ("admin", Role.SECURITY_ADMIN),
            ("lan", Role.CLERK),
            ("minh", Role.DATA_OFFICER),
            ("hoa", Role.SUPERVISOR),
        ):
            station.operators.add(name, name.title(), [role], "47291835-x", by=admin, must_change=False)
            if admin is None:
                admin = station.sign_in("admin", "47291835-x", desk="cli")
        station.sign_in("lan", "47291835-x", desk="clerk")
        book = DossierBook(station.journal, station.clock, station.session)
        dossier = book.open_dossier("vn-60-2021", applicant=APPLICANT)
        defect = Mending(book).report(dossier, "S4", "hometown", "khác sổ")
        NoticeDesk(station.journal, station.clock).consume(
            "n", "cards", {"manifest": "m1", "cards": [{"serial": "C1", "dossier": dossier}]}
        )
        station.sign_out()
    finally:
        station.close()
    (folder / "pin").write_text("47291835-x", "utf-8")
    (folder / "paper.jpg").write_bytes(b"\xff\xd8\xff\xe0paper")
    return folder, dossier, str(defect)


def call(kit: tuple[Path, str, str], *words: str, who: str = "lan", code: int = 0) -> str:
    folder = kit[0]
    result = RUN.invoke(app, [*words, "--data", str(folder), "--as", who, "--pin-file", str(folder / "pin")])
    assert result.exit_code == code, (words, result.output, result.exception)
    return result.output


def test_a_dossier_from_list_to_correction(kit: tuple[Path, str, str], tmp_path: Path) -> None:
    _, dossier, defect = kit
    rows = [json.loads(text) for text in call(kit, "dossier", "list", "--json").splitlines()]
    assert [r["dossier"] for r in rows] == [dossier]
    assert dossier in call(kit, "dossier", "find", "tran thi hoa")
    call(kit, "dossier", "find", "không ai", code=1)
    assert "099 158 004 217" in call(kit, "dossier", "show", dossier)
    assert "S4" in call(kit, "dossier", "defects", "--english")
    assert "opened" in call(kit, "dossier", "totals", "--json")
    assert call(kit, "dossier", "desks", "--json").count("desk") == 5
    call(kit, "dossier", "assign", dossier, defect, "commune:99901", who="minh")
    call(kit, "dossier", "correct", dossier, defect, "Xã Mẫu", "--proof", str(kit[0] / "paper.jpg"), who="minh")
    call(kit, "dossier", "approve", dossier, defect, who="hoa")
    assert "Xã Mẫu  [" in call(kit, "dossier", "show", dossier)
    call(kit, "dossier", "close", dossier, defect, "xong", who="minh")
    call(kit, "dossier", "print", dossier, "capture", "--to", str(tmp_path / "form.pdf"))
    assert (tmp_path / "form.pdf").read_bytes().startswith(b"%PDF")
    call(kit, "dossier", "end", dossier, "pause", "--reason", "ăn trưa")
    call(kit, "dossier", "end", dossier, "resume")


def test_cards_on_the_command_line(kit: tuple[Path, str, str], tmp_path: Path) -> None:
    _, dossier, _ = kit
    assert call(kit, "cards", "manifests").strip() == "m1"
    scans = tmp_path / "scans.txt"
    scans.write_text("C1\n", "utf-8")
    assert "1 here, 0 missing" in call(kit, "cards", "check-in", "m1", "--scans", str(scans))
    call(kit, "cards", "undelivered", dossier, "not-home", "--phone-tries", "2", "--next-try", "2026-11-30")
    assert "2026-11-30" in call(kit, "cards", "list", "--undelivered")
    call(kit, "cards", "hand-over", dossier, "--chip-number", "099158004217", "--signature", str(kit[0] / "paper.jpg"))
    assert '"card": "handed"' in call(kit, "cards", "list", "--json")
    assert call(kit, "cards", "calls") == ""


def test_population_on_the_command_line(kit: tuple[Path, str, str], tmp_path: Path) -> None:
    people = RUN.invoke(app, ["population", "people", "--count", "3", "--size", "50", "--json"])
    first = json.loads(people.output.splitlines()[0])["declared"]
    found = RUN.invoke(app, ["population", "look", first["personal_no"], "--size", "50"])
    assert found.exit_code == 0
    assert RUN.invoke(app, ["population", "look", "000000000000", "--size", "50"]).exit_code == 1
    assert "units, readable" in RUN.invoke(app, ["population", "units"]).output
    assert "Lào Cai" in RUN.invoke(app, ["population", "units", "--code", "15"]).output
    out = call(kit, "population", "list", "--to", str(tmp_path / "thon3.vnpl"), "--name", "Thôn 3", "--count", "20")
    assert "readable by this station only" in out


def test_papers_from_a_file_and_from_a_camera(kit: tuple[Path, str, str], tmp_path: Path) -> None:
    folder, dossier, _ = kit
    sheet = np.full((700, 500, 3), 250, np.uint8)
    for y in range(60, 660, 40):
        cv2.putText(sheet, "GIAY KHAI SINH 1958", (30, y), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (20, 20, 20), 2, cv2.LINE_AA)
    good, blank = tmp_path / "page.png", tmp_path / "dark.png"
    good.write_bytes(cv2.imencode(".png", sheet)[1].tobytes())
    blank.write_bytes(cv2.imencode(".png", sheet // 4)[1].tobytes())

    def do(*words: str, code: int = 0) -> str:
        return call(kit, "dossier", "paper", *words, code=code)

    row = json.loads(do("add", dossier, "birth-certificate", "--from", str(good), "--field", "mother_name", "--json"))
    assert (row["kind"], row["field"], row["simulated"], row["flaws"]) == ("birth-certificate", "mother_name", False, [])
    do("add", dossier, "residence-paper", "--from", str(blank), code=1)
    do("add", dossier, "visa", "--from", str(good), code=1)
    do("add", dossier, "other", "--from", str(folder / "pin"), "--words", "x", code=1)
    again = json.loads(do("retake", dossier, row["paper"], "--reason", "Mờ", "--device", "simulated-documents", "--json"))
    assert (again["kind"], again["field"], again["simulated"]) == ("birth-certificate", "mother_name", True)
    dark = json.loads(do("add", dossier, "residence-paper", "--from", str(blank), "--reason", "Giấy đã ố", "--json"))
    do("remove", dossier, dark["paper"], "--reason", "Nhầm")
    do("absent", dossier, "authorisation", "--reason", "Chưa cần")
    listed = [json.loads(text) for text in do("list", dossier, "--json").splitlines()]
    assert [(r.get("struck"), r.get("kind", r.get("absent"))) for r in listed] == [
        ("", "birth-certificate"), ("retaken", "birth-certificate"), ("removed", "residence-paper")]  # fmt: skip
    assert "Giấy khai sinh" in call(kit, "dossier", "show", dossier)


def test_exceptions_are_declared_with_a_picture_and_signed_by_the_pin(kit: tuple[Path, str, str], tmp_path: Path) -> None:
    _, dossier, _ = kit
    picture = tmp_path / "hand.jpg"
    noise = np.random.default_rng(1).integers(60, 200, (90, 120, 3), np.uint8)
    picture.write_bytes(cv2.imencode(".jpg", noise)[1].tobytes())

    def do(*words: str, code: int = 0) -> str:
        return call(kit, "dossier", "exception", *words, code=code)

    row = json.loads(do("add", dossier, "4", "amputated", "--photo", str(picture), "--json"))
    assert (row["by"], len(row["photo"]), row["no_photo"], row["permanence"]) == ("pin", 64, "", "lasting")
    assert "không có máy ảnh" in do("add", dossier, "9", "bandaged", "--temporary")
    do("add", dossier, "5", "other", code=1)  # without words
    do("add", dossier, "5", "tired", code=1)
    do("add", dossier, "5", "stiff", "--no-photo", "forgot", code=1)
    assert "ký bằng PIN" in call(kit, "dossier", "show", dossier)
    do("withdraw", dossier, "4", "--reason", "Nhầm ngón")
    (left,) = (json.loads(text) for text in do("list", dossier, "--json").splitlines())
    assert (left["exception"], left["no_photo"], left["operator"]) == (9, "no-camera", "lan")


def test_kind_old_card_and_fee_are_said_on_the_command_line(tmp_path: Path) -> None:
    station = Station.open(tmp_path, demo=True, cost=CHEAP)
    try:
        station.operators.add("lan", "Lan", [Role.CLERK, Role.SECURITY_ADMIN], "47291835-x", by=None, must_change=False)
        station.sign_in("lan", "47291835-x", desk="clerk")
        dossier = station.book.open_dossier("vn-60-2021", applicant={**APPLICANT, "old_id_no": "012345678"}, kind="")
        cards = [{"serial": "C1", "dossier": dossier}, {"serial": "C2", "dossier": "0"}]
        NoticeDesk(station.journal, station.clock).consume("n", "cards", {"manifest": "m1", "cards": cards})
    finally:
        station.close()
    (tmp_path / "pin").write_text("47291835-x", "utf-8")
    kit = (tmp_path, dossier, "")
    listed = json.loads(call(kit, "cards", "mismatch", "--json", code=1))
    assert listed == {"manifest": "m1", "missing": ["C1"], "foreign": [{"serial": "C2", "kit": ""}]}
    call(kit, "cards", "mismatch", "--note", str(tmp_path / "note.pdf"), code=1)
    assert not (tmp_path / "note.pdf").exists(), "no such card lies here yet"
    shown = json.loads(call(kit, "dossier", "kind", dossier, "--json"))
    assert (shown["kind"], shown["confirmed"]) == ("first", False)
    assert "6  Cấp lại" in call(kit, "dossier", "kind", dossier)
    said = json.loads(call(kit, "dossier", "kind", dossier, "4", "--json"))
    assert (said["kind"], said["why"], said["confirmed"]) == ("exchange", "kind.cmnd", True)
    assert json.loads(call(kit, "dossier", "fee", dossier, "--json"))["amount_vnd"] == 30_000
    free = json.loads(call(kit, "dossier", "fee", dossier, "--ground", "policy-family", "--json"))
    assert (free["amount_vnd"], free["ground"]) == (0, "policy-family")
    call(kit, "dossier", "old-card", dossier, "lost", code=1)
    call(kit, "dossier", "old-card", dossier, "eaten", code=1)
    call(kit, "dossier", "old-card", dossier, "not-brought", "--reason", "ở nhà")
    station = Station.open(tmp_path, demo=True, cost=CHEAP)
    try:
        state = station.book.state(dossier)
        assert (state.old_card, state.old_card_state, state.old_card_reason) == ("cmnd", "not-brought", "ở nhà")
    finally:
        station.close()
