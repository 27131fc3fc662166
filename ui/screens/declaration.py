"""S3: declaration and marks. Is anything missing?"""

from __future__ import annotations

from itertools import pairwise

from station.desk.form import MARK_KINDS, MARK_PLACES, MARK_SIDES, Mark
from station.vietnam.paper_kinds import paper_kinds
from station.views.declaration import DeclarationView, FieldRow
from ui.qt import QFrame, QGridLayout, QHBoxLayout, QLineEdit, QScrollArea, Qt, QVBoxLayout, QWidget
from ui.screens.photographing import Papers, PhotographingScreen
from ui.shell import Shell
from ui.theme.style import Current
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.chips import Banner, StateChip, StateIcon, card, label
from ui.widgets.inputs import DropDown, mark_wrong
from ui.widgets.papers import PaperList, paper_lines
from ui.widgets.picks import PickEdit, PickList
from ui.widgets.scrolling import Scrolling


class FieldEdit(QWidget):
    """One field: words, where the value comes from, saved or not; uppercase and checks happen when it is left, never while typing."""

    def __init__(self, screen: DeclarationScreen, row: FieldRow) -> None:
        super().__init__()
        self._screen, self.row = screen, row
        texts = screen.texts
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 2, 4, 2)
        column.setSpacing(1)
        head = QHBoxLayout()
        name = texts(f"ui.field.{row.field}")
        head.addWidget(label(name + (" *" if row.mandatory else ""), "caption"))
        head.addStretch(1)
        self._source = label("", "caption")
        self._icon = StateIcon(State.IDLE, 14)
        head.addWidget(self._source)
        head.addWidget(self._icon)
        column.addLayout(head)
        self.edit: QLineEdit = screen.pick_edit(row) if row.picks else QLineEdit()
        self.edit.setAccessibleName(name)
        self.edit.editingFinished.connect(self._left)
        self.edit.textEdited.connect(self._typed)
        self.edit.returnPressed.connect(lambda: screen.next_field(self))
        column.addWidget(self.edit)
        self._error = label("", "word-blocked", wrap=True)
        self._error.hide()
        column.addWidget(self._error)
        column.addStretch(1)  # a neighbour's fault is higher: label and field stay together
        self.show_row(row)

    def show_row(self, row: FieldRow) -> None:
        """Show what is stored, unless something else is being typed here."""
        typed = self.edit.hasFocus() and self.edit.isModified()
        self.row = row
        if not typed:
            self.edit.setText(row.shown)
            self.edit.setModified(False)
            self.edit.setCursorPosition(0)  # what is longer than the field is read from its beginning
        self._source.setText(self._screen.texts(row.source.code) if row.source is not None else "")
        self._icon.set_state(State(row.tone.value))

    def _left(self) -> None:
        if self.edit.isModified():
            self.edit.setModified(False)
            self._screen.save(self, self.edit.text())

    def _typed(self) -> None:
        if self.fault:  # "complete" stores what is typed and asks again; led back here by F12, nobody would get on
            self._screen.shell.refresh_actions()

    @property
    def fault(self) -> str:
        """Why what stands here was not stored, empty when it was."""
        return self._error.text()

    @property
    def to_mend(self) -> bool:
        """Whether what was refused still stands here as it was refused."""
        return bool(self.fault) and not self.edit.isModified()

    def refuse(self, words: str) -> None:
        """Say why the value was not stored; the focus goes back here."""
        self._error.setText(words)
        self._error.setVisible(bool(words))
        mark_wrong(self.edit, bool(words))
        if words:
            self._icon.set_state(State.BLOCKED)
            self.edit.setFocus()
            self._screen.say_fault(self)


COLUMNS = {False: 3, True: 2}
"""Fields beside one another, in desk type and in large type."""
WIDE = {"full_name": 2}
"""Fields over more than one column: a legal name is seen whole."""


