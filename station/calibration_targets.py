"""The printable camera targets: slanted edges, colour patches, ChArUco board, each on an A4 sheet (landscape), with a line to check the scale."""

from __future__ import annotations

import io
import math
from typing import Final

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from devices.calibration.board import board_of
from devices.calibration.camera_target import CameraTarget, camera_target
from station.vietnam.papers.sheet import BOLD, REGULAR, register_fonts
from station.words import Language, say

WIDTH_MM: Final = 297.0
HEIGHT_MM: Final = 210.0


def camera_targets_paper(name: str = "camera-a4") -> bytes:
    """Return the sheets of a camera target as PDF; the same target gives the same bytes.

    Raises:
        ProfileError: no such target. InputError: no font with Vietnamese letters.
    """
    register_fonts()
    target = camera_target(name)
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=landscape(A4), invariant=1, pageCompression=1)
    canvas.setTitle(f"{target.id} {target.sha256[:16]}")
    canvas.setAuthor("")
    for face, draw in (("edges", _edges), ("colour", _colours), ("board", _board)):
        draw(canvas, target)
        _foot(canvas, target, face)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _foot(canvas: Canvas, target: CameraTarget, face: str) -> None:
    """Below each sheet: what it is, and 100 mm that must be 100 mm."""
    canvas.setFillGray(0)
    canvas.setStrokeGray(0)
    canvas.setLineWidth(0.4)
    canvas.line(12 * mm, 4 * mm, 112 * mm, 4 * mm)
    for x in (12, 112):
        canvas.line(x * mm, 3 * mm, x * mm, 5 * mm)
    canvas.setFont(BOLD, 7)
    canvas.drawString(114 * mm, 3.2 * mm, "100 mm")
    canvas.setFont(REGULAR, 7)
    words = f"{say(f'calibration.face.{face}')} / {say(f'calibration.face.{face}', Language.EN)}"
    canvas.drawRightString((WIDTH_MM - 8) * mm, 3.2 * mm, f"{words} · {target.id} · {target.sha256[:12]}")


def _edges(canvas: Canvas, target: CameraTarget) -> None:
    half, turn = target.square_side / 2, math.radians(target.angle_deg)
    canvas.setFillGray(0)
    for x, y in target.squares:
        path = canvas.beginPath()
        for n, (u, v) in enumerate(((-half, -half), (half, -half), (half, half), (-half, half))):
            at = (
                (x + u * math.cos(turn) - v * math.sin(turn)) * mm,
                (HEIGHT_MM - (y + u * math.sin(turn) + v * math.cos(turn))) * mm,
            )
            (path.lineTo if n else path.moveTo)(*at)
        path.close()
        canvas.drawPath(path, stroke=0, fill=1)


def _colours(canvas: Canvas, target: CameraTarget) -> None:
    pitch = target.patch_size + target.gap
    left = (WIDTH_MM - (target.columns * pitch - target.gap)) / 2
    top = (HEIGHT_MM - (target.rows * pitch - target.gap)) / 2
    canvas.setFillGray(0.1)
    canvas.rect((left - 6) * mm, (HEIGHT_MM - top - target.rows * pitch + target.gap - 6) * mm, (target.columns * pitch - target.gap + 12) * mm,
                (target.rows * pitch - target.gap + 12) * mm, stroke=0, fill=1)  # fmt: skip
    for number, (red, green, blue) in enumerate(target.patches):
        row, column = divmod(number, target.columns)
        canvas.setFillColorRGB(red / 255, green / 255, blue / 255)
        canvas.rect((left + column * pitch) * mm, (HEIGHT_MM - top - row * pitch - target.patch_size) * mm, target.patch_size * mm, target.patch_size * mm,
                    stroke=0, fill=1)  # fmt: skip


def _board(canvas: Canvas, target: CameraTarget) -> None:
    """Draw the board's picture cell by cell, as vectors: every cell of every marker is a rectangle."""
    columns, rows = target.board
    cells = 8 * round(target.board_square)  # an eighth of a millimetre: markers' modules fall on whole cells
    image = board_of(target).generateImage((columns * cells, rows * cells), marginSize=0)
    left, top = (WIDTH_MM - columns * target.board_square) / 2, (HEIGHT_MM - rows * target.board_square) / 2
    step = target.board_square / cells
    canvas.setFillGray(0)
    path = canvas.beginPath()
    last = None
    begun = 0
    for y in range(image.shape[0] + 1):
        row = image[y].tobytes() if y < image.shape[0] else None
        if row == last:
            continue
        if last is not None:
            for start, end in _runs(last):
                path.rect(
                    (left + start * step) * mm,
                    (HEIGHT_MM - top - y * step) * mm,
                    (end - start) * step * mm,
                    (y - begun) * step * mm,
                )
        last, begun = row, y
    canvas.drawPath(path, stroke=0, fill=1)


def _runs(row: bytes) -> list[tuple[int, int]]:
    """Return the (start, end) of the dark stretches of a row."""
    found, start = [], -1
    for x, value in enumerate((*row, 255)):
        if value < 128 and start < 0:
            start = x
        elif value >= 128 and start >= 0:
            found.append((start, x))
            start = -1
    return found
