"""The papers: text can be taken out with its marks, the QR code is read back, equal data give equal bytes, long data do not break."""

from __future__ import annotations

import io
import shutil
import subprocess
import unicodedata
from pathlib import Path

import cv2
import numpy as np
import pytest
import segno
from pypdf import PdfReader

from station.dossier.book import DossierBook
from station.dossier.mending import Mending
from station.dossier.papers import PAPERS, make_hand_over_list, make_paper, print_paper
from station.errors import InputError
from station.vietnam.papers import sheet

from .builders import APPLICANT, finish, make_book

UNIT = "CÔNG AN XÃ VÍ DỤ"


def text_of(pdf: bytes) -> str:
    return unicodedata.normalize("NFC", "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


@pytest.fixture
def enrolled() -> tuple[DossierBook, str]:
    book = make_book()
    dossier = book.open_dossier("vn-60-2021", applicant={**APPLICANT, "father_name": "NGUYỄN HỮU ĐỖ ỄỘỮỲỴ"})
    book.look_up(dossier, "b", {"hometown": "Xã Cũ"}, source="t")
    book.declare_exception(dossier, 5, "amputated")
    book.declare_exception(dossier, 9, "other", "temporary", "vết bỏng mới")
    Mending(book).report(dossier, "S4", "hometown", "khác")
    finish(book, dossier)
    return book, dossier


def test_every_paper_says_what_it_must_in_vietnamese(enrolled: tuple[DossierBook, str]) -> None:
    book, dossier = enrolled
    wanted = {
        "capture": ["CC01", "17/2024/TT-BCA", "TRẦN THỊ HOÀ", "099 158 004 217", "NGUYỄN HỮU ĐỖ ỄỘỮỲỴ", "Cụt ngón út tay phải, lâu dài",
                    "Ngón áp út tay trái: vết bỏng mới, tạm thời", "Không thu được"],
        "slip": ["CC02", "01/12/2026", "Miễn lệ phí", "không bao giờ hỏi mã OTP"],
        "population-collect": ["DC01", "Xã Mẫu Hạ, Tỉnh Ví Dụ"],
        "population-correct": ["DC02", "Quê quán", "Xã Cũ", "Xã Mẫu Hạ, Tỉnh Ví Dụ"],
        "exceptions": ["Út tay phải", "vết bỏng mới", "op-1"],
    }  # fmt: skip
    for purpose in PAPERS:
        text = " ".join(
            text_of(make_paper(book.state(dossier), purpose, book.clock.now().date(), unit=UNIT, demo=True).pdf).split()
        )
        for words in (*wanted[purpose], UNIT, "Độc lập – Tự do – Hạnh phúc", "DEMO"):
            assert words in text, (purpose, words)


def test_equal_data_equal_bytes_and_the_print_is_recorded(enrolled: tuple[DossierBook, str]) -> None:
    book, dossier = enrolled
    one = print_paper(book, dossier, "capture", unit=UNIT)
    assert one.pdf == make_paper(book.state(dossier), "capture", book.clock.now().date(), unit=UNIT).pdf
    assert book.state(dossier).papers[-1].sha256 == f"sha256:{one.sha256}"
    assert b"/FontFile2" in one.pdf  # the font travels in the file
    with pytest.raises(InputError):
        print_paper(book, dossier, "banknote", unit=UNIT)


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="poppler-utils is not installed: the picture cannot be made")
def test_the_printed_qr_code_is_read_back_from_the_picture(enrolled: tuple[DossierBook, str], tmp_path: Path) -> None:
    book, dossier = enrolled
    (tmp_path / "slip.pdf").write_bytes(
        make_paper(book.state(dossier), "slip", book.clock.now().date(), unit=UNIT, demo=True).pdf
    )
    subprocess.run(["pdftoppm", "-r", "150", "-gray", "-png", "-singlefile", "slip.pdf", "slip"], cwd=tmp_path, check=True)
    picture = cv2.imread(str(tmp_path / "slip.png"), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    text, _, _ = cv2.QRCodeDetector().detectAndDecode(picture)
    assert text == dossier


def test_a_qr_code_of_the_card_is_read_back() -> None:
    # Eight bits UTF-8, as the card's own code; drawn large enough for any reader.
    text = "099158004217||Trần Thị Hoà|15051958|Nữ|Thôn 3, Xã Mẫu|01052023"
    matrix = np.array([list(row) for row in segno.make(text, error="m").matrix_iter(scale=6, border=4)], np.uint8)
    found, _, _ = cv2.QRCodeDetector().detectAndDecode(255 - matrix * 255)
    assert found == text


def test_long_data_flow_over_pages() -> None:
    book = make_book()
    dossier = book.open_dossier(
        "vn-60-2021", applicant={**APPLICANT, "full_name": "Ễ" * 100, "addr_perm": "Ộ" * 250, "hometown": "x " * 120}
    )
    for purpose in PAPERS:
        assert make_paper(book.state(dossier), purpose, book.clock.now().date(), unit="Ữ" * 90).pdf.startswith(b"%PDF")
    paper = make_hand_over_list(book.states() * 200, book.clock.now().date(), number=dossier, unit=UNIT, giver="A", taker="B")
    assert len(PdfReader(io.BytesIO(paper.pdf)).pages) > 4


def test_a_broken_portrait_leaves_the_frame() -> None:
    book = make_book()
    dossier = book.open_dossier("test-short", applicant=APPLICANT)
    paper = make_paper(book.state(dossier), "capture", book.clock.now().date(), unit=UNIT, portrait=b"\xff\xd8broken")
    assert "Ảnh 4 x 6" in text_of(paper.pdf)


def test_without_a_font_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    sheet.register_fonts.cache_clear()
    with pytest.raises(InputError, match="fonts-noto-core"):
        sheet.register_fonts()
    sheet.register_fonts.cache_clear()