class DeclarationScreen(PhotographingScreen):
    """Is anything missing?"""

    stage = "declaration"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.view: DeclarationView | None = None
        self.fields: dict[str, FieldEdit] = {}
        self.setAccessibleName(self.texts("ui.form.title"))
        self.focus_field = ""
        """Where to go when the page is entered (a line the applicant called wrong)."""
        self._list: PickList | None = None
        self.focus_paper: tuple[str, str] | None = None
        """A paper (kind, field) to photograph when the page is entered: the review found it missing."""
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        self._page = QWidget()
        whole.addWidget(self._page)
        row = self.columns = QHBoxLayout(self._page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        left = QVBoxLayout()
        left.setSpacing(10)
        head = QHBoxLayout()
        head.addWidget(label(self.texts("ui.form.title"), "title"))
        head.addWidget(label(self.texts.second("ui.form.title"), "second-title"))
        head.addStretch(1)
        left.addLayout(head)
        self._banner = Banner(small=True)
        left.addWidget(self._banner)
        frame, box = card()
        box.setContentsMargins(6, 6, 6, 6)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._body = QWidget()
        self._grid = QGridLayout(self._body)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(2)
        self._area.setWidget(self._body)
        box.addWidget(self._area)
        left.addWidget(frame, 1)
        row.addLayout(left, 1)
        row.addWidget(self._right())

    def _right(self) -> Scrolling:
        side = Scrolling(self.texts("ui.form.marks"))
        side.setFixedWidth(304)
        self._side_area = side
        side.column.setSpacing(10)
        side.column.addWidget(self._marks_card())
        papers, box = card(self.texts("ui.page.here"), small=True)
        self._paper_list = PaperList(self.texts("ui.page.here"), choosing=False)
        self._no_papers = label(self.texts("ui.page.none"), "caption", wrap=True)
        box.addWidget(self._no_papers)
        box.addWidget(self._paper_list)
        side.column.addWidget(papers)
        side.column.addStretch(1)
        return side

    def _marks_card(self) -> QFrame:
        frame, box = card(self.texts("ui.form.marks"))
        self._kind, self._side, self._spot = DropDown(), DropDown(), DropDown()
        for combo, codes in ((self._kind, MARK_KINDS), (self._side, MARK_SIDES), (self._spot, MARK_PLACES)):
            for code in codes:
                combo.addItem(self.texts(f"mark.{code}"), code)
        self._cm = QLineEdit("1")
        beside = QGridLayout()
        beside.setHorizontalSpacing(8)
        beside.setVerticalSpacing(4)
        places = {"kind": (0, 0, 2), "cm": (2, 0, 1), "side": (2, 1, 1), "place": (4, 0, 2)}
        beside.setColumnStretch(0, 1)
        beside.setColumnStretch(1, 2)
        for code, widget in (("kind", self._kind), ("cm", self._cm), ("side", self._side), ("place", self._spot)):
            row, column, wide = places[code]
            beside.addWidget(label(self.texts(f"ui.mark.{code}"), "caption"), row, column, 1, wide)
            widget.setAccessibleName(self.texts(f"ui.mark.{code}"))
            beside.addWidget(widget, row + 1, column, 1, wide)
        box.addLayout(beside)
        self._sentence = label("", "name", wrap=True)
        box.addWidget(self._sentence)
        for combo in (self._kind, self._side, self._spot):
            combo.currentIndexChanged.connect(lambda _: self._say_mark())
        self._cm.textChanged.connect(lambda _: self._say_mark())
        self._left = label("", "caption", wrap=True)
        self._open = StateChip(State.IDLE, "")
        box.addWidget(self._open)
        box.addWidget(self._left)
        self._say_mark()
        return frame

    def enter(self, dossier: str = "") -> None:
        """Show the form; the focus starts at the first empty field that must not be."""
        super().enter(dossier)
        self.view, self.saved = None, ""
        for field in self.fields.values():
            field.refuse("")
        self._place_fields()  # the type may have changed while another page was shown
        counter = self.counter
        self.show_body(photographing=False)
        self.ask(lambda: counter.form.view(dossier), self._first)
        self.ask_papers()

    def _first(self, view: DeclarationView) -> None:
        self._show(view)
        if self.focus_paper is not None:
            (kind, field), self.focus_paper = self.focus_paper, None
            self.open_papers(kind, field)
            return
        wanted, self.focus_field = self.focus_field or view.focus, ""
        edit = self.fields.get(wanted)
        if edit is not None:
            edit.edit.setFocus()
            edit.edit.selectAll()
            self._area.ensureWidgetVisible(edit)
        else:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setFocus()

    def _show(self, view: DeclarationView) -> None:
        self.view = view
        if not self.fields:
            for row in (r for r in view.rows if not r.field.endswith("_unit")):  # units follow from the places
                edit = FieldEdit(self, row)
                self.fields[row.field] = edit
            self._place_fields()
            self._order_keys()
        for row in view.rows:
            if row.field in self.fields:
                self.fields[row.field].show_row(row)
        words = self.texts(view.left.code, **view.left.values)
        second = self.texts.second(view.left.code, **view.left.values)
        self._open.set(State.RETRY if self._held(view) else State.GOOD, words)
        wrong = next((f for f in self.fields.values() if f.fault), None)
        if wrong is not None:
            self.say_fault(wrong)
        else:
            self._banner.say(State.RETRY if self._held(view) else State.GOOD, words, second)
        papers = [self.texts.of(w.name).lower() for w in view.papers.open]
        self._left.setText(", ".join([*(self.texts(f"ui.field.{n}") for n in view.missing), *papers]))
        self.shell.refresh_actions()
        self.shell.refresh_strip()

    @staticmethod
    def _held(view: DeclarationView) -> bool:
        """Whether something must still be there before the next desk."""
        return bool(view.missing) or any(w.must for w in view.papers.open)

    def show_body(self, *, photographing: bool) -> None:
        """The panel in place of the form."""
        self._page.setVisible(not photographing)
        self.show_panel(shown=photographing)

    def papers_known(self, papers: Papers) -> None:
        """Show the papers beside the form and what is left."""
        lines = paper_lines(papers.view, self.texts)
        self._paper_list.show_lines(lines, papers.thumbs)
        self._paper_list.setVisible(bool(lines))
        self._no_papers.setVisible(not lines)

    def after_kept(self, papers: Papers) -> None:
        """The next wanted paper is proposed; nothing more wanted: back to the form."""
        following = papers.view.open[:1]
        if following:
            self.open_papers(following[0].kind, following[0].field)
            return
        self.close_papers()

    def close_papers(self) -> None:
        """Back to the form, with what is left counted anew."""
        super().close_papers()
        counter, dossier = self.counter, self.dossier
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocus()
        self.ask(lambda: counter.form.view(dossier), self._show)

    def _photograph(self) -> None:
        """F7: what is wanted first, otherwise the first kind of the list."""
        wanted = next(iter(self.papers.view.open), None) if self.papers is not None else None
        self.open_papers(
            wanted.kind if wanted is not None else next(iter(paper_kinds())), wanted.field if wanted is not None else ""
        )

    def _place_fields(self) -> None:
        """Lay the fields out in paper order, as many beside one another as their values have room."""
        columns, place = COLUMNS[self.shell.large], 0
        while self._grid.count():
            self._grid.takeAt(0)
        for column in range(max(COLUMNS.values())):
            self._grid.setColumnStretch(column, int(column < columns))
        for name, edit in self.fields.items():
            wide = WIDE.get(name, 1)
            place += columns - place % columns if place % columns + wide > columns else 0
            self._grid.addWidget(edit, place // columns, place % columns, 1, wide)
            place += wide

    def restyle(self) -> None:
        """Another type scale: the fields stand otherwise, the marks beside them are as wide as their words need."""
        self._side_area.setFixedWidth(round(304 * max(1.0, Current.theme.growth / 1.35)))
        self._place_fields()

    def say_fault(self, field: FieldEdit) -> None:
        """Something was not stored: the form is not called complete, the old value still holds."""
        name = self.texts(f"ui.field.{field.row.field}")
        self._banner.say(State.BLOCKED, f"{name}: {field.fault}", self.texts("ui.form.old-holds"))
        self._open.set(State.BLOCKED, self.texts("ui.form.not-stored"))
        self.shell.refresh_actions()

    def _order_keys(self) -> None:
        """Tab goes through the form first, then through the marks beside it, although the form's fields were made later; in left-hand mode
        the marks stand before the form."""
        form, marks = [f.edit for f in self.fields.values()], [self._kind, self._cm, self._side, self._spot]
        order: list[QWidget] = [*marks, *form] if self.mirrored else [*form, *marks]
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

    def next_field(self, edit: FieldEdit) -> None:
        """Enter: the next field; on the last one the focus goes to the primary button, which is not pressed."""
        names = list(self.fields)
        at = names.index(edit.row.field) + 1
        if at < len(names):
            following = self.fields[names[at]]
            following.edit.setFocus()
            self._area.ensureWidgetVisible(following)
        else:
            self.shell.focus_primary()

    def pick_edit(self, row: FieldRow) -> PickEdit:
        """Return the edit of a field whose values are found by name: lists, and the communes of a place."""
        edit = PickEdit(self._picks, strict=row.picks == "list")
        edit.wanted.connect(lambda text: self._suggest(edit, row.field, text))
        return edit

    def _suggest(self, edit: PickEdit, field: str, text: str) -> None:
        counter = self.counter
        self.ask(lambda: counter.form.suggest(field, text), lambda found: edit.offer(text, found))

    def _picks(self) -> PickList:
        """One list for the whole page."""
        if self._list is None:
            self._list = PickList(self)
        return self._list

    def key(self, name: str) -> bool:
        """Esc takes the list away; what was typed stays. Enter looks at a photographed page."""
        if self.photographing:
            return self.paper_key(name)
        open_edit = next((f.edit for f in self.fields.values() if isinstance(f.edit, PickEdit) and f.edit.open), None)
        if name != "Esc" or open_edit is None:
            return False
        open_edit.shut()
        return True

    def save(self, edit: FieldEdit, text: str) -> None:
        """Save one field; a refusal is shown at the field."""
        counter, dossier, field = self.counter, self.dossier, edit.row.field

        def saved(view: DeclarationView) -> None:
            edit.refuse("")
            self._show(view)

        self.ask(lambda: counter.form.save(dossier, field, text), saved, lambda e: edit.refuse(self.texts.why(e)))

    def _say_mark(self) -> None:
        mark = self._mark()
        self._sentence.setText(mark.sentence() if mark is not None else "—")

    def _mark(self) -> Mark | None:
        try:
            cm = float(self._cm.text().replace(",", "."))
        except ValueError:
            return None
        if not 0 <= cm <= 50:
            return None
        return Mark(str(self._kind.currentData()), cm, str(self._side.currentData()), str(self._spot.currentData()))

    def _take_mark(self) -> None:
        mark, edit = self._mark(), self.fields.get("marks")
        if mark is not None and edit is not None:
            edit.edit.setText(mark.sentence())
            self.save(edit, mark.sentence())

    def offers(self) -> list[Action]:
        """Take the mark, a paper, pause, back; the first thing missing, or on."""
        if (photographing := self.paper_offers()) is not None:
            return photographing
        view = self.view
        actions = [
            self.act("back", "ui.action.back", "Shift+F12", lambda: self.shell.go("lookup", self.dossier)),
            self.act("mark", "ui.action.take-mark", "F6", self._take_mark, enabled=view is not None, icon="pen"),
            self.act("paper", "ui.action.pages", "F7", self._photograph, enabled=view is not None, icon="camera"),
            self.act(
                "supervisor", "ui.action.supervisor", "F8", lambda: self.shell.call_supervisor("data-conflict"), icon="person"
            ),
            self.act("pause", "ui.action.pause", "F9", self.pause),
        ]
        wrong = next((f for f in self.fields.values() if f.to_mend), None)
        if wrong is not None:  # not "complete" while a value stands there that was not stored
            name = wrong.row.field
            actions.append(self.act("mend", "ui.action.mend-field", "F12", lambda: self._focus(name), primary=True, icon="pen",
                                    field=f"ui.field.{name}"))  # fmt: skip
        elif view is not None and view.missing:
            field = view.missing[0]
            actions.append(self.act("focus", "ui.action.fill", "F12", lambda: self._focus(field), primary=True, icon="pen",
                                    field=f"ui.field.{field}"))  # fmt: skip
        elif view is not None and self._held(view):
            actions.append(self.act("photograph", "ui.action.page-must", "F12", self._photograph, primary=True, icon="camera"))
        else:
            actions.append(
                self.act("on", "ui.action.form-complete", "F12", self._on, enabled=view is not None, primary=True, icon="next")
            )
        return actions

    def digit(self, number: int) -> bool:
        """Choose what is photographed."""
        return self.photographing and self.paper_digit(number)

    def hint(self) -> str:
        """Which small keys the papers have."""
        return self.paper_hint() if self.photographing else self.saved

    def _focus(self, field: str) -> None:
        edit = self.fields[field]
        edit.edit.setFocus()
        self._area.ensureWidgetVisible(edit)

    def _on(self) -> None:
        """Leave the field first, so that what stands in it is saved; then on."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocus()
        counter, dossier = self.counter, self.dossier
        self.ask(lambda: (counter.form.view(dossier), counter.onward(dossier, "declaration")), self._went)

    def _went(self, found: tuple[DeclarationView, str]) -> None:
        view, stage = found
        wrong = next((f for f in self.fields.values() if f.fault), None)
        if wrong is not None:  # the old value still holds: nobody goes on believing that the new one does
            self.say_fault(wrong)
            self._focus(wrong.row.field)
        elif self._held(view):
            self._show(view)
        else:
            self.shell.go_stage(stage, self.dossier)
