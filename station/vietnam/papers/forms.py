"""The papers themselves. Titles and codes come from the dated table of forms; the layout is this project's, not an official print."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from station.vietnam.papers.sheet import Sheet
from station.vietnam.rules import Form


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line: label and value as read by people."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class CaptureRow:
    """One capture on the form: what, result, quality, note (the legal text of an exception)."""

    label: str
    result: str
    quality: str
    note: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A finished paper: the PDF, which form it is, and its SHA-256 (hex)."""

    pdf: bytes
    form: Form

    @property
    def sha256(self) -> str:
        """Hash of the PDF, written into the dossier when it is printed."""
        return hashlib.sha256(self.pdf).hexdigest()


def _head(sheet: Sheet, form: Form, number: str, unit: str) -> None:
    small = sheet.width < 180
    centre = sheet.width * (0.66 if not small else 0.5)
    sheet.y += 3
    if not small:
        sheet.text(sheet.margin, unit, size=9, bold=True)
    sheet.text(centre, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size=9.5, bold=True, align="centre")
    sheet.y += 4.5
    sheet.text(centre, "Độc lập – Tự do – Hạnh phúc", size=9.5, bold=True, align="centre")
    sheet.rule(sheet.y + 1.5, centre - 24, centre + 24)
    top = sheet.y + 4
    sheet.barcode(sheet.margin, top, number)
    sheet.qr(sheet.width - sheet.margin - 20, top - 2, number)
    sheet.text(sheet.margin, f"{form.code} – {form.basis}", size=7, y=top + 17)
    sheet.y = top + 24
    for line in sheet.wrapped(form.title.upper(), sheet.width - 2 * sheet.margin, size=13, bold=True):
        sheet.text(sheet.width / 2, line, size=13, bold=True, align="centre")
        sheet.y += 6
    sheet.y -= 1


def _footer(form: Form, number: str) -> str:
    return f"{form.id} · {number} · in từ hệ thống trạm"


def capture_form(form: Form, number: str, unit: str, lines: Sequence[Line], captures: Sequence[CaptureRow], *, portrait: bytes = b"",
                 operator: str = "", demo: bool = False) -> Paper:  # fmt: skip
    """Return the capture form (Phiếu thu nhận): photo 4 x 6 cm, the record, every capture with its result, both signatures."""
    sheet = Sheet(form.title, demo=demo, footer=_footer(form, number))
    _head(sheet, form, number, unit)
    top = sheet.y + 2
    sheet.picture(sheet.width - sheet.margin - 40, top, 40, 60, portrait, "Ảnh 4 x 6")
    narrow = sheet.width - sheet.margin - 44
    for n, line in enumerate(lines, 1):
        beside = sheet.y < top + 58
        sheet.row(f"{n}. {line.label}", line.value, right=narrow if beside else None)
    sheet.y = max(sheet.y, top + 62) + 2
    sheet.paragraph("Vân tay, ảnh đã thu nhận", bold=True, size=11)
    widths = (62, 30, 22, sheet.width - 2 * sheet.margin - 114)
    sheet.table(widths, ("Lượt thu", "Kết quả", "Chất lượng", "Ghi chú, tình trạng ngón tay"),
                [(c.label, c.result, c.quality, c.note) for c in captures])  # fmt: skip
    sheet.paragraph("Tôi đã kiểm tra và xác nhận các thông tin trên là đúng.", size=9.5)
    sheet.signatures([("Công dân", "(ký, ghi rõ họ tên)"), ("Cán bộ thu nhận", f"(ký, ghi rõ họ tên) {operator}".strip())])
    return Paper(sheet.finish(), form)


def appointment_slip(form: Form, number: str, unit: str, lines: Sequence[Line], due: date, place: str, fee: str, *,
                     demo: bool = False) -> Paper:  # fmt: skip
    """Return the appointment slip (A5): who, what, when, where, fee; the QR code finds the dossier again."""
    sheet = Sheet(form.title, small=True, demo=demo, footer=_footer(form, number))
    _head(sheet, form, number, unit)
    for line in lines:
        sheet.row(line.label, line.value, label_width=42)
    sheet.y += 3
    sheet.row("Ngày hẹn trả", f"{due:%d/%m/%Y}", size=13, label_width=42)
    sheet.row("Nơi trả", place, label_width=42)
    sheet.row("Lệ phí", fee, label_width=42)
    sheet.y += 2
    sheet.paragraph("Khi đến nhận mang theo giấy hẹn này. Cơ quan không bao giờ hỏi mã OTP hay mật khẩu của công dân.", size=8.5)
    sheet.signatures([("Công dân", "(ký, ghi rõ họ tên)"), ("Cán bộ tiếp nhận", "(ký, ghi rõ họ tên)")], height=20)
    return Paper(sheet.finish(), form)


