"""A page with a cursor: text that wraps, rows, tables, barcodes, signature boxes. On top of reportlab's canvas."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import segno
from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.pagesizes import A4, A5
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas

from station.errors import InputError

REGULAR: Final = "station-regular"
BOLD: Final = "station-bold"
_PAIRS: Final = (
    ("noto/NotoSans-Regular.ttf", "noto/NotoSans-Bold.ttf"),
    ("dejavu/DejaVuSans.ttf", "dejavu/DejaVuSans-Bold.ttf"),
)
_NEEDED: Final = "ĂÂĐÊÔƠƯăâđêôơưẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"
MAX_PICTURE_BYTES: Final = 20_000_000


def _folders() -> list[Path]:
    shares = os.environ.get("XDG_DATA_DIRS", "/usr/local/share:/usr/share").split(":")
    home = os.environ.get("XDG_DATA_HOME", str(Path.home() / ".local/share"))
    return [Path(s) / "fonts" / kind for s in (home, *shares) for kind in ("truetype", "")]


@lru_cache(maxsize=1)
def register_fonts() -> str:
    """Register the first font pair of the system that has every Vietnamese letter; return its family name.

    Raises:
        InputError: none is installed.
    """
    for regular, bold in _PAIRS:
        for folder in _folders():
            if not ((folder / regular).is_file() and (folder / bold).is_file()):
                continue
            try:
                faces = TTFont(REGULAR, str(folder / regular)), TTFont(BOLD, str(folder / bold))
            except TTFError:
                continue
            if all(ord(c) in face.face.charToGlyph for c in _NEEDED for face in faces):
                for face in faces:
                    pdfmetrics.registerFont(face)
                return Path(regular).stem
    raise InputError("No font with Vietnamese letters is installed; nothing was printed. Install fonts-noto-core or fonts-dejavu-core.",
                     code="font-missing")  # fmt: skip


class Sheet:
    """Pages of one paper. Units are millimetres from the left and **from the top**; sizes of type are points."""

    def __init__(self, title: str, *, small: bool = False, demo: bool = False, footer: str = "") -> None:
        register_fonts()
        self._size = A5 if small else A4
        self.width = self._size[0] / mm
        self.height = self._size[1] / mm
        self.margin = 12.0 if small else 16.0
        self._demo = demo
        self._footer = footer
        self._buffer = io.BytesIO()
        # invariant: no clock and no random id in the file, so that equal data give equal bytes.
        self._canvas = Canvas(self._buffer, pagesize=self._size, invariant=1, pageCompression=1, initialFontName=REGULAR)
        self._canvas.setTitle(title)
        self._canvas.setAuthor("")
        self._page = 0
        self.y = 0.0
        self._begin()

    def _begin(self) -> None:
        self._page += 1
        self.y = self.margin
        if self._demo:
            self._canvas.saveState()
            self._canvas.setFont(BOLD, 90)
            self._canvas.setFillGray(0.9)
            self._canvas.translate(self._size[0] / 2, self._size[1] / 2)
            self._canvas.rotate(45)
            self._canvas.drawCentredString(0, 0, "DEMO")
            self._canvas.restoreState()
        self._canvas.setFont(REGULAR, 7)
        self._canvas.setFillGray(0.35)
        self._canvas.drawString(self.margin * mm, 8 * mm, self._footer)
        self._canvas.drawRightString((self.width - self.margin) * mm, 8 * mm, f"Trang {self._page}")
        self._canvas.setFillGray(0)

    def finish(self) -> bytes:
        """Return the finished PDF."""
        self._canvas.showPage()
        self._canvas.save()
        return self._buffer.getvalue()

    def room(self, height: float) -> None:
        """Start a new page unless `height` mm are left."""
        if self.y + height > self.height - 14:
            self._canvas.showPage()
            self._begin()

    def text(
        self, x: float, text: str, *, size: float = 10, bold: bool = False, align: str = "left", y: float | None = None
    ) -> None:
        """Draw one line whose baseline is at `y` (the cursor)."""
        self._canvas.setFont(BOLD if bold else REGULAR, size)
        draw = {"left": self._canvas.drawString, "centre": self._canvas.drawCentredString, "right": self._canvas.drawRightString}[
            align
        ]
        draw(x * mm, self._size[1] - (self.y if y is None else y) * mm, text)

    def wrapped(self, text: str, width: float, *, size: float = 10, bold: bool = False) -> list[str]:
        """Return `text` in lines no wider than `width` mm; a word too long for a line is cut."""
        font, lines, line = BOLD if bold else REGULAR, [], ""
        for given in text.split():
            word = given
            while pdfmetrics.stringWidth(word, font, size) > width * mm and len(word) > 1:
                cut = next(n for n in range(len(word) - 1, 0, -1)
                           if n == 1 or pdfmetrics.stringWidth(word[:n], font, size) <= width * mm)  # fmt: skip
                lines += [line] if line else []
                line, word = "", word[cut:]
                lines.append(
                    given[: len(given) - len(word)] if not lines else given[len(given) - len(word) - cut : len(given) - len(word)]
                )
            longer = f"{line} {word}".strip()
            if line and pdfmetrics.stringWidth(longer, font, size) > width * mm:
                lines.append(line)
                line = word
            else:
                line = longer
        return [*lines, line] if line or not lines else lines

    def paragraph(
        self, text: str, *, size: float = 10, bold: bool = False, x: float | None = None, width: float | None = None
    ) -> None:
        """Draw wrapped text and move the cursor below it."""
        left = self.margin if x is None else x
        lead = size * 0.5
        for line in self.wrapped(text, width or self.width - left - self.margin, size=size, bold=bold):
            self.room(lead)
            self.y += lead
            self.text(left, line, size=size, bold=bold)
        self.y += 1

    def row(self, label: str, value: str, *, size: float = 10, right: float | None = None, label_width: float = 52) -> None:
        """Draw ``label: value`` with a hanging value and a dotted line where it is empty."""
        left, end = self.margin, right or self.width - self.margin
        lines = self.wrapped(value, end - left - label_width, size=size, bold=True) if value else [""]
        lead = size * 0.52
        self.room(lead * len(lines))
        for number, line in enumerate(lines):
            self.y += lead
            if number == 0:
                self.text(left, f"{label}:", size=size)
            if line:
                self.text(left + label_width, line, size=size, bold=True)
            else:
                self._canvas.setDash(0.5, 2)
                self.rule(self.y + 0.5, left + label_width, end)
                self._canvas.setDash()

    def rule(self, y: float, left: float | None = None, right: float | None = None) -> None:
        """Draw a thin line across."""
        self._canvas.setLineWidth(0.4)
        base = self._size[1] - y * mm
        self._canvas.line((self.margin if left is None else left) * mm, base, (right or self.width - self.margin) * mm, base)

    def table(self, widths: Sequence[float], head: Sequence[str], rows: Sequence[Sequence[str]], *, size: float = 8.5) -> None:
        """Draw a table with wrapped cells; the head is repeated on each page."""
        self._table_row(widths, head, size=size, bold=True)
        for row in rows:
            lead = size * 0.48
            height = max(len(self.wrapped(c, w - 2, size=size)) for c, w in zip(row, widths, strict=True)) * lead + 2
            if self.y + height > self.height - 14:
                self.room(height)
                self._table_row(widths, head, size=size, bold=True)
            self._table_row(widths, row, size=size, bold=False)
        self.y += 2

    def _table_row(self, widths: Sequence[float], cells: Sequence[str], *, size: float, bold: bool) -> None:
        lead = size * 0.48
        wrapped = [self.wrapped(c, w - 2, size=size, bold=bold) for c, w in zip(cells, widths, strict=True)]
        height = max(map(len, wrapped)) * lead + 2
        self.room(height)
        x, top = self.margin, self.y
        self._canvas.setLineWidth(0.4)
        for lines, width in zip(wrapped, widths, strict=True):
            self.box(x, top, width, height)
            for number, line in enumerate(lines):
                self.text(x + 1, line, size=size, bold=bold, y=top + (number + 1) * lead + 0.2)
            x += width
        self.y = top + height

    def box(self, x: float, y: float, width: float, height: float) -> None:
        """Draw a frame whose top left corner is (x, y)."""
        self._canvas.setLineWidth(0.4)
        self._canvas.rect(x * mm, self._size[1] - (y + height) * mm, width * mm, height * mm, stroke=1, fill=0)

    def line(self, points: Sequence[tuple[float, float]], *, dash: Sequence[float] = (), grey: float = 0.0) -> None:
        """Draw straight strokes through points (mm), dashed by the lengths in `dash` (mm)."""
        if len(points) < 2:
            return
        self._canvas.saveState()
        self._canvas.setLineWidth(1)
        self._canvas.setStrokeGray(grey)
        if dash:
            self._canvas.setDash([d * mm for d in dash])
        path = self._canvas.beginPath()
        path.moveTo(points[0][0] * mm, self._size[1] - points[0][1] * mm)
        for x, y in points[1:]:
            path.lineTo(x * mm, self._size[1] - y * mm)
        self._canvas.drawPath(path, stroke=1, fill=0)
        self._canvas.restoreState()

    def dot(self, x: float, y: float, *, diamond: bool = False) -> None:
        """Draw a filled mark around (x, y): a circle, or a diamond where shape must tell what colour could not."""
        left, base, size = x * mm, self._size[1] - y * mm, 1.1 * mm
        if not diamond:
            self._canvas.circle(left, base, size, stroke=0, fill=1)
            return
        path = self._canvas.beginPath()
        path.moveTo(left - 1.4 * size, base)
        for dx, dy in ((0, 1.4), (1.4, 0), (0, -1.4)):
            path.lineTo(left + dx * size, base + dy * size)
        path.close()
        self._canvas.drawPath(path, stroke=0, fill=1)

    def fill(self, x: float, y: float, width: float, height: float, red: float, green: float, blue: float) -> None:
        """Fill a rectangle with a colour (0..1); (x, y) is the top left corner."""
        self._canvas.setFillColorRGB(red, green, blue)
        self._canvas.rect(x * mm, self._size[1] - (y + height) * mm, width * mm, height * mm, stroke=0, fill=1)
        self._canvas.setFillGray(0)

    def polygon(self, points: Sequence[tuple[float, float]], grey: float = 0.0) -> None:
        """Fill a closed figure through points (mm)."""
        self._canvas.setFillGray(grey)
        path = self._canvas.beginPath()
        path.moveTo(points[0][0] * mm, self._size[1] - points[0][1] * mm)
        for x, y in points[1:]:
            path.lineTo(x * mm, self._size[1] - y * mm)
        path.close()
        self._canvas.drawPath(path, stroke=0, fill=1)
        self._canvas.setFillGray(0)

    def barcode(self, x: float, y: float, digits: str, height: float = 9) -> None:
        """Draw Code 128 with its digits below; (x, y) is the top left corner."""
        bars = Code128(digits, barHeight=height * mm, barWidth=0.33 * mm, quiet=False)
        bars.drawOn(self._canvas, x * mm, self._size[1] - (y + height) * mm)
        grouped = " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))
        self.text(x, grouped, size=7, y=y + height + 3)

    def qr(self, x: float, y: float, text: str, side: float = 20) -> None:
        """Draw a QR code (error correction M) with its quiet zone; (x, y) is the top left corner."""
        rows = [list(row) for row in segno.make(text, error="m", micro=False).matrix_iter(border=4)]
        cell = side / len(rows)
        self._canvas.setFillGray(1)
        self._canvas.rect(x * mm, self._size[1] - (y + side) * mm, side * mm, side * mm, stroke=0, fill=1)
        self._canvas.setFillGray(0)
        path = self._canvas.beginPath()
        for r, row in enumerate(rows):
            for c, dark in enumerate(row):
                if dark:
                    path.rect((x + c * cell) * mm, self._size[1] - (y + (r + 1) * cell) * mm, cell * mm, cell * mm)
        self._canvas.drawPath(path, stroke=0, fill=1)

    def picture(self, x: float, y: float, width: float, height: float, data: bytes, note: str = "") -> None:
        """Draw a JPEG or PNG in its frame, keeping its shape; an empty or broken one leaves the frame with `note`."""
        self.box(x, y, width, height)
        if 0 < len(data) <= MAX_PICTURE_BYTES:
            try:
                image: Any = ImageReader(io.BytesIO(data))
                self._canvas.drawImage(
                    image, x * mm, self._size[1] - (y + height) * mm, width * mm, height * mm, preserveAspectRatio=True
                )
                return
            except (OSError, ValueError, SyntaxError):
                pass
        self.text(x + width / 2, note, size=7, align="centre", y=y + height / 2)

    def signatures(self, boxes: Sequence[tuple[str, str]], height: float = 22) -> None:
        """Draw columns for signatures: (title, line below the title)."""
        self.room(height + 8)
        width = (self.width - 2 * self.margin) / len(boxes)
        self.y += 6
        for number, (title, hint) in enumerate(boxes):
            centre = self.margin + (number + 0.5) * width
            self.text(centre, title, size=9.5, bold=True, align="centre")
            self.text(centre, hint, size=7.5, align="centre", y=self.y + 4)
        self.y += height
