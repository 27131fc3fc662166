"""One table cell whose differing letters stand out: bold, underlined and coloured; the rest plain."""

from __future__ import annotations

from html import escape

from ui.qt import QLabel, Qt
from ui.theme.style import Current
from ui.theme.tokens import State


def marked_label(text: str, spans: tuple[tuple[int, int], ...], state: State) -> QLabel:
    """Return a label of `text` with whole words around `spans` marked."""
    colour = Current.theme.palette.states[state].colour
    ground = Current.theme.palette.states[state].ground
    starts = {_word(text, start, end) for start, end in spans} if spans else set()
    out, at = "", 0
    for start, end in sorted(starts):
        if start < at:
            continue
        out += escape(text[at:start]) + (
            f"<span style='color:{colour}; background:{ground}; font-weight:700; text-decoration:underline'>{escape(text[start:end])}</span>"
        )
        at = end
    widget = QLabel(out + escape(text[at:]))
    widget.setWordWrap(True)
    widget.setTextFormat(Qt.TextFormat.RichText)
    widget.setContentsMargins(8, 0, 4, 0)
    widget.setToolTip(text)
    widget.setAccessibleName(text)
    return widget


def old_and_new(old: str, new: str) -> QLabel:
    """Return a label with the old value struck through above the new one, each as long as it needs to be."""
    widget = QLabel(f"<span style='text-decoration:line-through'>{escape(old)}</span><br>→ <b>{escape(new)}</b>")
    widget.setWordWrap(True)
    widget.setTextFormat(Qt.TextFormat.RichText)
    widget.setContentsMargins(8, 4, 4, 4)
    widget.setToolTip(f"{old}\n→ {new}")
    widget.setAccessibleName(f"{old} → {new}")
    return widget


def _word(text: str, start: int, end: int) -> tuple[int, int]:
    left = text.rfind(" ", 0, start) + 1
    right = text.find(" ", max(end, start + 1) - 1 if end > start else start)
    return left, right if right >= 0 else len(text)
