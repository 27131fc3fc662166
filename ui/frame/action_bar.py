"""The action bar: what can be done now, the primary action at the right. Nothing is cut: when the window is too narrow for both lines
of every button, the second language goes first, then the pictograms, and only then the buttons take a second row.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ui.qt import QFrame, QResizeEvent, QWidget
from ui.theme.tokens import ACTION_BAR
from ui.widgets.actions import Action, ActionButton
from ui.widgets.chips import label

SIDE, GAP, EDGE = 13, 4, 6
"""A button keeps 3 px around itself for its focus ring: what is seen of it stands 16 px from the sides and 10 px from the next."""


class ActionBar(QFrame):
    """Places the buttons itself, because no layout knows which words may go first."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("actions")
        self._others: list[ActionButton] = []
        self._primary: ActionButton | None = None
        self._left_hand = False
        self._hint = label("", "caption")
        self._hint.setParent(self)
        self._hint.hide()
        self._hinted = False
        self.setFixedHeight(ACTION_BAR)

    def show_actions(self, actions: Sequence[Action], hint: str = "") -> None:
        """Show what can be done now. While the same actions are offered their buttons stay, and the focus with them; otherwise all are
        made anew, in the order that is seen (it is the order of Tab too), and the old ones are gone at once."""
        ordered = [*(a for a in actions if not a.primary), *[a for a in actions if a.primary][:1]]
        if [b.action.name for b in self.buttons()] == [a.name for a in ordered]:
            for button, action in zip(self.buttons(), ordered, strict=True):
                button.offer(action)
        else:
            for old in self.buttons():
                old.hide()
                old.deleteLater()
            made = [ActionButton(a, self) for a in ordered]
            self._primary = made.pop() if ordered and ordered[-1].primary else None
            self._others = made
            for new in self.buttons():
                new.show()
        self._order_tab()
        self._hint.setText(hint)
        self._hinted = bool(hint)
        self.arrange()

    def _order_tab(self) -> None:
        """Tab follows the eye: in left-hand mode the primary button comes first."""
        seen = [b for b in (self._primary, *self._others) if b is not None] if self.left_hand else self.buttons()
        for before, after in pairwise(seen):
            QWidget.setTabOrder(before, after)

    @property
    def left_hand(self) -> bool:
        """Whether the primary button stands at the left, before the others."""
        return self._left_hand

    @left_hand.setter
    def left_hand(self, on: bool) -> None:
        if on != self._left_hand:
            self._left_hand = on
            self._order_tab()
            self.arrange()

    def buttons(self) -> list[ActionButton]:
        """All buttons, the primary one last."""
        return [*self._others, *([self._primary] if self._primary is not None else [])]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width: place them anew."""
        super().resizeEvent(event)
        self.arrange()

    def _needs(self) -> int:
        return sum(b.sizeHint().width() + GAP for b in self.buttons())

    def arrange(self) -> None:
        """Give every button its place and the bar its height."""
        room = self.width() - 2 * SIDE
        for button in self.buttons():
            button.compact = button.bare = False
        if self._needs() > room:
            for button in self._others:
                button.compact = True
        if self._needs() > room and self._primary is not None:
            self._primary.compact = True
        if self._needs() > room:
            for button in self.buttons():
                button.bare = True
        if self._hinted:
            self._hint.ensurePolished()
            self._hint.adjustSize()
        self._hint.setVisible(self._hinted and self._needs() + self._hint.width() + 2 * GAP <= room)
        rows = self._rows(room)
        top = EDGE
        for row in rows:
            high = max(b.sizeHint().height() for b in row)
            left = SIDE
            for button in self._seen(row):
                size = button.sizeHint()
                wide = min(size.width(), room)
                if button is self._primary:
                    left = SIDE if self.left_hand else self.width() - SIDE - wide
                    if not self._hint.isHidden():
                        aside = self.width() - SIDE + GAP if self.left_hand else left
                        self._hint.move(aside - GAP - self._hint.width(), top + (high - self._hint.height()) // 2)
                button.setGeometry(left, top + (high - size.height()) // 2, wide, size.height())
                left += wide + GAP
            top += high + GAP
        wanted = max(ACTION_BAR, top - GAP + EDGE)
        if self.height() != wanted:
            self.setFixedHeight(wanted)

    def _seen(self, row: list[ActionButton]) -> list[ActionButton]:
        """Return a row's buttons from left to right."""
        return sorted(row, key=lambda b: b is not self._primary) if self.left_hand else row

    def _rows(self, room: int) -> list[list[ActionButton]]:
        """Break the buttons into rows; the primary one stands in the last."""
        rows: list[list[ActionButton]] = [[]]
        used = 0
        for button in self.buttons():
            wide = button.sizeHint().width()
            if rows[-1] and used + wide > room:
                rows.append([])
                used = 0
            rows[-1].append(button)
            used += wide + GAP
        return [r for r in rows if r]
