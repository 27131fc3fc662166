"""Line pictograms on a 24-unit grid, drawn with the pen's colour: polylines, circles (x, y, r) and boxes (x, y, w, h)."""

from __future__ import annotations

from dataclasses import dataclass, field

from ui.qt import QColor, QPainter, QPainterPath, QPen, QPointF, QRectF, Qt

Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Pictogram:
    """One pictogram."""

    lines: tuple[Points, ...] = ()
    curves: tuple[Points, ...] = ()
    """Points that a smooth line goes through."""
    circles: tuple[tuple[float, float, float], ...] = ()
    boxes: tuple[tuple[float, float, float, float], ...] = ()
    dots: tuple[tuple[float, float, float], ...] = field(default=())


_ARROW_UP: tuple[Points, ...] = (((12, 20), (12, 4)), ((6, 10), (12, 4), (18, 10)))

# fmt: off
PICTOGRAMS: dict[str, Pictogram] = {
    "queue": Pictogram((((4, 6), (20, 6)), ((4, 12), (20, 12)), ((4, 18), (14, 18)))),
    "folder": Pictogram((((3, 6), (9, 6), (11, 9), (21, 9), (21, 19), (3, 19), (3, 6)),)),
    "send": Pictogram(_ARROW_UP),
    "warning": Pictogram((((12, 4), (21, 20), (3, 20), (12, 4)), ((12, 10), (12, 14))), dots=((12, 17, 0.7),)),
    "card": Pictogram((((7, 12), (11, 12)), ((14, 10), (18, 10)), ((14, 14), (18, 14))), boxes=((3, 5, 18, 14),), circles=((8, 10.5, 2),)),
    "person": Pictogram((((4, 21), (5, 16), (9, 14), (15, 14), (19, 16), (20, 21)),), circles=((12, 8, 4),)),
    "chart": Pictogram((((4, 4), (4, 20), (20, 20)), ((7, 16), (11, 11), (14, 13), (20, 6)))),
    "columns": Pictogram((((12, 5), (12, 19)),), boxes=((3, 5, 18, 14),)),
    "tool": Pictogram((((4, 20), (13, 11)), ((20, 7), (17, 10), (14, 7), (17, 4))), circles=((16.5, 7.5, 4.5),)),
    "gear": Pictogram(
        (((12, 2), (12, 5)), ((12, 19), (12, 22)), ((2, 12), (5, 12)), ((19, 12), (22, 12)), ((5, 5), (7, 7)), ((17, 17), (19, 19)),
         ((5, 19), (7, 17)), ((17, 7), (19, 5))), circles=((12, 12, 3), (12, 12, 6.5))),
    "house": Pictogram((((3, 12), (12, 4), (21, 12)), ((6, 10), (6, 20), (18, 20), (18, 10)), ((10, 20), (10, 14), (14, 14), (14, 20)))),
    "help": Pictogram((((9, 9.5), (10, 7.5), (12, 7), (14, 7.5), (15, 9.5), (14, 11.5), (12, 13), (12, 14.5)),), circles=((12, 12, 9),), dots=((12, 17.2, 0.8),)),
    "pause": Pictogram((((9, 5), (9, 19)), ((15, 5), (15, 19)))),
    "retake": Pictogram((((19, 5), (19, 10), (14, 10)),), curves=(((19, 10), (16, 6.6), (12, 5.5), (8, 6.5), (5.5, 9.5), (5.2, 13), (7, 16.5), (10.5, 18.5), (14.5, 18.2), (17.5, 16)),)),
    "diamond": Pictogram((((12, 3), (21, 12), (12, 21), (3, 12), (12, 3)), ((12, 8), (12, 13))), dots=((12, 16, 0.8),)),
    "camera": Pictogram((((3, 8), (8, 8), (10, 5), (14, 5), (16, 8), (21, 8), (21, 19), (3, 19), (3, 8)),), circles=((12, 13, 3.5),)),
    "lock": Pictogram((((8, 11), (8, 7), (10, 4.5), (14, 4.5), (16, 7), (16, 11)),), boxes=((5, 11, 14, 10),)),
    "disk": Pictogram((((8, 3), (8, 8), (15, 8), (15, 3)),), boxes=((4, 3, 16, 18), (7, 13, 10, 8))),
    "double-check": Pictogram((((2, 13), (6, 17), (14, 7)), ((11, 15.5), (13, 17), (22, 7)))),
    "eye": Pictogram(curves=(((2, 12), (6, 8), (12, 6), (18, 8), (22, 12), (18, 16), (12, 18), (6, 16), (2, 12)),), circles=((12, 12, 3),)),
    "clock": Pictogram((((12, 7), (12, 12), (16, 14)),), circles=((12, 12, 9),)),
    "barcode": Pictogram((((4, 5), (4, 19)), ((7, 5), (7, 19)), ((11, 5), (11, 19)), ((14, 5), (14, 19)), ((16, 5), (16, 19)), ((20, 5), (20, 19)))),
    "next": Pictogram((((4, 12), (20, 12)), ((14, 6), (20, 12), (14, 18)))),
    "back": Pictogram((((20, 12), (4, 12)), ((10, 6), (4, 12), (10, 18)))),
    "down": Pictogram((((12, 4), (12, 20)), ((6, 14), (12, 20), (18, 14)))),
    "menu": Pictogram((((4, 6), (20, 6)), ((4, 12), (20, 12)), ((4, 18), (20, 18)))),
    "phone": Pictogram(boxes=((7, 3, 10, 18),), dots=((12, 18, 0.8),)),
    "printer": Pictogram((((7, 8), (7, 3), (17, 3), (17, 8)), ((7, 17), (3, 17), (3, 8), (21, 8), (21, 17), (17, 17))), boxes=((7, 14, 10, 7),)),
    "pen": Pictogram((((4, 20), (5, 15), (16, 4), (20, 8), (9, 19), (4, 20)), ((14, 6), (18, 10)))),
    "usb": Pictogram((((10, 7), (10, 3), (14, 3), (14, 7)),), boxes=((8, 7, 8, 14),)),
    "press": Pictogram((((12, 3), (12, 15)), ((6, 10), (12, 16), (18, 10)), ((5, 20), (19, 20)))),
    "online": Pictogram(curves=(((3, 9), (7, 6), (12, 5), (17, 6), (21, 9)), ((6.5, 13), (9, 11), (12, 10.4), (15, 11), (17.5, 13))), dots=((12, 17, 1.4),)),
    "offline": Pictogram((((4, 3), (20, 21)),), curves=(((3, 9), (7, 6), (12, 5), (17, 6), (21, 9)), ((6.5, 13), (9, 11), (12, 10.4), (15, 11), (17.5, 13))), dots=((12, 17, 1.4),)),
    "finger": Pictogram(curves=(((4.2, 17), (4.6, 11), (7, 6.2), (12, 4.2), (17, 6.2), (19.4, 11), (19.6, 16)), ((7.4, 19.5), (7.8, 12.5), (9.4, 9.4), (12, 8.3), (14.6, 9.4), (16.2, 12.5), (16.4, 18.6)),
                               ((10.6, 21), (10.9, 14), (12, 12.4), (13.1, 14), (13.3, 20.6)))),
    "swap": Pictogram((((4, 8), (20, 8)), ((16, 4), (20, 8), (16, 12)), ((20, 16), (4, 16)), ((8, 12), (4, 16), (8, 20)))),
}
# fmt: on


