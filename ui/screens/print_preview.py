"""Print preview: the very pages that will be printed, one after the other; printing is noted in the dossier."""

from __future__ import annotations

import numpy as np

from station.desks.papers import PaperDesk, Preview
from ui.printing import print_pages
from ui.qt import QHBoxLayout, QVBoxLayout
from ui.screens.base import Screen
from ui.shell import Shell
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.chips import Banner, card, label
from ui.widgets.heads import Head
from ui.widgets.picture import PicturePane
from ui.widgets.rows import Row, RowList


class PrintPreviewScreen(Screen):
    """What comes out of the printer?"""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.desk: PaperDesk | None = None
        self.papers: tuple[str, ...] = ()
        self.preview: Preview | None = None
        self.page_number = 0
        self._known: set[str] = set()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._head = Head(self.texts("ui.paper.title"), self.texts.pair("ui.paper.list"))
        column.addWidget(self._head)
        row = QHBoxLayout()
        row.setSpacing(12)
        left, box = card()
        box.setContentsMargins(1, 1, 1, 1)
        self.rows = RowList(self.texts("ui.paper.list"))
        self.rows.picked.connect(lambda _: self._load())
        box.addWidget(self.rows)
        row.addWidget(left, 3)
        middle, pages = card()
        self._page = PicturePane(self.texts("ui.paper.title"))
        self._page.marked = False
        pages.addWidget(self._page, 1)
        row.addWidget(middle, 7)
        right, facts = card()
        self._title = label("", "strong", wrap=True)
        self._basis = label("", "quiet", wrap=True)
        self.banner = Banner()
        self.banner.hide()
        for widget in (self._title, self._basis, self.banner):
            facts.addWidget(widget)
        facts.addStretch(1)
        row.addWidget(right, 3)
        column.addLayout(row, 1)

    def enter(self, dossier: str = "") -> None:
        """Show the papers of a dossier."""
        super().enter(dossier)
        if self.desk is None:
            self.desk = PaperDesk(self.station)
        desk = self.desk
        self.preview = None
        self.banner.hide()
        self.rows.setFocus()
        self.ask(lambda: desk.papers(dossier), self._show)

    def _show(self, papers: tuple[str, ...]) -> None:
        self.papers = papers
        self._show_rows()
        self._load()

    def _show_rows(self) -> None:
        rows = []
        for p in self.papers:
            printed = p in self._known
            rows.append(
                Row(
                    self.texts(f"paper.{p}"),
                    (),
                    State.GOOD if printed else State.IDLE,
                    self.texts("ui.paper.printed") if printed else "",
                )
            )
        self.rows.show_rows(rows)

    def _load(self) -> None:
        index, desk, dossier = self.rows.currentRow(), self.desk, self.dossier
        if desk is None or not 0 <= index < len(self.papers):
            return
        purpose = self.papers[index]
        self.ask(lambda: desk.preview(dossier, purpose), self._show_preview, self._no_preview)

    def _no_preview(self, error: BaseException) -> None:
        self.preview = None
        self._page.show_picture(None, empty=self.texts(str(getattr(error, "reason_code", "")) or "paper-unknown"))
        self.shell.show_trouble(error)
        self.shell.refresh_actions()

    def _show_preview(self, preview: Preview) -> None:
        self.preview, self.page_number = preview, 0
        if preview.printed:
            self._known.add(preview.purpose)
        else:
            self._known.discard(preview.purpose)
        self._title.setText(f"{preview.form} · {preview.title}")
        self._basis.setText(self.texts("ui.paper.basis", basis=preview.basis))
        self._show_page()
        self._show_rows()
        self.shell.refresh_actions()

    def _show_page(self) -> None:
        preview = self.preview
        if preview is None or not preview.pages:
            return
        words = self.texts("ui.paper.page", page=self.page_number + 1, pages=len(preview.pages))
        self._page.show_picture(np.ascontiguousarray(preview.pages[self.page_number]), words)

    def offers(self) -> list[Action]:
        """Back, the next page, print."""
        pages = len(self.preview.pages) if self.preview is not None else 0
        return [
            self.act("back", "ui.action.back", "Shift+F12", self._leave_to),
            self.act("page", "ui.action.page-next", "F6", self._turn, enabled=pages > 1, icon="next"),
            self.act("print", "ui.action.print", "F12", self._print, enabled=pages > 0, primary=True, icon="printer"),
        ]

    def _leave_to(self) -> None:
        self.shell.go("defects", self.dossier)

    def _turn(self) -> None:
        if self.preview is not None and self.preview.pages:
            self.page_number = (self.page_number + 1) % len(self.preview.pages)
            self._show_page()

    def _print(self) -> None:
        preview, desk, dossier = self.preview, self.desk, self.dossier
        if preview is None or desk is None:
            return
        self.banner.show()
        if not print_pages(preview.pages):
            self.banner.say(State.RETRY, self.texts("ui.paper.no-printer"), self.texts.second("ui.paper.no-printer"))
            return

        def noted(_: object) -> None:
            self.banner.say(State.GOOD, self.texts("ui.paper.done"), self.texts.second("ui.paper.done"))
            self._load()

        self.ask(lambda: desk.printed(dossier, preview), noted)

    def restyle(self) -> None:
        """Measure the rows anew."""
        self.rows.relayout()
