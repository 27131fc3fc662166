"""The left side of S2: the card that lies on the reader, step by step, and the sources that are laid beside one another."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from station.chip import ChipReport
from station.chip_desk import ChipPhase, ChipView
from station.dossier.parts import FieldSource
from station.views.chip_check import ChipCheck, chip_check
from station.views.compare import CompareView
from ui.qt import QGridLayout, QHBoxLayout, QImage, QLabel, Qt, QVBoxLayout, QWidget
from ui.texts import Texts, field_value
from ui.theme.tokens import State
from ui.widgets.chips import StateChip, StateIcon, card, label
from ui.widgets.pictures import SmallPicture
from ui.widgets.scrolling import Scrolling

STEPS = ("ui.chip.place", "ui.chip.open", "ui.chip.read", "ui.chip.intact", "ui.chip.issuer")
FACTS = (("personal_no", "ui.chip.number"), ("card_issued", "ui.chip.issued"))
WORDS = {ChipPhase.DONE: State.GOOD, ChipPhase.FAILED: State.BLOCKED, ChipPhase.LIFTED: State.RETRY}


def seconds(milliseconds: float) -> str:
    """Return a duration as it is read here: ``0,9 s``."""
    return f"{milliseconds / 1000:.1f} s".replace(".", ",")


class ChipPanel(QWidget):
    """Card: photo, number, date of issue, five steps with their times. Sources: what was compared and when."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self.setMinimumWidth(240)
        self.setMaximumWidth(264)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self._card(), 3)
        column.addWidget(self._sources(), 2)
        self._decoded: tuple[object, QImage] = (None, QImage())
        self._live = False
        """Whether the reading itself is known here, and not only what the journal kept of it."""

    def _card(self) -> QWidget:
        frame, outer = card()
        outer.addWidget(label(self._texts("ui.chip.title"), "strong"))
        self._word = StateChip(State.IDLE, self._texts("chip-idle"))
        outer.addWidget(self._word)
        inside = Scrolling(self._texts("ui.chip.title"))  # large type on a low window: the steps scroll, nothing is cut
        outer.addWidget(inside, 1)
        box = inside.column
        top = QHBoxLayout()
        self._photo = SmallPicture(84, 112)
        self._photo.hide()  # until there is one: the words have the room
        top.addWidget(self._photo)
        self._facts = label("", "", wrap=True)
        top.addWidget(self._facts, 1)
        box.addLayout(top)
        self._steps: list[tuple[StateIcon, QLabel]] = []
        for code in STEPS:
            line = QHBoxLayout()
            icon, right = StateIcon(State.IDLE, 18), label("", "caption")
            line.addWidget(icon)
            line.addWidget(label(self._texts(code), wrap=True), 1)
            line.addWidget(right)
            box.addLayout(line)
            self._steps.append((icon, right))
        box.addStretch(1)
        return frame

    def _sources(self) -> QWidget:
        frame, outer = card(self._texts("ui.lookup.sources"), small=True)
        inside = Scrolling(self._texts("ui.lookup.sources"))
        outer.addWidget(inside)
        self._grid = QGridLayout()
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        inside.column.addLayout(self._grid)
        self._lines: dict[FieldSource, tuple[StateIcon, QLabel]] = {}
        for row, source in enumerate((FieldSource.CHIP, FieldSource.REGISTER, FieldSource.DECLARED)):
            icon, right = StateIcon(State.IDLE, 18), label("", "caption")
            right.setAlignment(Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(icon, row, 0)
            self._grid.addWidget(label(self._texts(f"ui.lookup.source.{source.value}"), wrap=True), row, 1)
            self._grid.addWidget(right, row, 2)
            self._lines[source] = (icon, right)
        inside.column.addWidget(label(self._texts("ui.lookup.offline"), "caption", wrap=True))
        inside.column.addStretch(1)
        return frame

    # --- showing ----------------------------------------------------------------------------------------------------------------

    def show_chip(self, view: ChipView | None) -> QImage | None:
        """Show where the reading stands; returns the chip's photo where there is one."""
        self._live = view is not None and view.report is not None
        if view is None:
            self._word.set(State.IDLE, self._texts("ui.chip.none"))
            self._photo.hide()
            self._facts.setText(self._texts("ui.chip.none.help"))
            for icon, right in self._steps:
                icon.set_state(State.IDLE)
                right.setText("")
            return None
        check = check_of(view.report)
        if check is not None:
            self._word.set(State(check.tone.value), self._texts.of(check.word))
        else:
            self._word.set(WORDS.get(view.phase, State.LIVE), self._texts(view.phase.value))
        face = None
        if view.face is not None:
            if view.face is not self._decoded[0]:  # the reader tells its progress many times a second, the picture comes once
                self._decoded = (view.face, QImage.fromData(view.face.image))
            face = self._decoded[1] if check is None or not check.stops else None
            self._photo.show_image(self._decoded[1])
            self._photo.show()
        elif view.phase is ChipPhase.WAITING:
            self._photo.hide()
        self._facts.setText(self._about(view))
        self._show_steps(view)
        return face

    def _about(self, view: ChipView) -> str:
        """Number and date of issue where the reading brought them; the name until then."""
        known: dict[str, str] = {}
        for name in ("dg1", "dg13"):
            known |= dict(view.report.sources.get(name, {})) if view.report is not None else {}
        lines = [
            f"{self._texts(code)}<br><b>{escape(field_value(name, known[name]))}</b>" for name, code in FACTS if known.get(name)
        ]
        return "<br>".join(lines) if lines else f"<b>{escape(view.name)}</b>" if view.name else ""

    def _show_steps(self, view: ChipView) -> None:
        order = [ChipPhase.WAITING, ChipPhase.OPENING, ChipPhase.READING]
        at = order.index(view.phase) if view.phase in order else 2
        done = view.phase is ChipPhase.DONE
        for index, (icon, right) in enumerate(self._steps[:3]):
            icon.set_state(State.GOOD if done or index < at else State.LIVE if index == at else State.IDLE)
            right.setText("")
        if view.phase is ChipPhase.READING:
            self._steps[2][1].setText(f"{view.file} {round(100 * view.fraction)} %")
        if view.report is None or view.report.verdict is None:
            for icon, right in self._steps[3:]:
                icon.set_state(State.IDLE)
                right.setText("")
            return
        self._show_verdict(view.report)

    def _show_verdict(self, report: ChipReport) -> None:
        for (_, right), text in zip(self._steps[:3], step_times(report.timings_ms), strict=True):
            right.setText(text)
        self._show_check(chip_check(report.standing, report.code))

    def _show_check(self, check: ChipCheck) -> None:
        self._steps[3][0].set_state(State(check.intact.value))
        self._steps[4][0].set_state(State(check.issuer.value))
        self._steps[4][1].setText(self._texts.of(check.note) if check.note is not None else "")

    def show_sources(self, view: CompareView) -> None:
        """Show what was laid side by side, and when each was known; of a card that was read before this window opened, how it was judged."""
        if view.card is not None and not self._live:
            self._word.set(State(view.card.tone.value), self._texts.of(view.card.word))
            self._facts.setText("")
            self._show_check(view.card)
        for source, (icon, right) in self._lines.items():
            there = any(source in row.cells for row in view.rows)
            at = view.known_at.get(source)
            icon.set_state(State.GOOD if there else State.IDLE)
            right.setText(
                f"{at.astimezone():%H:%M}" if there and at is not None else "" if there else self._texts("ui.lookup.not-compared")
            )


def check_of(report: ChipReport | None) -> ChipCheck | None:
    """Return how a finished reading was judged."""
    return chip_check(report.standing, report.code) if report is not None and report.verdict is not None else None


def step_times(marks: Mapping[str, float]) -> tuple[str, str, str]:
    """Return how long finding the card, opening and reading it took; `marks`: milliseconds since its begin (`devices.emrtd.reading`)."""
    access, opened, done = (marks.get(name) for name in ("access", "open", "done"))
    if access is None or opened is None or done is None:
        return ("", "", seconds(done) if done is not None else "")
    return (seconds(access), seconds(opened - access), seconds(done - opened))
