"""S7: the applicant reviews, both sign, the dossier is sealed."""

from __future__ import annotations

import cv2
import numpy as np

from station.views.signing import Evidence, ReviewView
from ui.qt import QGridLayout, QHBoxLayout, QImage, QLabel, QPixmap, Qt, QTableWidget, QTableWidgetItem, QVBoxLayout
from ui.screens.base import Screen
from ui.shell import Shell
from ui.texts import field_value
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.chips import Banner, StateChip, card, in_cell, label
from ui.widgets.live_view import to_image

THUMB = (62, 78)


def thumbnail(evidence: Evidence) -> QImage | None:
    """Return a small picture of a capture, None when its bytes do not decode (never an error on screen)."""
    image = evidence.image
    if image.encoding == "raw" and image.bits_stored == 8:
        shape = (image.height, image.width) if image.channels == 1 else (image.height, image.width, image.channels)
        pixels = np.frombuffer(evidence.data, np.uint8).reshape(shape)
    else:
        decoded = cv2.imdecode(np.frombuffer(evidence.data, np.uint8), cv2.IMREAD_UNCHANGED)
        if decoded is None or decoded.dtype != np.uint8:
            return None
        pixels = np.asarray(decoded, np.uint8)
    high, wide = pixels.shape[:2]
    scale = max(THUMB[0] / wide, THUMB[1] / high)
    small = np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    top, left = (small.shape[0] - THUMB[1]) // 2, (small.shape[1] - THUMB[0]) // 2
    return to_image(small[top : top + THUMB[1], left : left + THUMB[0]])