def paint_pictogram(painter: QPainter, name: str, box: QRectF, colour: QColor, width: float = 1.7) -> None:
    """Draw a pictogram into `box`; an unknown name draws nothing."""
    shape = PICTOGRAMS.get(name)
    if shape is None:
        return
    scale = box.width() / 24

    def at(x: float, y: float) -> QPointF:
        return QPointF(box.left() + x * scale, box.top() + y * scale)

    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(colour, max(width, width * box.width() / 30))  # a large pictogram is drawn with a stronger pen
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for line in shape.lines:
        path = QPainterPath(at(*line[0]))
        for point in line[1:]:
            path.lineTo(at(*point))
        painter.drawPath(path)
    for curve in shape.curves:
        painter.drawPath(_smooth([at(*point) for point in curve]))
    for x, y, r in shape.circles:
        painter.drawEllipse(at(x, y), r * scale, r * scale)
    for x, y, w, h in shape.boxes:
        painter.drawRoundedRect(QRectF(at(x, y), at(x + w, y + h)), 1.5 * scale, 1.5 * scale)
    painter.setBrush(colour)
    for x, y, r in shape.dots:
        painter.drawEllipse(at(x, y), r * scale, r * scale)
    painter.restore()


def _smooth(points: list[QPointF]) -> QPainterPath:
    """Return a smooth line through points: Catmull-Rom, each stretch as a Bézier curve."""
    path = QPainterPath(points[0])
    for before, begin, end, after in zip([points[0], *points], points, points[1:], [*points[2:], points[-1]], strict=False):
        path.cubicTo(begin + (end - before) / 6, end - (after - begin) / 6, end)
    return path
