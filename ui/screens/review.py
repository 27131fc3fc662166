"""S7: the applicant reviews, both sign, the dossier is sealed. Does the applicant agree with every line?"""

from __future__ import annotations

from dataclasses import dataclass, replace

from station.desk.signing import ASKED_ALONE
from station.views.applicant import ApplicantView
from station.views.evidence import Fact, Signed
from station.views.review import ReviewLine, ReviewView
from station.views.thumbs import Thumb
from ui.qt import QHBoxLayout, QVBoxLayout, QWidget
from ui.screens.base import Screen
from ui.screens.settling import Settling
from ui.shell import Shell
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.cells import Chip, Replaced, widest_chip
from ui.widgets.chips import Banner, StateChip, card, label
from ui.widgets.evidence import EvidencePanel, MirrorLines
from ui.widgets.pictures import Picture
from ui.widgets.scrolling import Scrolling
from ui.widgets.seal_checks import SealChecks
from ui.widgets.signature import SignaturePlace
from ui.widgets.tables import Table

LEFT = (326, 342)
"""Width of what was captured: ten fingers in two rows, and in large type the bar that scrolls them."""
STEPS = {"ask-applicant": "agree", "sign-applicant": "applicant", "sign-operator": "operator", "seal": "seal"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What one question to the station brings: the review, small pictures, the applicant's screen, exceptions in short, sealed."""

    review: ReviewView
    thumbs: tuple[Thumb, ...]
    applicant: ApplicantView
    exceptions: dict[int, str]
    facts: tuple[Fact, ...]
    sealed: bool
    signed: dict[str, Signed]


class ReviewScreen(Screen):
    """Does the applicant agree with every line?"""

    stage = "review"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.answer: Answer | None = None
        self.asked = False
        """Whether the applicant was asked to sign on their screen; a second F12 notes a signature on paper or by thumb."""
        row = self.columns = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        left, box = card(self.texts("ui.review.captured"))
        self._left = left
        left.setFixedWidth(LEFT[self.shell.large])
        self.evidence = EvidencePanel(self.texts)
        inside = Scrolling(self.texts("ui.review.captured"))  # in large type there are more words than height
        inside.column.addWidget(self.evidence)
        inside.column.addStretch(1)
        box.addWidget(inside, 1)
        self._exceptions = Banner(small=True)
        self._exceptions.hide()
        box.addWidget(self._exceptions)
        row.addWidget(left)
        row.addLayout(self._middle(), 1)
        row.addWidget(self._right())

    def _middle(self) -> QVBoxLayout:
        middle = QVBoxLayout()
        middle.setSpacing(10)
        head = QHBoxLayout()
        head.addWidget(label(self.texts("ui.review.title"), "title"))
        head.addWidget(label(self.texts.second("ui.review.title"), "second-title"))
        head.addStretch(1)
        self._seen = label("", "caption")
        head.addWidget(self._seen)
        middle.addLayout(head)
        self._banner = Banner(small=True)
        middle.addWidget(self._banner)
        self._warnings = Banner(small=True)
        self._warnings.hide()
        middle.addWidget(self._warnings)
        self.settling = Settling(self, self._asks, self._await, self._ask)
        middle.addWidget(self.settling.panel)
        frame, box = card()
        box.setContentsMargins(1, 1, 1, 1)
        answers = [self.texts(f"ui.review.{w}") for w in ("unseen", "seen", "wrong", "changed")]
        self.table = Table(("", "", ""), (138, 350, lambda: widest_chip(answers)), self.texts("ui.review.title"), stretch=(1,))
        self.table.currentCellChanged.connect(lambda *_: self._read_aloud())
        box.addWidget(self.table)
        middle.addWidget(frame, 1)
        self._lines = frame
        self._room = QWidget()
        self._room.hide()
        middle.addWidget(self._room, 1)
        signatures = QHBoxLayout()
        signatures.setSpacing(10)
        self._boxes: dict[str, tuple[StateChip, SignaturePlace]] = {}
        self._heads: list[QHBoxLayout] = []
        for who in ("applicant", "operator"):
            one, inside = card()
            inside.setContentsMargins(6, 10, 6, 10)  # in large type the chip needs the width
            line = QHBoxLayout()
            line.addWidget(label(self.texts(f"ui.review.{who}"), "name", wrap=True), 1)
            chip = StateChip(State.IDLE, self.texts("ui.state.idle"))
            line.addWidget(chip)
            self._heads.append(line)
            inside.addLayout(line)
            place = SignaturePlace()
            inside.addWidget(place)
            self._boxes[who] = (chip, place)
            signatures.addWidget(one, 1)
        middle.addLayout(signatures)
        return middle

    def _right(self) -> Scrolling:
        side = Scrolling(self.texts("ui.review.mirror"))
        side.setMinimumWidth(308)
        side.setMaximumWidth(360)
        right = side.column
        right.setSpacing(12)
        mirror, box = card()
        mirror.setMinimumWidth(286)
        mirror.setMaximumWidth(350)
        head = QHBoxLayout()
        head.addWidget(Picture("eye", 18, "text2"))
        head.addWidget(label(self.texts("ui.review.mirror"), "name", wrap=True), 1)
        head.addWidget(label(self.texts("ui.review.live"), "caption"))
        box.addLayout(head)
        self._prompt = label("", "strong", wrap=True)
        box.addWidget(self._prompt)
        self._mirror = MirrorLines()
        box.addWidget(self._mirror)
        box.addStretch(1)  # what the column has over stands below the lines, not between them
        right.addWidget(mirror)
        aloud, box = card(self.texts("ui.review.aloud"))
        self._aloud = label("", "", wrap=True)
        box.addWidget(self._aloud)
        right.addWidget(aloud)
        self._aloud_card = aloud
        before, box = card(self.texts("ui.review.before"))
        self.checks = SealChecks(self.texts)
        box.addWidget(self.checks)
        right.addWidget(before)
        right.addStretch(1)
        return side

    # --- asking and showing -----------------------------------------------------------------------------------------------------

    def enter(self, dossier: str = "") -> None:
        """Show the dossier as it stands; the focus is at the first line not answered."""
        super().enter(dossier)
        self.answer = None
        self.asked = False
        self._fit()
        self.settling.shut()
        self.table.setFocus()
        self._ask()

    @property
    def next(self) -> str:
        """What F12 does: agree, applicant, operator, seal, done, or the id of another intent; "" while an answer is awaited."""
        if self.answer is None:
            return ""
        if self.answer.sealed:
            return "done"
        return STEPS.get(self.answer.review.primary.id, self.answer.review.primary.id)

    def _ask(self) -> None:
        counter, dossier = self.counter, self.dossier

        def work() -> Answer:
            state = counter.station.book.state(dossier)
            signing = counter.signing
            return Answer(signing.review(dossier), signing.thumbs(dossier), signing.applicant(dossier),
                          {int(f): e.kind.value for f, e in state.exceptions.items()}, signing.evidence(dossier), state.sealed,
                          signing.signatures(dossier))  # fmt: skip

        self.ask(work, self._show)

    def _show(self, answer: Answer) -> None:
        first = self.answer is None
        self.answer = answer
        view = answer.review
        self.table.show_rows([line.field for line in view.lines], view.lines, lambda i: self._cells(view.lines[i]))
        following = next((line.field for line in view.lines if line.answer is not True), "")
        if following and (first or self.table.chosen != following):
            self.table.choose(following)
        seen = sum(line.answer is True for line in view.lines)
        self._seen.setText(self.texts("ui.review.lines", seen=seen, total=len(view.lines)))
        self.shell.refresh_actions()
        self.soon(lambda: self._show_rest(answer, seen))

    def _show_rest(self, answer: Answer, seen: int) -> None:
        view = answer.review
        self._show_evidence(answer)
        self._say(view)
        self._warnings.setVisible(bool(view.warnings) and not answer.sealed)
        if view.warnings:
            said = [self.texts.of(w) for w in view.warnings]
            self._warnings.say(State.RETRY, said[0], "; ".join((*said[1:], self.texts("ui.lookup.warned"))))
        self.soon(lambda: self._show_signing(answer, seen))

    def _show_signing(self, answer: Answer, seen: int) -> None:
        self._show_signatures(answer)
        self._show_checks(answer, seen)
        self._show_mirror(answer.applicant)
        self._aloud_card.setVisible(not answer.sealed)  # after the seal nothing is asked any more
        self.shell.second.view(answer.applicant, answer.thumbs)
        self.shell.refresh_strip()

    def _cells(self, line: ReviewLine) -> tuple[object, ...]:
        state, word = {None: (State.IDLE, "unseen"), True: (State.GOOD, "seen"), False: (State.BLOCKED, "wrong")}[line.answer]
        value: object = (line.value, True)
        if line.old:
            value = Replaced(line.old, line.value)
            if line.answer is None:
                state, word = State.LIVE, "changed"
        return (self.texts(f"ui.field.{line.field}"), value, Chip(state, self.texts(f"ui.review.{word}")))

    def _show_evidence(self, answer: Answer) -> None:
        exceptions = {f: self.texts(f"ui.exception.{k}") for f, k in answer.exceptions.items()}
        facts = [(State(f.tone.value), self.texts.of(f.words)) for f in answer.facts]
        self.evidence.show_evidence(answer.thumbs, exceptions, facts)
        notes = [e.said for e in answer.review.evidence if e.tone.value == "exception" and e.note is not None]
        self._exceptions.setVisible(bool(notes))
        if notes:
            self._exceptions.say(State.EXCEPTION, self.texts("ui.review.exceptions", count=len(notes)), "; ".join(notes))
        face = next((t for t in answer.thumbs if not t.position), None)
        if face is not None and face.pixels is not None:
            from ui.widgets.live_view import to_image

            self.shell.strip.face.show_image(to_image(face.pixels))

    def _say(self, view: ReviewView) -> None:
        texts = self.texts
        wrong = next((line for line in view.lines if line.answer is False), None)
        if self.next == "done":
            self._banner.say(State.GOOD, texts("ui.review.sealed"), texts.second("ui.review.sealed"))
        elif wrong is not None:
            self._banner.say(
                State.BLOCKED,
                texts("ui.review.says-wrong", field=texts(f"ui.field.{wrong.field}").lower()),
                texts("ui.review.says-wrong.next"),
            )
        elif self.next == "seal":
            self._banner.say(State.LIVE, texts("ui.review.saved"), texts.second("ui.review.saved"))
        else:
            words = view.primary.words
            values = {k: texts(str(v)).lower() if "." in str(v) else v for k, v in words.values.items()}
            self._banner.say(
                State.LIVE,
                texts(words.code, **values),
                texts.second(words.code, **{k: texts.second(str(v)).lower() for k, v in words.values.items()}),
            )

    def _show_signatures(self, answer: Answer) -> None:
        for who, (chip, place) in self._boxes.items():
            signed = who in answer.signed
            waiting = "ui.review.wait-lines" if who == "applicant" else "ui.review.wait-applicant"
            ready = answer.review.applicant_may_sign and (who == "applicant" or "applicant" in answer.signed)
            code = "ui.review.signed" if signed else "ui.review.may-sign" if ready else waiting
            chip.set(State.GOOD if signed else State.LIVE if ready else State.IDLE, self.texts(code))
            place.show_signature(answer.signed.get(who), self.texts)

    def _show_checks(self, answer: Answer, seen: int) -> None:
        open_codes = {i.code for i in answer.review.check_list}
        facts = {"captures": "capture-open" not in open_codes, "papers": "paper-missing" not in open_codes, "lines": seen == len(answer.review.lines), "applicant": "applicant" in answer.signed,
                 "operator": "operator" in answer.signed, "old-card": "old-card-open" not in open_codes, "sealed": answer.sealed}  # fmt: skip
        wrong = any(line.answer is False for line in answer.review.lines)
        self.checks.show_facts(facts, papers=answer.review.papers_needed, old_card=answer.review.old_card, wrong=wrong)

    def _show_mirror(self, view: ApplicantView) -> None:
        prompt, theirs = view.thanks or view.prompt, self.shell.second.texts
        self._prompt.setText(theirs.of(prompt) if prompt is not None else "")
        most = 1 if self.shell.large else 6  # in large type the check list below needs the room
        shown = [x for x in view.lines if x.answer is not True][:most] or list(view.lines[-most:])
        states = {None: State.IDLE, True: State.GOOD, False: State.BLOCKED}
        self._mirror.show_lines([(states[x.answer], theirs(f"ui.field.{x.field}"), x.value) for x in shown])

    def _read_aloud(self) -> None:
        if self.answer is None:
            return
        line = next((x for x in self.answer.review.lines if x.field == self.table.chosen), None)
        if line is None:
            return
        value, theirs = line.value, self.shell.second.texts
        if line.field in ASKED_ALONE:
            value = " ".join(theirs(f"ui.digit.{c}") for c in line.value if c.isdigit())
        self._aloud.setText(theirs("ui.review.ask", field=theirs(f"ui.field.{line.field}"), value=f"<b>{value}</b>"))

    def _fit(self) -> None:
        """Follow the type scale: the column at the left, the rows; in large type a name and its state do not stand side by side."""
        self._left.setFixedWidth(LEFT[self.shell.large])
        beside = QHBoxLayout.Direction.TopToBottom if self.shell.large else QHBoxLayout.Direction.LeftToRight
        for line in self._heads:
            line.setDirection(beside)
        self.table.forget()

    def restyle(self) -> None:
        """Rows and columns have another size."""
        self._fit()
        if self.answer is not None:
            self._show(self.answer)

    # --- intents ----------------------------------------------------------------------------------------------------------------

    def offers(self) -> list[Action]:
        """The next open thing; preview, supervisor, pause."""
        if self.settling.open:
            return self.settling.offers()
        following = self.next
        actions = [replace(self.back_action(), enabled=following != "done")]
        if self.shell.has("print-preview"):
            actions.append(
                self.act("print", "ui.action.preview", "F6", lambda: self.shell.go("print-preview", self.dossier), icon="printer")
            )
        if following != "done":
            actions.append(self.act("fee", "ui.action.fee", "F7", self.settling.ask_fee))
        actions.append(self.act("supervisor", "ui.action.supervisor", "F8", lambda: self.shell.call_supervisor("review")))
        actions.append(self.act("pause", "ui.action.pause", "F9", self.pause, enabled=following != "done"))
        codes = {"agree": "ui.action.applicant-agrees", "applicant": "ui.action.applicant-signs", "operator": "ui.action.operator-signs",
                 "seal": "ui.action.seal", "done": "ui.action.to-slip", "edit": "ui.action.correct", "capture": "ui.action.to-capture",
                 "supervisor": "ui.action.supervisor", "exception": "ui.action.exception", "kind": "ui.action.kind", "old-card": "ui.action.old-card"}  # fmt: skip
        icons = {"agree": "double-check", "applicant": "pen", "operator": "pen", "seal": "lock", "edit": "pen", "done": "next"}
        if following in codes:
            field = ""
            if following == "edit" and self.answer is not None:
                field = f"ui.field.{self.answer.review.primary.arguments['field']}"
            code = "ui.action.confirm-line" if following == "agree" and self._alone else codes[following]
            actions.append(self.act("next", code, "F12", self._next, primary=True, icon=icons.get(following, ""), field=field))
        return actions

    @property
    def _alone(self) -> bool:
        """Whether only lines that are asked by themselves are open."""
        lines = self.answer.review.lines if self.answer is not None else ()
        return all(x.field in ASKED_ALONE for x in lines if x.answer is None)

    def hint(self) -> str:
        """How one line is answered."""
        return self.texts("ui.review.hint") if self.next in {"agree", "edit"} and not self.settling.open else ""

    def digit(self, number: int) -> bool:
        """1: the chosen line is right; 2: it is wrong."""
        if self.settling.open:
            return self.settling.panel.choose(number)
        field = self.table.chosen
        if number not in (1, 2) or not field or self.next not in {"agree", "edit", "applicant"}:
            return False
        self.say_line(field, number == 1)
        return True

    def say_line(self, field: str, right: bool) -> None:
        """Record the applicant's answer to one line (from here or from their own screen)."""
        counter, dossier = self.counter, self.dossier
        self.ask(lambda: counter.signing.answer(dossier, (field,), right), lambda _: self._ask())

    def sign_drawn(self, png: bytes) -> None:
        """Record the applicant's drawn signature from the second screen."""
        counter, dossier = self.counter, self.dossier
        self.ask(lambda: counter.signing.sign(dossier, "applicant", png), self._went_well, self._failed)

    def _went_well(self, _: object) -> None:
        """What was asked of somebody is done: the message that asked for it goes."""
        self.shell.clear_trouble()
        self._ask()

    def _failed(self, error: BaseException) -> None:
        self.shell.show_trouble(error)
        self._ask()

    def _next(self) -> None:
        assert self.answer is not None
        counter, dossier, following = self.counter, self.dossier, self.next
        arguments = self.answer.review.primary.arguments
        if following in {"edit", "capture", "supervisor", "exception", "kind", "old-card", "done"}:
            self._elsewhere(following, arguments)
            return
        if following == "applicant" and not self.asked and self.shell.second.ask_signature(self.sign_drawn):
            self.asked = True
            self.shell.say(State.LIVE, self.texts("ui.review.signing"), self.texts.second("ui.review.signing"))
            return
        self.answer = None  # nothing is offered until the answer is shown
        self.shell.refresh_actions()
        jobs = {"agree": lambda: counter.signing.agree_rest(dossier), "seal": lambda: counter.seal(dossier),
                "applicant": lambda: counter.signing.sign(dossier, "applicant"), "operator": lambda: counter.signing.sign(dossier, "operator")}  # fmt: skip
        self.ask(jobs[following], self._went_well, self._failed, what="ui.wait.seal" if following == "seal" else "ui.wait.work")

    def _await(self) -> None:
        self.answer = None
        self.shell.refresh_actions()

    def _asks(self, asking: bool) -> None:
        """A question stands where the lines were; afterwards they are back."""
        self._lines.setVisible(not asking)
        self._room.setVisible(asking)
        if not asking:
            self.table.setFocus()
            self.shell.refresh_actions()

    def _elsewhere(self, following: str, arguments: object) -> None:
        if following == "edit":
            from ui.screens.declaration import DeclarationScreen

            page = self.shell.page_named("declaration")
            assert isinstance(page, DeclarationScreen)
            assert isinstance(arguments, dict)
            page.focus_field = str(arguments["field"])
            self.shell.go("declaration", self.dossier)
        elif following == "photograph":
            from ui.screens.declaration import DeclarationScreen

            page = self.shell.page_named("declaration")
            assert isinstance(page, DeclarationScreen)
            assert isinstance(arguments, dict)
            page.focus_paper = str(arguments["kind"]), str(arguments["field"])
            self.shell.go("declaration", self.dossier)
        elif following == "old-card":
            assert isinstance(arguments, dict)
            self.settling.ask_old_card(int(arguments["at"]))
        elif following == "kind":
            self.shell.go("lookup", self.dossier)
        elif following in {"capture", "exception"}:
            self.shell.go("capture", self.dossier)
        elif following == "supervisor":
            self.shell.call_supervisor("review")
        else:
            self.shell.go("finish", self.dossier)


__all__ = ["Answer", "ReviewScreen"]
