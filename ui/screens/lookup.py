"""S2: look-up and compare. Same person, and does the data agree?"""

from __future__ import annotations

from dataclasses import replace
from html import escape

from station.desk.comparing import Decision
from station.desk.supervising import CASE
from station.dossier.parts import FieldSource
from station.vietnam.paper_kinds import kind_for, paper_kinds
from station.views.compare import CompareRow, CompareView
from ui.qt import QHBoxLayout, QVBoxLayout, QWidget
from ui.screens.card_reading import CardReadingScreen
from ui.screens.kind_choice import KindChoice
from ui.screens.photographing import Papers
from ui.shell import Shell
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.cells import Chip, Marked
from ui.widgets.chips import Banner, StateChip, card, label
from ui.widgets.compare_notes import CompareNotes
from ui.widgets.letters import Letters
from ui.widgets.options import Option, OptionList
from ui.widgets.papers import RowPaper
from ui.widgets.scan_field import ScanField
from ui.widgets.scrolling import Scrolling
from ui.widgets.tables import Table

PANEL = (312, 272)
"""Width of the decision's place; in large type the table needs the room."""
COLUMNS = (FieldSource.CHIP, FieldSource.REGISTER, FieldSource.DECLARED)


class LookupScreen(CardReadingScreen):
    """Same person, and does the data agree?"""

    stage = "lookup"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.view: CompareView | None = None
        self._filling = False
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        self._body = QWidget()
        whole.addWidget(self._body)
        row = self.columns = QHBoxLayout(self._body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._chip)
        row.addLayout(self._middle(), 1)
        row.addWidget(self._decision_panel())

    def _middle(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(10)
        head = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label(self.texts("ui.lookup.title"), "title"))
        if self.texts.second("ui.lookup.title"):
            words.addWidget(label(self.texts.second("ui.lookup.title"), "second-title"))
        head.addLayout(words)
        head.addStretch(1)
        self.scan = ScanField(self.texts("ui.lookup.scan"), self.texts.key("F2"), self.texts("ui.lookup.scan-short"))
        self.scan.setMinimumWidth(262)
        self.scan.setMaximumWidth(340)
        self.scan.setMaxLength(500)
        self.scan.returnPressed.connect(self._typed)
        head.addWidget(self.scan)
        column.addLayout(head)
        self._banner = Banner(small=True)
        column.addWidget(self._banner)
        self.notes = CompareNotes(self.texts)
        column.addWidget(self.notes)
        frame, box = card()
        box.setContentsMargins(1, 1, 1, 1)
        headers = [self.texts(f"ui.col.{c}") for c in ("field", "chip", "register", "declared", "result")]
        self.table = Table(headers, (110, 150, 150, 150, 150), self.texts("ui.lookup.title"), stretch=(1, 2, 3), row=37)
        self.table.currentCellChanged.connect(lambda *_: None if self._filling else self._show_row())
        box.addWidget(self.table)
        column.addWidget(frame, 1)
        return column

    def _decision_panel(self) -> QWidget:
        frame, box = card()
        frame.setFixedWidth(PANEL[self.shell.large])
        self._panel = frame
        head = QHBoxLayout()
        self._field = label("", "strong", wrap=True)
        head.addWidget(self._field, 1)
        self._result = StateChip(State.IDLE, "")
        head.addWidget(self._result)
        box.addLayout(head)
        self._one_word, self._one = label(self.texts("ui.col.declared"), "caption"), Letters()
        self._other_word, self._other = label(self.texts("ui.col.register"), "caption"), Letters()
        self._explain = label("", "", wrap=True)
        self.options = OptionList()
        self.options.changed.connect(self._see_option)
        # In large type three ways may be higher than the panel: the one that is chosen is brought into view.
        self._ways = Scrolling(self.texts("ui.lookup.explain"))
        for widget in (self._one_word, self._one, self._other_word, self._other, self._explain, self.options):
            self._ways.column.addWidget(widget)
        self._ways.column.addStretch(1)
        box.addWidget(self._ways, 1)
        self._paper = RowPaper(self.texts)
        box.addWidget(self._paper)
        rest = (self._one_word, self._one, self._other_word, self._other, self._paper)
        self.kinds = KindChoice(self, self._field, self._result, self._explain, self.options, rest, self._row_again, self._show)
        self._logged = label(self.texts("ui.lookup.logged"), "caption", wrap=True)
        box.addWidget(self._logged)
        return frame

    def _row_again(self) -> None:
        self._show_row()
        self.table.setFocus()

    def _see_option(self) -> None:
        box = self.options.chosen_box
        self._ways.ensureVisible(0, self.options.y() + round(box.center().y()), 0, round(box.height() / 2) + 6)

    # --- coming, going, the card ------------------------------------------------------------------------------------------------

    def enter(self, dossier: str = "") -> None:
        """Show the comparison and read the card that lies there; the focus starts at the first open row."""
        super().enter(dossier)
        self._for_size()
        self.view, self.saved, self.kinds.asking = None, "", False
        self.show_body(photographing=False)
        self.table.forget()
        self._refresh()
        self._read(again=False)

    def leave(self) -> None:
        """Let the reader go."""
        super().leave()
        self._timer.stop()
        counter = self.shell.counter
        if counter is not None and self.reading:
            self.reading = False
            self.shell.waits.end(self._wait)
            self.jobs.submit(counter.cards.stop)

    # --- the comparison ---------------------------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        counter, dossier = self.counter, self.dossier
        self.ask(lambda: counter.compare.view(dossier), self._show)

    def _show(self, view: CompareView) -> None:
        first = self.view is None
        before = self.view.open_fields if self.view is not None else ()
        self.view = view
        self._filling = True  # the row that is chosen in the end is shown once
        self.table.setColumnHidden(1, not any(FieldSource.CHIP in r.cells for r in view.rows))
        self.table.show_rows([r.field for r in view.rows], view.rows, lambda i: self._cells(view.rows[i]))
        if view.open_fields and (first or before != view.open_fields):
            self.table.choose(view.open_fields[0])
        self._filling = False
        if first:
            (self.table if view.rows else self.scan).setFocus()
        self.shell.refresh_actions()
        self.soon(lambda: self._show_rest(view))

    def _show_rest(self, view: CompareView) -> None:
        self._say(view)
        self.notes.show_view(view)
        self._chip.show_sources(view)
        self._show_row()
        self.shell.refresh_strip()

    def _cells(self, row: CompareRow) -> tuple[object, ...]:
        state = State(row.tone.value)
        cells: list[object] = [(self.texts(f"ui.field.{row.field}"), True)]
        for source in COLUMNS:
            text, spans = row.cells.get(source, "—"), row.spans.get(source, ())
            cells.append(Marked(text, spans, state) if spans else text)
        decided = row.settled and row.tone.value == "retry" and not row.warning
        word = self.texts("ui.lookup.decided") if decided else self.texts(row.result.code)
        cells.append(Chip(State.EXCEPTION if decided else state, word))
        return tuple(cells)

    def _say(self, view: CompareView) -> None:
        texts, count = self.texts, len(view.open_fields)
        if view.card_case:
            cause = f"{texts.of(view.card.cause)}. " if view.card is not None and view.card.stops else ""
            self._banner.say(State.BLOCKED, texts("ui.lookup.altered"), f"{cause}{texts('ui.lookup.altered.next')}  [E12]")
        elif view.blocked:
            self._banner.say(
                State.BLOCKED, texts("ui.lookup.blocked"), ", ".join(texts(f"defect.{d.code}") for d in view.blocked)
            )
        elif count:
            self._banner.say(State.RETRY, texts("ui.lookup.open", count=count), texts("ui.lookup.open.why"))
        elif view.summary.code == "s2.offline":
            self._banner.say(State.EXCEPTION, texts("ui.lookup.unanswered"), texts.second("ui.lookup.unanswered"))
        elif not view.rows:
            self._banner.say(State.IDLE, texts("ui.lookup.who"), texts.second("ui.lookup.who"))
        else:
            values = dict(view.summary.values)
            self._banner.say(State.GOOD, texts(view.summary.code, **values), texts.second(view.summary.code, **values))

    @property
    def chosen(self) -> CompareRow | None:
        """The row that is looked at."""
        rows = self.view.rows if self.view is not None else ()
        return next((r for r in rows if r.field == self.table.chosen), None)

    def _show_row(self) -> None:
        if self.kinds.asking:
            self.kinds.show()
            return
        row = self.chosen
        if row is None:  # nobody is known yet: no words about a row that is not there
            for widget in (self._result, self._one_word, self._one, self._other_word, self._other, self.options, self._paper):
                widget.hide()
            return
        self._result.show()
        self._field.setText(self.texts(f"ui.field.{row.field}"))
        self._result.set(State(row.tone.value), self.texts(row.result.code))
        own, register = row.cells.get(FieldSource.DECLARED, ""), row.cells.get(FieldSource.REGISTER, "")
        spans = row.spans.get(FieldSource.REGISTER, ())
        differs = bool(own and register and spans)
        for widget in (self._one_word, self._one, self._other_word, self._other):
            widget.setVisible(differs)
        if differs:
            from station.vietnam.names import differing_spans

            state = State(row.tone.value)
            self._one.show_text(own, differing_spans(register, own), state)
            self._other.show_text(register, spans, state)
        open_row = self.view is not None and row.field in self.view.open_fields
        self._explain.setText(self._about(row, open_row=open_row))
        options = [
            Option(
                d.value,
                self.texts(f"ui.decision.{d.value}"),
                "" if self.shell.large else self.texts.second(f"ui.decision.{d.value}"),
            )
            for d in Decision
        ]
        self._logged.setHidden(self.shell.large)
        self.options.show_options([o for o in options if o.code != "take-register" or register] if open_row else [])
        self.options.setVisible(open_row)
        if self.view is not None:
            self._paper.show_row(self.view.papers, row.field)

    def _about(self, row: CompareRow, *, open_row: bool) -> str:
        """What is to be done with the row that is looked at, or what was decided, by whom and when."""
        if open_row:
            return self.texts("ui.lookup.explain")
        if row.warning:
            return self.texts("ui.lookup.warned.long")
        if row.decided is None:
            return self.texts("ui.lookup.settled")
        at = row.decided.at.astimezone()
        return f"<b>{escape(self.texts.of(row.decided.words))}</b><br>{escape(row.decided.operator)} · {at:%H:%M}"

    def restyle(self) -> None:
        """Rows and columns have another size, marks another colour."""
        self._for_size()
        self.table.forget()
        if self.view is not None:
            self._show(self.view)

    def _for_size(self) -> None:
        self._panel.setFixedWidth(PANEL[self.shell.large])
        self.scan.setMinimumWidth(200 if self.shell.large else 262)

    # --- intents ------------------------------------------------------------------------------------------------------------

    # --- papers -------------------------------------------------------------------------------------------------------------

    def show_body(self, *, photographing: bool) -> None:
        """The panel in place of the comparison."""
        self._body.setVisible(not photographing)
        self.show_panel(shown=photographing)
        if not photographing:
            self.table.setFocus()

    def papers_known(self, papers: Papers) -> None:
        """Show the row's paper."""
        if self.view is not None:
            self.view = replace(self.view, papers=papers.view)
            self._show_row()

    def _photograph(self) -> None:
        row = self.chosen
        field = row.field if row is not None else ""
        self.open_papers(kind_for(field) if field else next(iter(paper_kinds())), field)

    def offers(self) -> list[Action]:
        """Read the card again, a paper, the kind, supervisor, pause; decide the open row, or go on."""
        if (photographing := self.paper_offers()) is not None:
            return photographing
        view = self.view
        if self.kinds.asking:
            return self.kinds.offers()
        actions = [
            self.act("again", "ui.action.read-card", "F4", lambda: self._read(again=True), icon="card", enabled=not self.reading),
            self.act("paper", "ui.action.page", "F6", self._photograph, icon="camera", enabled=view is not None),
            self.act("kind", "ui.action.kind", "F7", self._ask_kind, enabled=view is not None),
            self.act("supervisor", "ui.action.supervisor", "F8", self._supervisor, icon="person"),
            self.act("find", "ui.action.find", "F2", self.scan.setFocus, icon="barcode"),
            self.act("pause", "ui.action.pause", "F9", self.pause),
        ]
        row = self.chosen
        if view is None or view.blocked:
            actions.append(self.act("go-on", "ui.action.agree", "F12", self._go_on, enabled=False, primary=True, icon="next"))
        elif view.open_fields:
            decide = row is not None and row.field in view.open_fields
            actions.append(self.act("decide", "ui.action.decide", "F12", self._decide, enabled=decide, primary=True, icon="next"))
        else:
            ready = not self.reading and bool(view.rows)
            actions.append(self.act("go-on", "ui.action.agree", "F12", self._go_on, enabled=ready, primary=True, icon="next"))
        return actions

    def _ask_kind(self) -> None:
        self.kinds.ask(self.view.kind if self.view is not None else None)

    def _supervisor(self) -> None:
        """F8: about the card that is not to be relied on, else about data that disagree."""
        case = self.view is not None and self.view.card_case
        self.shell.call_supervisor(CASE if case else "data-conflict")

    def hint(self) -> str:
        """How to choose."""
        if self.kinds.asking:
            return self.texts("ui.lookup.kind.hint")
        if self.photographing:
            return self.paper_hint()
        if self.saved:
            return self.saved
        return self.texts("ui.lookup.hint") if self.view is not None and self.view.open_fields else ""

    def scanned(self, text: str) -> bool:
        """A card's code or its lines say who sits here."""
        if self.photographing:
            self.close_papers()
        self._identify(text)
        return True

    def _typed(self) -> None:
        text = self.scan.text().strip()
        self.scan.clear()
        if text:
            self._identify(text)

    def _identify(self, text: str) -> None:
        """Look the person up by what was scanned or typed, then read the card: its number opens it."""
        counter, dossier = self.counter, self.dossier

        def work() -> CompareView:
            counter.identity.take(dossier, text)
            return counter.compare.view(dossier)

        def known(view: CompareView) -> None:
            self.shell.clear_trouble()
            self._show(view)
            self.table.setFocus()
            self._read(again=False)

        self.ask(work, known)

    def digit(self, number: int) -> bool:
        """Choose a decision, or what is photographed."""
        if self.photographing:
            return self.paper_digit(number)
        return self.options.isVisible() and self.options.choose(number)

    def key(self, name: str) -> bool:
        """Enter looks at a photographed page; Shift+F12: one step back, to the queue."""
        if name == "Shift+F12" and not self.photographing:
            self.back_action().run()
            return True
        return self.photographing and self.paper_key(name)

    def _decide(self) -> None:
        self.saved = ""
        row, counter, dossier = self.chosen, self.counter, self.dossier
        if row is None or not self.options.chosen:
            return
        decision, field = Decision(self.options.chosen), row.field
        self.ask(lambda: counter.compare.decide(dossier, field, decision), self._show)

    def _go_on(self) -> None:
        counter, dossier = self.counter, self.dossier

        def work() -> str:
            counter.cards.stop()
            return counter.after_lookup(dossier)

        self.ask(work, lambda stage: self.shell.go_stage(stage, dossier))
