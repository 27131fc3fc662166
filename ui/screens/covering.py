"""What stands over a live capture: while it does, no picture is taken, whatever lies there. Watched where it is shown, so that no panel forgets."""

from __future__ import annotations

from ui.qt import QEvent, QObject, QWidget, Signal


class Covering(QObject):
    """`changed(covered)` when the first of the watched panels comes, and when the last of them goes."""

    changed = Signal(bool)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._panels: list[QWidget] = []
        self.covered = False

    def watch(self, *panels: QWidget) -> None:
        """Watch these panels too."""
        for panel in panels:
            self._panels.append(panel)
            panel.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A panel came or went; nothing is kept from it."""
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide):
            covered = any(p.isVisible() for p in self._panels)
            if covered != self.covered:
                self.covered = covered
                self.changed.emit(covered)
        return super().eventFilter(watched, event)
