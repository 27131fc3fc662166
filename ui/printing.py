"""Printing through Qt: which printers there are, pages onto paper. Loaded only when something is printed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ui.qt import QPainter, QRectF, print_support
from ui.widgets.live_view import to_image


def printers() -> list[str]:
    """Return the names of the printers that this computer knows."""
    return list(print_support().QPrinterInfo.availablePrinterNames())


def print_pages(pages: Sequence[npt.NDArray[np.uint8]]) -> bool:
    """Send pages (BGR, uint8) to the default printer, each as large as its paper; False where no printer took them."""
    if not printers():
        return False
    kind = print_support().QPrinter
    printer = kind(kind.PrinterMode.HighResolution)
    painter = QPainter(printer)
    if not painter.isActive():  # it is known to the computer, but does not answer
        return False
    for number, page in enumerate(pages):
        if number:
            printer.newPage()
        painter.drawImage(QRectF(printer.pageRect(kind.Unit.DevicePixel)), to_image(page))
    return painter.end()
