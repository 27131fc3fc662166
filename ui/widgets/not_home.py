"""S13, nobody was reached: where the card lies, how often was called, when the next try is. Three fields, taken by F12."""

from __future__ import annotations

from datetime import date

from ui.qt import QFrame, QVBoxLayout
from ui.texts import Texts
from ui.widgets.chips import label
from ui.widgets.entry import Entry


class NotHome(QFrame):
    """Hidden until `ask`; Enter goes on to the next field."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._texts = texts
        self.why = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        self._title = label("", "strong", wrap=True)
        column.addWidget(self._title)
        self.place, self.tries, self.next_try = (Entry(texts(f"ui.hand.{name}")) for name in ("place", "tries", "next"))
        for entry, following in ((self.place, self.tries), (self.tries, self.next_try), (self.next_try, None)):
            column.addWidget(entry)
            if following is not None:
                entry.committed.connect(following.edit.setFocus)
        self.hide()

    def ask(self, why: str, place: str, tries: int, next_try: date) -> None:
        """Ask about a reason; what is known or proposed stands in the fields."""
        self.why = why
        self._title.setText(self._texts("ui.hand.away", reason=self._texts(f"undelivered.{why}")))
        self.place.set_text(place)
        self.tries.set_text(str(tries))
        self.next_try.set_text(f"{next_try:%d/%m/%Y}")
        self.show()
        self.place.edit.setFocus()

    def said(self) -> tuple[str, int, str] | None:
        """Return (place, tries, date as typed); None, with the fault in place, where the tries are no number."""
        tries = self.tries.text().strip() or "0"
        if not tries.isdigit() or len(tries) > 2:
            self.tries.show_fault(self._texts("setting-type"))
            return None
        return self.place.text().strip(), int(tries), self.next_try.text().strip()
