"""S18: settings, built from their declarations. Values out of their limits are explained at the field; a whole kit's settings are cloned
by a file: export, compare, apply.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from station.bindings import ACTIONS
from station.bindings import SETTING as BINDINGS
from station.cloning import Difference
from station.desks.key_change import KeyChange
from station.desks.settings import SettingsDesk
from station.keys import Permission
from station.settings import BY_NAME
from station.views.keys import KeysView
from station.views.settings import SettingsView, typed
from ui.qt import QHBoxLayout, QScrollArea, Qt, QTimer, QVBoxLayout, QWidget
from ui.screens.base import Screen
from ui.screens.clone_panel import ClonePanel
from ui.screens.sign_here import SignHere
from ui.shell import Shell
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.chips import Banner, card, label
from ui.widgets.entry import Entry
from ui.widgets.heads import Head
from ui.widgets.key_card import key_card
from ui.widgets.keys_panel import KeysPanel
from ui.widgets.rows import Row, RowList
from ui.widgets.setting_row import SettingEditor, fits

LOOKS = ("screen.language", "screen.theme", "screen.large")


class SettingsScreen(Screen):
    """What may I change here?"""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.desk: SettingsDesk | None = None
        self.view: SettingsView | None = None
        self.editors: dict[str, SettingEditor] = {}
        self._pending: dict[str, object] = {}
        self._allowed: dict[str, bool] = {}
        self.keys: KeysView | None = None
        self.change: KeyChange | None = None
        self.bindings: KeysPanel | None = None
        """The table of the group "Phím" while it is shown."""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        top = QHBoxLayout()
        self._head = Head(self.texts("ui.settings.title"), self.texts.pair("ui.settings.question"))
        top.addWidget(self._head, 3)
        self.search = Entry(self.texts("ui.settings.search"))
        self.search.committed.connect(self._ask)
        top.addWidget(self.search, 2)
        column.addLayout(top)
        self.banner = Banner()
        self.banner.hide()
        column.addWidget(self.banner)
        row = QHBoxLayout()
        row.setSpacing(12)
        self._left, box = card()
        box.setContentsMargins(1, 1, 1, 1)
        self.groups = RowList(self.texts("ui.settings.title"))
        self.groups.picked.connect(lambda _: self._show_group())
        self.groups.when_empty(self.texts("ui.settings.nothing.groups"))
        box.addWidget(self.groups)
        row.addWidget(self._left, 2)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setAccessibleName(self.texts("ui.settings.title"))
        row.addWidget(self._scroll, 7)
        self.clone = ClonePanel(self.texts)
        self.clone.hide()
        row.addWidget(self.clone, 5)
        self.pin = SignHere(self, self._come, self._cancel_pin, Permission.CHANGE_SETTINGS)
        row.addWidget(self.pin, 3, Qt.AlignmentFlag.AlignTop)
        column.addLayout(row, 1)

    def enter(self, dossier: str = "") -> None:
        """Show what is set."""
        super().enter(dossier)
        if self.desk is None:
            self.desk = SettingsDesk(self.station)
        self.editors, self._pending, self.change = {}, {}, None
        self.shell.keys.ask(None)
        self.banner.hide()
        self._show_clone(shown=False)
        self.pin.hide()
        self.groups.setFocus()
        self._ask()

    def leave(self) -> None:
        """The second person's right to change ends with the page."""
        super().leave()
        self.shell.keys.ask(None)
        if self.desk is not None:
            self.desk.go()

    def _ask(self) -> None:
        desk, text = self.desk, self.search.text()
        assert desk is not None, "made at the first enter"
        keys = not text.strip() or text.strip().casefold() in self.texts("group.keys").casefold()
        pending = self.change.pending.to_text() if self.change is not None and self.change.differs else None
        self.ask(lambda: (desk.view(text), {n: desk.may_change(n) for n in BY_NAME}, desk.keys() if keys else None,
                          desk.key_change(pending)), self._show)  # fmt: skip

    def _show(self, answer: tuple[SettingsView, dict[str, bool], KeysView | None, KeyChange]) -> None:
        self.view, self._allowed, self.keys, self.change = answer
        if self.change.stored != self.shell.texts.keys:
            self._obey(self.change)
            return
        rows = [Row(self.texts(f"group.{g}"), (), None, "", str(len(ACTIONS) if g == "bindings" else len(rows)))
                for g, rows in self.view.groups]  # fmt: skip
        if self.keys is not None:
            rows.append(Row(self.texts("group.keys"), (), State.RETRY if self.keys.alarm else None, "", str(len(self.keys.rows))))
        self.groups.show_rows(rows)
        if self.view.empty is not None and self.keys is None:
            self.banner.show()
            self.banner.say(State.IDLE, self.texts.pair(self.view.empty.code), self.texts("ui.settings.nothing.how"))
        elif self.view.faults:
            words = self.texts(
                "ui.settings.faults", count=len(self.view.faults), faults=". ".join(self.texts.of(f) for f in self.view.faults)
            )
            self.banner.show()
            self.banner.say(State.RETRY, words)
        self._show_group()

    def _obey(self, change: KeyChange) -> None:
        """Other keys were saved or taken over: the window is built anew with them, and shows this group with what was said."""
        said, at = self._said, self.groups.currentRow()
        self.shell.use_bindings(change.stored)
        page = self.shell.page
        assert isinstance(page, SettingsScreen)
        page.resume(at, said)

    def resume(self, at: int, said: tuple[State, str, dict[str, Any]] | None) -> None:
        """Go on where the page before was left: with this group, and what was said."""
        self.groups.show_rows([Row("")] * (at + 1), at)  # the row that is kept when the answer comes
        if said is not None:
            self._say(said[0], said[1], **said[2])

    _said: tuple[State, str, dict[str, Any]] | None = None

    def _say(self, state: State, code: str, **values: object) -> None:
        self._said = (state, code, values)
        self.banner.show()
        self.banner.say(state, self.texts(code, **values), self.texts.second(code, **values))

    def _show_group(self) -> None:
        view, index = self.view, self.groups.currentRow()
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(8)
        self._pending = self.unsaved()
        self.editors, self.bindings = {}, None
        if self.change is not None and self.change.asking:
            self._stop_asking()
        if view is not None and 0 <= index < len(view.groups) and view.groups[index][0] == "bindings" and self.change is not None:
            self.bindings = KeysPanel(self.texts, self.change, allowed=self._allowed.get(BINDINGS, False))
            column.addWidget(self.bindings, 1)
        elif view is not None and 0 <= index < len(view.groups):
            group, rows = view.groups[index]
            column.addWidget(label(self.texts(f"group.{group}"), "strong"))
            for row in rows:
                editor = SettingEditor(self.texts, row, allowed=self._allowed.get(row.name, False))
                if row.name in self._pending:
                    editor.set_raw(self._pending[row.name])
                editor.changed.connect(lambda _: self._changed())
                self.editors[row.name] = editor
                column.addWidget(editor)
        elif self.keys is not None and view is not None and index == len(view.groups):
            column.addWidget(label(self.texts("group.keys"), "strong"))
            for words in (self.keys.protected, self.keys.how):
                column.addWidget(label(self.texts.of(words), "quiet", wrap=True))
            for key in self.keys.rows:
                column.addWidget(key_card(self.texts, key))
        if self.bindings is None:
            column.addStretch(1)
        self._scroll.setWidget(body)
        self.shell.refresh_actions()

    def unsaved(self) -> dict[str, object]:
        """Values that differ from what is set, by name, also those of groups looked at before."""
        here = {n: e.raw() for n, e in self.editors.items() if e.differs()}
        if self.change is not None and self.change.differs:
            here[BINDINGS] = self.change.pending.to_text()
        return {n: v for n, v in self._pending.items() if n not in self.editors and n != BINDINGS} | here

    def wrong(self) -> list[str]:
        """Names of the unsaved values that no setting can hold, in the order of the groups."""
        changes = self.unsaved()
        return [n for n in BY_NAME if n in changes and not fits(n, changes[n])]

    def _changed(self) -> None:
        count, wrong = len(self.unsaved()), self.wrong()
        if wrong:
            self._say(State.BLOCKED, "ui.settings.wrong", count=len(wrong))
            if (editor := self.editors.get(wrong[0])) is not None:
                QTimer.singleShot(0, editor, lambda: self._scroll.ensureWidgetVisible(editor))
        elif count:
            self._say(State.LIVE, "ui.settings.unsaved", count=count)
        else:
            self.banner.hide()
        self.shell.refresh_actions()

    # --- intents ---------------------------------------------------------------------------------------------------------------

    def offers(self) -> list[Action]:
        """Search, back to default, clone, save."""
        if self.pin.isVisible():
            return self.pin.offers()
        if self.clone.isVisible():
            return [self.act("cancel", "ui.action.cancel", "Esc", self._close_clone),
                    self.act("export", "ui.action.export-settings", "F6", self._export, icon="disk"),
                    self.act("compare", "ui.action.compare-settings", "F7", self._compare, icon="columns"),
                    self.act("here", "ui.settings.here", "F8", self.pin.ask_who, enabled=not self._changes_kit()),
                    self.act("apply", "ui.action.apply-settings", "F12", self._apply, enabled=self.clone.compared and self._changes_kit(),
                             primary=True, icon="double-check")]  # fmt: skip
        if self.bindings is not None and self.change is not None:
            return self._key_offers(self.bindings, self.change)
        return [
            self.act("search", "ui.action.search-field", "F2", self.search.edit.setFocus, icon="eye"),
            self.act("default", "ui.action.default", "F4", self._default, enabled=self._focused() is not None),
            self.act("clone", "ui.settings.clone", "F6", self._open_clone, icon="swap"),
            self.act("here", "ui.settings.here", "F8", self.pin.ask_who, enabled=not self._changes_kit()),
            self.act("operators", "ui.action.operators", "F7", lambda: self.shell.go("operators"), icon="person"),
            self.act(
                "save", "ui.action.save-settings", "F12", self._save, enabled=bool(self.unsaved()), primary=True, icon="disk"
            ),
        ]

    # --- keys ------------------------------------------------------------------------------------------------------------------

    def _key_offers(self, panel: KeysPanel, change: KeyChange) -> list[Action]:
        """While a key is awaited every key is the answer; a conflict offers the swap; otherwise: a new key, the default, all of them."""
        if change.asking:
            return [self.act("cancel", "ui.action.cancel", "Esc", self._stop_asking)]
        if change.view().swap:
            return [self.act("cancel", "ui.action.cancel", "Esc", self._stop_asking),
                    self.act("new-key", "ui.action.new-key", "F6", self._new_key, icon="pen"),
                    self.act("swap", "ui.action.swap-keys", "F12", lambda: self._changed_keys(change.swap), primary=True, icon="swap")]  # fmt: skip
        return [
            self.act("search", "ui.action.search-field", "F2", self.search.edit.setFocus, icon="eye"),
            self.act("new-key", "ui.action.new-key", "F6", self._new_key, enabled=panel.allowed, icon="pen"),
            self.act("default", "ui.action.default", "F4", lambda: self._changed_keys(lambda: change.reset(panel.table.chosen)),
                     enabled=panel.allowed),
            self.act("all-default", "ui.action.all-default", "F5", lambda: self._changed_keys(change.reset),
                     enabled=panel.allowed and any(r.changed for r in change.view().rows), icon="retake"),
            self.act("here", "ui.settings.here", "F8", self.pin.ask_who, enabled=not self._changes_kit()),
            self.act("save", "ui.action.save-settings", "F12", self._save, enabled=bool(self.unsaved()), primary=True, icon="disk"),
        ]  # fmt: skip

    def _new_key(self) -> None:
        """The very next key is the answer, whatever it does elsewhere."""
        change, panel = self.change, self.bindings
        if change is None or panel is None or not panel.allowed or not panel.table.chosen:
            return
        action = panel.table.chosen
        self._changed_keys(lambda: change.ask(action))
        self.shell.keys.ask(lambda key: self._changed_keys(lambda: change.pressed(key)))

    def _stop_asking(self) -> None:
        self.shell.keys.ask(None)
        if self.change is not None:
            self._changed_keys(self.change.cancel)

    def _changed_keys(self, step: Callable[[], None]) -> None:
        """Take one step and show what came of it."""
        step()
        if self.bindings is not None:
            self.bindings.show_change()
        self.shell.refresh_actions()

    def key(self, name: str) -> bool:
        """Enter on the group goes to its table, on a row it asks for the new key; Esc leaves a conflict as it was."""
        change, panel = self.change, self.bindings
        if panel is None or change is None or self.pin.isVisible():
            return False
        if name == "Enter" and self.shell.focusWidget() is self.groups:
            panel.table.setFocus()
        elif name == "Enter" and self.shell.focusWidget() is panel.table:
            self._new_key()
        elif name == "Esc" and change.view().swap:
            self._stop_asking()
        else:
            return False
        return True

    def _changes_kit(self) -> bool:
        """Whether who is here may change the kit's own settings (not only how this screen looks)."""
        return self._allowed.get("day.target", False)

    def _come(self, operator: str, secret: str) -> None:
        desk = self.desk
        assert desk is not None, "made at the first enter"

        def come(name: str) -> None:
            self._cancel_pin()
            self._say(State.EXCEPTION, "ui.settings.acting", name=name)
            self._pending = self.unsaved()
            self.editors = {}
            self._ask()

        self.ask(lambda: desk.come(operator, secret), come, self.pin.refuse)

    def _cancel_pin(self) -> None:
        self.pin.hide()
        self.groups.setFocus()
        self.shell.refresh_actions()

    def _focused(self) -> SettingEditor | None:
        return next(iter(self.editors.values()), None)

    def _default(self) -> None:
        focus = self.shell.focusWidget()
        for editor in self.editors.values():
            if editor.editor is focus and editor.editor.isEnabled():
                editor.to_default()

    def _save(self) -> None:
        changes, desk = self.unsaved(), self.desk
        if wrong := self.wrong():
            self._go_to(wrong[0])
            return
        if desk is None or not changes:
            return

        def saved(count: int) -> None:
            self.editors, self._pending, self.change = {}, {}, None
            self._ask()
            self._say(State.GOOD, "ui.settings.saved", count=count)
            self._use(changes)

        self.ask(lambda: desk.save(changes), saved)

    def _go_to(self, name: str) -> None:
        """Show a setting's group and put the focus into its field."""
        groups = self.view.groups if self.view is not None else ()
        place = next((i for i, (_, rows) in enumerate(groups) if any(r.name == name for r in rows)), None)
        if place is None:  # hidden by the search
            self.search.edit.clear()
            self._ask()
            return
        self.groups.setCurrentRow(place)
        if (editor := self.editors.get(name)) is not None:
            editor.editor.setFocus()
            self._scroll.ensureWidgetVisible(editor)

    def _use(self, changes: dict[str, object]) -> None:
        """What changes the look is used at once."""
        if {"screen.theme", "screen.large"} & set(changes):
            dark = self.shell.system_look.choose(str(changes["screen.theme"])) if "screen.theme" in changes else self.shell.dark
            self.shell.set_look(dark=dark,
                                large=bool(changes.get("screen.large", self.shell.large_mode)))  # fmt: skip
        if "sound.volume" in changes or "sound.quiet" in changes:
            self.shell.tones.follow(changes)
            self.shell.tones.play("captured")
        if "screen.zoom" in changes:
            self.shell.set_zoom(int(typed(BY_NAME["screen.zoom"], changes["screen.zoom"])))
        if "screen.left_hand" in changes:
            self.shell.set_left_hand(bool(changes["screen.left_hand"]))
        if "screen.language" in changes:
            self.shell.set_language(str(changes["screen.language"]))

    # --- cloning ---------------------------------------------------------------------------------------------------------------

    def _open_clone(self) -> None:
        self.clone.begin()
        self._show_clone(shown=True)
        self.shell.refresh_actions()

    def _show_clone(self, *, shown: bool) -> None:
        """In large type the editors need the width of the groups beside the panel."""
        self.clone.setVisible(shown)
        self._left.setHidden(shown and self.shell.large)

    def _close_clone(self) -> None:
        self._show_clone(shown=False)
        self.groups.setFocus()
        self.shell.refresh_actions()

    def _export(self) -> None:
        desk, path = self.desk, self.clone.path()
        if desk is None or path is None:
            return

        def done(count: int) -> None:
            name = path.name
            self.clone.say(State.GOOD, self.texts("ui.settings.exported", count=count, name=name))

        self.ask(lambda: desk.export_to(path), done)

    def _compare(self) -> None:
        self._with_file(self._compared)

    def _with_file(self, done: object) -> None:
        desk, path = self.desk, self.clone.path()
        assert callable(done)
        if desk is not None and path is not None:
            self.ask(lambda: desk.compare_file(path), done)

    def _compared(self, rows: tuple[Difference, ...]) -> None:
        self.clone.show_differences(rows)
        self.shell.refresh_actions()

    def _apply(self) -> None:
        desk, path = self.desk, self.clone.path()
        if desk is None or path is None or not self.clone.compared:
            return

        def done(count: int) -> None:
            self.clone.say(State.GOOD, self.texts("ui.settings.applied", count=count))
            self._said = State.GOOD, "ui.settings.applied", {"count": count}
            self._ask()
            self._compare()

        self.ask(lambda: desk.apply_file(path), done)

    def restyle(self) -> None:
        """Measure the rows anew."""
        self.groups.relayout()
        if self.bindings is not None:
            self.bindings.table.forget()
            self.bindings.show_change()
        self._left.setHidden(self.shell.large and self.clone.isVisible())
