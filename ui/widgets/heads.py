"""The head of a page: title, the question it answers, captions at the right."""

from __future__ import annotations

from ui.qt import QHBoxLayout, QLabel, QVBoxLayout, QWidget
from ui.widgets.chips import label


class Head(QWidget):
    """Title and question at the left, small facts at the right."""

    def __init__(self, title: str, question: str = "") -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 2)
        words = QVBoxLayout()
        words.setSpacing(0)
        self.title = label(title, "title")
        self.question = label(question, "caption", wrap=True)
        words.addWidget(self.title)
        words.addWidget(self.question)
        row.addLayout(words, 1)
        self.question.setVisible(
            bool(question)
        )  # it has its place by now: shown before, it would be a window of its own for a moment
        self.right = label("", "caption")
        row.addWidget(self.right)

    def say(self, title: str = "", right: str | None = None) -> None:
        """Change title or the facts at the right."""
        if title:
            self.title.setText(title)
        if right is not None:
            self.right.setText(right)


def quiet(text: str) -> QLabel:
    """Return a quiet label that wraps."""
    return label(text, "quiet", wrap=True)