def population_form(form: Form, number: str, unit: str, lines: Sequence[Line], changes: Sequence[tuple[str, str, str]], *,
                    demo: bool = False) -> Paper:  # fmt: skip
    """Return DC01 (collection) or DC02 (update, correction). `changes` are (label, old, new); DC01 has none."""
    sheet = Sheet(form.title, demo=demo, footer=_footer(form, number))
    _head(sheet, form, number, unit)
    for n, line in enumerate(lines, 1):
        sheet.row(f"{n}. {line.label}", line.value)
    sheet.y += 3
    if changes:
        sheet.paragraph("Nội dung đề nghị cập nhật, chỉnh sửa", bold=True, size=11)
        wide = (sheet.width - 2 * sheet.margin - 50) / 2
        sheet.table((50, wide, wide), ("Mục", "Thông tin đang có", "Thông tin đúng"), changes)
    sheet.signatures([("Người khai", "(ký, ghi rõ họ tên)"), ("Cán bộ lập phiếu", "(ký, ghi rõ họ tên)"),
                      ("Trưởng công an xã", "(ký, đóng dấu)")])  # fmt: skip
    return Paper(sheet.finish(), form)


def hand_over_list(form: Form, number: str, unit: str, day: date, rows: Sequence[tuple[str, str, str, str]], giver: str, taker: str, *,
                   demo: bool = False) -> Paper:  # fmt: skip
    """Return the list by which dossiers are handed to the sorting desk; rows are (number, name, kind, state)."""
    sheet = Sheet(form.title, demo=demo, footer=_footer(form, number))
    _head(sheet, form, number, unit)
    sheet.row("Ngày bàn giao", f"{day:%d/%m/%Y}")
    sheet.row("Số hồ sơ", str(len(rows)))
    sheet.y += 3
    last = sheet.width - 2 * sheet.margin - 10 - 48 - 58 - 28
    sheet.table((10, 48, 58, 28, last), ("TT", "Số hồ sơ", "Họ và tên", "Loại", "Trạng thái"),
                [(str(n), *row) for n, row in enumerate(rows, 1)])  # fmt: skip
    sheet.signatures([("Bên giao", giver), ("Bên nhận", taker)])
    return Paper(sheet.finish(), form)


def route_note(
    form: Form, number: str, unit: str, day: date, serials: Sequence[tuple[str, str]], giver: str, *, demo: bool = False
) -> Paper:
    """Return the note that goes with cards of another unit (E37); rows are (serial, owner)."""
    sheet = Sheet(form.title, demo=demo, footer=_footer(form, number))
    _head(sheet, form, number, unit)
    sheet.row("Ngày chuyển", f"{day:%d/%m/%Y}")
    sheet.row("Số thẻ", str(len(serials)))
    sheet.y += 3
    last = sheet.width - 2 * sheet.margin - 10 - 60
    sheet.table((10, 60, last), ("TT", "Số sê-ri trên thẻ", "Chuyển tới"), [(str(n), *row) for n, row in enumerate(serials, 1)])
    sheet.paragraph("Các thẻ này không thuộc danh sách của đơn vị, chưa mở và chưa trao cho ai.", size=9.5)
    sheet.signatures([("Bên chuyển", giver), ("Bên nhận", "(ký, ghi rõ họ tên)")])
    return Paper(sheet.finish(), form)


def exception_record(form: Form, number: str, unit: str, lines: Sequence[Line], rows: Sequence[tuple[str, str, str, str]], *,
                     supervisor: bool, demo: bool = False) -> Paper:  # fmt: skip
    """Return the record of fingers that could not be taken: rows are (finger, state, lasting or temporary, officer and time)."""
    sheet = Sheet(form.title, demo=demo, footer=_footer(form, number))
    _head(sheet, form, number, unit)
    for line in lines:
        sheet.row(line.label, line.value)
    sheet.y += 3
    last = sheet.width - 2 * sheet.margin - 45 - 55 - 28
    sheet.table((45, 55, 28, last), ("Ngón tay", "Tình trạng", "Thời hạn", "Cán bộ ghi nhận, thời điểm"), rows)
    sheet.paragraph("Cán bộ ký tên chịu trách nhiệm về tình trạng từng ngón tay đã ghi.", size=9.5)
    boxes = [("Công dân", "(ký, ghi rõ họ tên)"), ("Cán bộ thu nhận", "(ký, ghi rõ họ tên)")]
    sheet.signatures([*boxes, ("Trưởng ca", "(ký, ghi rõ họ tên)")] if supervisor else boxes)
    return Paper(sheet.finish(), form)
