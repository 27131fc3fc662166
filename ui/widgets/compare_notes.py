"""S2, under the one instruction: the kind while it is only proposed, and what is wrong without stopping anybody."""

from __future__ import annotations

from station.views.compare import CompareView
from station.views.kind import KindView
from ui.qt import QVBoxLayout, QWidget
from ui.texts import Texts
from ui.theme.tokens import State
from ui.widgets.chips import Banner
from ui.widgets.options import Option

MOST = 3
"""So many warnings are said beside the first; the table has the others in their rows."""


class CompareNotes(QWidget):
    """Two small banners, each there only while it has something to say."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.kind, self.notes = Banner(small=True), Banner(small=True)
        for banner in (self.kind, self.notes):
            banner.hide()
            column.addWidget(banner)

    def show_view(self, view: CompareView) -> None:
        """Say the proposal (who confirms it, and how) and the warnings (and who mends them)."""
        texts, kind = self._texts, view.kind
        proposed = kind is not None and not kind.sure and bool(view.rows) and not view.blocked
        self.kind.setVisible(proposed)
        if kind is not None and proposed:
            why = texts.of(kind.why) if kind.why is not None else ""
            self.kind.say(State.LIVE, texts("ui.lookup.kind", kind=texts.of(kind.kind)), f"{why}. {texts('ui.lookup.kind.next')}")
        self.notes.setVisible(bool(view.notes))
        if view.notes:
            said = list(dict.fromkeys(texts.of(n) for n in view.notes))
            self.notes.say(State.RETRY, said[0], "; ".join((*said[1 : 1 + MOST], texts("ui.lookup.warned"))))
        self.setVisible(proposed or bool(view.notes))


def kind_options(kind: KindView, texts: Texts) -> list[Option]:
    """Return the kinds with their grounds, in the order of their digits."""
    return [Option(why.code, texts.of(name), texts.of(why)) for name, why in kind.choices]
