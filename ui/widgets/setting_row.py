"""One setting as a row of a form, built from its declaration: help text, editor by kind, default, limits, who changed it, fault in place."""

from __future__ import annotations

from station.errors import InputError
from station.settings import BY_NAME, Value
from station.views.settings import SettingRow, fault_words, typed
from ui.qt import QCheckBox, QComboBox, QFrame, QHBoxLayout, QLineEdit, Qt, QVBoxLayout, QWidget, Signal
from ui.texts import Texts
from ui.theme.tokens import State
from ui.widgets.chips import StateChip, label
from ui.widgets.inputs import CheckBox, DropDown, mark_wrong


def shown_value(texts: Texts, name: str, value: Value) -> str:
    """Return a setting's value as a person reads it."""
    if isinstance(value, bool):
        return texts("ui.settings.yes" if value else "ui.settings.no")
    if isinstance(value, str):
        known = texts(f"choice.{value}")
        named = BY_NAME[name].choices or BY_NAME[name].form == "language"
        return known if named and known != f"choice.{value}" else value or "—"
    return f"{value:g}".replace(".", ",")


def fits(name: str, raw: object) -> bool:
    """Return whether a setting can hold what stands in its editor."""
    try:
        typed(BY_NAME[name], raw)
    except InputError:
        return False
    return True


class SettingEditor(QFrame):
    """The row; `changed(name)` when its value may differ. `value()` raises nothing: a bad value stands as a fault at the field."""

    changed = Signal(str)

    def __init__(self, texts: Texts, row: SettingRow, *, allowed: bool) -> None:
        super().__init__()
        self.setObjectName("card")
        self._texts = texts
        self.row = row
        self.fault = ""
        box = QHBoxLayout(self)
        box.setContentsMargins(14, 10, 14, 10)
        box.setSpacing(14)
        words = QVBoxLayout()
        words.setSpacing(1)
        name = texts.of(row.help)
        self._name = label(name, "value", wrap=True)
        words.addWidget(self._name)
        if texts.second_of(row.help):
            words.addWidget(label(texts.second_of(row.help), "caption", wrap=True))
        facts = [row.name, texts("ui.settings.default", value=shown_value(texts, row.name, row.default))]
        if row.limits is not None:
            facts.append(texts.of(row.limits))
        if row.changed_by:
            facts.append(texts("ui.settings.changed", name=row.changed_by, time=row.changed_at))
        words.addWidget(label("  ·  ".join(facts), "caption", wrap=True))
        if row.law is not None:
            words.addWidget(label(texts.of(row.law), "caption", wrap=True))
        notes = [c for c, there in (("ui.settings.legal", row.legal), ("ui.settings.own", row.own),
                                    ("ui.settings.not-yours", not allowed and not row.legal)) if there]  # fmt: skip
        if notes:
            chip = StateChip(State.EXCEPTION if row.legal else State.IDLE, texts(notes[0]))
            words.addWidget(chip, 0, Qt.AlignmentFlag.AlignLeft)
        self._fault = label("", f"word-{State.BLOCKED.value}", wrap=True)
        self._fault.hide()
        words.addWidget(self._fault)
        box.addLayout(words, 3)
        self.editor = self._make(row)
        self.editor.setAccessibleName(name)
        self.editor.setEnabled(allowed and not row.legal)
        self.editor.setMinimumWidth(200)
        box.addWidget(self.editor, 2)

    def _make(self, row: SettingRow) -> QWidget:
        if row.editor == "flag":
            check = CheckBox(self._texts("ui.settings.yes"))
            check.setChecked(bool(row.value))
            check.toggled.connect(lambda _: self._edited())
            return check
        if row.editor == "choice":
            combo = DropDown()
            for choice in row.choices:
                combo.addItem(row.names.get(choice) or shown_value(self._texts, row.name, choice), choice)
            combo.setCurrentIndex(max(0, combo.findData(row.value)))
            combo.currentIndexChanged.connect(lambda _: self._edited())
            return combo
        edit = QLineEdit(str(row.value) if row.editor == "text" else f"{row.value:g}".replace(".", ","))
        edit.setMaxLength(300)
        edit.editingFinished.connect(self._edited)
        return edit

    def raw(self) -> object:
        """What stands in the editor."""
        if isinstance(self.editor, QCheckBox):
            return self.editor.isChecked()
        if isinstance(self.editor, QComboBox):
            return self.editor.currentData()
        assert isinstance(self.editor, QLineEdit)
        return self.editor.text()

    def set_raw(self, value: object) -> None:
        """Put back what a person had typed or chosen before another group was looked at."""
        if isinstance(self.editor, QCheckBox):
            self.editor.setChecked(bool(value))
        elif isinstance(self.editor, QComboBox):
            self.editor.setCurrentIndex(max(0, self.editor.findData(value)))
        elif isinstance(self.editor, QLineEdit):
            self.editor.setText(str(value))
        self.check()

    def differs(self) -> bool:
        """Whether the editor holds another value than the setting (a bad one differs too)."""
        try:
            return typed(BY_NAME[self.row.name], self.raw()) != self.row.value
        except InputError:
            return True

    def check(self) -> bool:
        """Say at the field what is wrong; True when nothing is."""
        setting = BY_NAME[self.row.name]
        try:
            typed(setting, self.raw())
        except InputError as error:
            self.fault = self._texts.of(fault_words(setting, error))
        else:
            self.fault = ""
        self._fault.setText(self.fault)
        self._fault.setVisible(bool(self.fault))
        self.editor.setAccessibleDescription(self.fault)
        mark_wrong(self.editor, bool(self.fault))
        return not self.fault

    def to_default(self) -> None:
        """Put the default into the editor."""
        default = self.row.default
        number = self.row.editor == "number"
        self.set_raw(f"{default:g}".replace(".", ",") if number else default)
        self._edited()

    def _edited(self) -> None:
        self.check()
        self.changed.emit(self.row.name)
