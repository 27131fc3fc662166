"""The comparison table: equal, differs only in diacritics, differs, missing; per field and per source."""

from __future__ import annotations

from station.vietnam.comparison import Relation, compare, relate

CHIP = {"personal_no": "001099012345", "full_name": "Đặng Thị Hòa", "dob": "1999-12-31", "sex": "F", "nationality": "Việt Nam",
        "ethnicity": "Kinh", "addr_perm": "Số 1 Đường Mẫu, Hà Nội", "card_expiry": "unlimited"}  # fmt: skip


def cell(rows, field, source):
    row = next(row for row in rows if row.field == field)
    return next(cell for cell in row.cells if cell.source == source).relation


def test_four_answers():
    rows = compare({
        "dg13": CHIP,
        "dg1": {"personal_no": "001099012345", "full_name": "DANG THI HOA", "dob": "1999-12-31", "nationality": "VNM"},
        "qr": {"personal_no": "001099012345", "full_name": "Đặng Thị Hoà", "addr_perm": "số 1  đường Mẫu Hà Nội", "sex": "F"},
        "typed": {"full_name": "Dang Thi Hoa", "dob": "1999", "sex": "M"},
        "population": {"full_name": "Đặng Thị Hoa", "addr_perm": "Số 2 Đường Mẫu, Hà Nội", "dob": "1998-12-31"},
    })  # fmt: skip
    assert cell(rows, "full_name", "dg1") is Relation.EQUAL  # the MRZ cannot carry marks
    assert cell(rows, "full_name", "qr") is Relation.MARKS_ONLY
    assert cell(rows, "full_name", "typed") is Relation.MARKS_ONLY
    assert cell(rows, "full_name", "population") is Relation.MARKS_ONLY
    assert cell(rows, "nationality", "dg1") is Relation.EQUAL
    assert cell(rows, "addr_perm", "qr") is Relation.EQUAL
    assert cell(rows, "addr_perm", "population") is Relation.DIFFERS
    assert cell(rows, "dob", "typed") is Relation.EQUAL  # less precise, not different
    assert cell(rows, "dob", "population") is Relation.DIFFERS
    assert cell(rows, "sex", "typed") is Relation.DIFFERS
    assert cell(rows, "ethnicity", "qr") is Relation.MISSING


def test_rows_are_coloured_by_their_worst_cell():
    rows = {
        row.field: row.worst
        for row in compare({"dg13": CHIP, "qr": {"full_name": "Đặng Thị Hoa", "sex": "M", "dob": "1999-12-31"}})
    }
    assert rows["full_name"] is Relation.MARKS_ONLY
    assert rows["sex"] is Relation.DIFFERS
    assert rows["dob"] is Relation.EQUAL
    assert rows["ethnicity"] is Relation.MISSING


def test_a_name_cut_by_the_mrz_line_is_equal_and_another_name_is_not():
    long = "Công Tằng Tôn Nữ Thị Ngọc Minh Huyền Trang"
    assert relate("full_name", long, "CONG TANG TON NU THI NGOC MIN", plain=True, cut=True) is Relation.EQUAL
    assert relate("full_name", long, "CONG TANG TON NU THI NGOC", plain=True, cut=True) is Relation.DIFFERS


def test_nothing_known_gives_no_row_and_no_source_is_needed():
    assert compare({}) == ()
    assert compare({"dg13": {}, "qr": {"full_name": ""}}) == ()


def test_repr_shows_no_value():
    rows = compare({"dg13": CHIP, "qr": CHIP})
    assert "099012345" not in repr(rows)