class ReviewScreen(Screen):
    """Does the applicant agree with every line?"""

    stage = "review"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.view: ReviewView | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        left, self._left = card(self.texts("ui.review.captured"))
        self._grid = QGridLayout()
        self._grid.setSpacing(6)
        self._left.addLayout(self._grid)
        self._left.addStretch(1)
        row.addWidget(left, 0)
        middle = QVBoxLayout()
        middle.addWidget(label(self.texts("ui.review.title"), "title"))
        self._banner = Banner()
        middle.addWidget(self._banner)
        frame, box = card()
        self._table = QTableWidget(0, 3)
        self._table.horizontalHeader().hide()
        self._table.verticalHeader().hide()
        self._table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self._table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self._table.setShowGrid(False)
        self._table.horizontalHeader().setStretchLastSection(True)
        self._table.setAccessibleName(self.texts("ui.review.title"))
        box.addWidget(self._table)
        middle.addWidget(frame, 1)
        row.addLayout(middle, 1)
        right, self._right = card(self.texts("ui.review.before"))
        self._checks: dict[str, StateChip] = {}
        for code in ("ui.stage.fingers", "ui.stage.portrait", "ui.review.applicant", "ui.review.operator", "sealed"):
            chip = StateChip(State.IDLE, self.texts(code))
            self._checks[code] = chip
            self._right.addWidget(chip)
        self._right.addStretch(1)
        right.setMinimumWidth(230)
        row.addWidget(right, 0)

    def enter(self, dossier: str = "") -> None:
        """Show the dossier as it stands."""
        super().enter(dossier)
        self.view = None
        self._ask()

    def _ask(self) -> None:
        counter, dossier = self.counter, self.dossier
        self.jobs.submit(lambda: counter.review(dossier), self._show, self.shell.show_trouble)

    def _show(self, view: ReviewView) -> None:
        self.view = view
        self._show_evidence(view)
        self._table.setRowCount(len(view.lines))
        for index, line in enumerate(view.lines):
            self._table.setItem(index, 0, QTableWidgetItem(self.texts(f"ui.field.{line.name}")))
            item = QTableWidgetItem(field_value(line.name, line.value))
            font = item.font()
            font.setBold(True)
            item.setFont(font)
            self._table.setItem(index, 1, item)
            state, word = {None: (State.IDLE, "unseen"), True: (State.GOOD, "seen"), False: (State.BLOCKED, "wrong")}[line.answer]
            self._table.setCellWidget(index, 2, in_cell(StateChip(state, self.texts(f"ui.review.{word}"))))
            self._table.setRowHeight(index, 34)
        self._table.setColumnWidth(0, 190)
        self._table.setColumnWidth(1, 430)
        seen = sum(line.answer is True for line in view.lines)
        if view.next == "done":
            self._banner.say(State.GOOD, self.texts("ui.review.sealed"), self.texts.second("ui.review.sealed"))
        elif view.next == "seal":
            self._banner.say(State.LIVE, self.texts("ui.review.saved"), self.texts.second("ui.review.saved"))
        else:
            self._banner.say(State.IDLE, self.texts("ui.review.lines", seen=seen, total=len(view.lines)),
                             self.texts.second("ui.review.lines", seen=seen, total=len(view.lines)))  # fmt: skip
        facts = {"ui.stage.fingers": True, "ui.stage.portrait": True, "ui.review.applicant": view.applicant_signed,
                 "ui.review.operator": view.operator_signed, "sealed": view.next == "done"}  # fmt: skip
        if any(code == "capture-open" for code in view.open_items):
            facts["ui.stage.fingers"] = facts["ui.stage.portrait"] = False
        for code, chip in self._checks.items():
            chip.set(State.GOOD if facts[code] else State.IDLE, self.texts(code))
        self.shell.refresh_actions()

    def _show_evidence(self, view: ReviewView) -> None:
        while self._grid.count():
            item = self._grid.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        for evidence in view.evidence:
            picture = QLabel()
            image = thumbnail(evidence)
            if image is not None:
                picture.setPixmap(QPixmap.fromImage(image))
            name = self.texts(f"ui.finger.{evidence.position}") if evidence.position else self.texts("ui.step.face")
            picture.setAccessibleName(name)
            place = evidence.position - 1 if evidence.position else 10
            line, column = divmod(place, 5)
            self._grid.addWidget(picture, line * 2, column, Qt.AlignmentFlag.AlignHCenter)
            state = State.EXCEPTION if evidence.flagged else State.GOOD
            self._grid.addWidget(StateChip(state, f"{evidence.score:.0f}"), line * 2 + 1, column, Qt.AlignmentFlag.AlignHCenter)
        for finger, kind in view.exceptions:
            line, column = divmod(finger - 1, 5)
            self._grid.addWidget(StateChip(State.EXCEPTION, self.texts(f"ui.exception.{kind}")), line * 2, column)

    def offers(self) -> list[Action]:
        """The next open thing, then the next person."""
        following = self.view.next if self.view is not None else ""
        codes = {"agree": "ui.action.applicant-agrees", "applicant": "ui.action.applicant-signs", "operator": "ui.action.operator-signs",
                 "seal": "ui.action.seal", "done": "ui.action.next-person"}  # fmt: skip
        actions = [self.act("pause", "ui.action.pause", "F9", self._pause, enabled=following != "done"),
                   self.act("sending", "ui.action.sending", "F6", lambda: self.shell.go("sending"))]  # fmt: skip
        if following:
            actions.append(self.act("next", codes[following], "F12", self._next, primary=True))
        return actions

    def _next(self) -> None:
        assert self.view is not None
        counter, dossier, following = self.counter, self.dossier, self.view.next
        self.view = None  # nothing is offered until the answer is shown
        self.shell.refresh_actions()
        if following == "done":
            self.shell.go("home")
            return

        def work() -> None:
            if following == "agree":
                counter.applicant_agrees(dossier)
            elif following == "seal":
                counter.seal(dossier)
            else:
                counter.sign(dossier, following)

        def failed(error: BaseException) -> None:
            self.shell.show_trouble(error)
            self._ask()

        self.jobs.submit(work, lambda _: self._ask(), failed)

    def _pause(self) -> None:
        counter, dossier = self.counter, self.dossier
        self.jobs.submit(lambda: counter.pause(dossier), lambda _: self.shell.go("home"), self.shell.show_trouble)
