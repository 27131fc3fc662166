"""What the look-up and the form share: a paper is photographed in place, by keys, and nothing is called saved before it is on the disk.

Live until the page is good for half a second or F12 is pressed; then the picture stands still and waits to be kept (F12), taken again (F4) or
turned (left, right). Pages that are here: arrows choose, Enter shows one large, F4 takes it again, Del takes it out; each asks why.
"""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

from station.desk.photographing import InHand
from station.vietnam.paper_kinds import paper_kinds
from ui.screens.paper_live import PaperLiveScreen, Papers, Pixels
from ui.shell import Shell
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.live_view import Overlay, to_image

KEEP_REASONS = ("reason.paper-old", "reason.paper-light")
RETAKE_REASONS = ("reason.paper-unclear", "reason.paper-wrong")
REMOVE_REASONS = ("reason.paper-other-person", "reason.paper-wrong", "reason.paper-unneeded")
ABSENT_REASONS = ("reason.paper-forgotten", "reason.paper-lost", "reason.paper-later")


class PhotographingScreen(PaperLiveScreen):
    """Subclasses have a layout of their own, where the panel stands, and ask `paper_offers`, `paper_digit`, `paper_key` first."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._proves = ""
        self._replaces, self._why = "", ""

    @abstractmethod
    def papers_known(self, papers: Papers) -> None:
        """The dossier's papers were read anew."""

    # --- opening and closing ----------------------------------------------------------------------------------------------------

    def open_papers(self, kind: str, field: str = "") -> None:
        """Open the live picture; `kind` is proposed, `field` is what the paper is to prove."""
        self._proves = field
        self._replaces, self._why, self._looking = "", "", ""
        self.shell.clear_trouble()
        self.panel.begin(kind)
        self.show_body(photographing=True)
        self.panel.pages.setFocus()
        self.ask_papers()
        self._go_live()

    def close_papers(self) -> None:
        """Back to the page; what was not kept is gone, and was never called saved."""
        self._stop()
        self.panel.asking(asked=False)
        self.show_body(photographing=False)
        self.shell.clear_trouble()
        self.shell.refresh_actions()

    def leave(self) -> None:
        """Let the camera go."""
        super().leave()
        if self.photographing:
            self._stop()
            self.show_body(photographing=False)

    def ask_papers(self) -> None:
        """Read the dossier's papers."""
        counter, dossier = self.counter, self.dossier
        self.ask(lambda: Papers(counter.photos.view(dossier), counter.photos.thumbs(dossier)), self._known)

    def _known(self, papers: Papers) -> None:
        self.papers = papers
        if self._paper_panel is not None:
            self._paper_panel.show_papers(papers.view, papers.thumbs)
        self.papers_known(papers)
        self.shell.refresh_actions()

    # --- intents ------------------------------------------------------------------------------------------------------------------

    def paper_offers(self) -> list[Action] | None:
        """Return what can be done while the panel is open, None while it is not."""
        if not self.photographing:
            return None
        if self.panel.reason.isVisibleTo(self.panel):
            return [self.act("cancel", "ui.action.back", "Esc", self._shut_reason, icon="back"),
                    self.act("reason", "ui.action.take-reason", "F12", self.panel.reason.take, primary=True)]  # fmt: skip
        chosen, free = self.panel.pages.chosen, not self._busy
        wanted = self._wanted_now() is not None
        actions = [self.act("close", "ui.action.back", "Esc", self._back, icon="back"),
                   self.act("retake", "ui.action.retake", "F4", self._retake, enabled=free and (self._hand is not None or bool(chosen))),
                   self.act("absent", "ui.action.page-absent", "F7", self._absent, enabled=free and wanted),
                   self.act("remove", "ui.action.page-remove", "Del", self._remove, enabled=free and bool(chosen))]  # fmt: skip
        if self._hand is not None and not self._looking:
            keep = "ui.action.page-keep" if self._hand.good else "ui.action.page-keep-flawed"
            actions.append(
                self.act("keep", keep, "F12", self._keep, enabled=free and self.panel.complete, primary=True, icon="disk")
            )
        elif self._looking:
            actions.append(
                self.act("next-page", "ui.action.to-camera", "F12", self._look, enabled=free, primary=True, icon="camera")
            )
        else:
            actions.append(
                self.act("capture", "ui.action.capture", "F12", self._press, enabled=self._live, primary=True, icon="camera")
            )
        return actions

    def paper_hint(self) -> str:
        """Which small keys there are."""
        if self.panel.reason.isVisibleTo(self.panel):
            return ""
        return self.saved or self.texts("ui.page.hint-turn" if self._hand is not None else "ui.page.hint")

    def paper_digit(self, number: int) -> bool:
        """Choose a kind, or a reason."""
        if self.panel.reason.isVisibleTo(self.panel):
            return self.panel.reason.choose(number)
        return self.panel.kinds.choose(number)

    def paper_key(self, name: str) -> bool:
        """Enter looks at the chosen page; left and right turn what is in hand."""
        if self.panel.reason.isVisibleTo(self.panel):
            return False
        if name == "Enter" and self.panel.pages.chosen:
            self._look()
            return True
        return False

    def turn_paper(self, quarters: int) -> None:
        """Turn what is in hand."""
        if self._hand is None or self._busy or self._looking:
            return
        counter, run = self.counter, self._run
        self._busy = True

        def turned(hand: InHand | None) -> None:
            self._busy = False
            if hand is not None and run == self._run:
                self._hand = hand
                self._show_hand(hand)
            self.shell.refresh_actions()

        self.ask(lambda: counter.photos.turn(quarters), turned)

    def _press(self) -> None:
        self.counter.photos.press()

    def _back(self) -> None:
        if self._looking:
            self._look()
        else:
            self.close_papers()

    def _look(self) -> None:
        """Show the chosen page large; once more: what was there before."""
        if self._looking:
            self._looking = ""
            if self._hand is not None:
                self._show_hand(self._hand)
            else:
                self._go_live()
            self.shell.refresh_actions()
            return
        counter, dossier, paper = self.counter, self.dossier, self.panel.pages.chosen
        hand = self._hand
        self._stop()
        self._hand, self._looking = hand, paper
        self.ask(lambda: counter.photos.large(dossier, paper), self._show_large)
        self.shell.refresh_actions()

    def _show_large(self, pixels: Pixels | None) -> None:
        self.panel.view.show_overlay(Overlay((), 0.0))
        self.panel.view.show_frame(to_image(pixels) if pixels is not None else None)
        self.panel.live_word.set(State.IDLE, self.texts("ui.page.kept"))
        self._instruct_as(State.IDLE, "ui.page.kept", "ui.page.looking" if pixels is not None else "ui.page.elsewhere")

    def _ask_why(self, title: str, codes: Sequence[str], then: Callable[[str], None]) -> None:
        self.panel.asking(asked=True)
        self.panel.reason.ask(self.texts(title), codes, lambda _, words: self._told(then, words))
        self.shell.refresh_actions()

    def _told(self, then: Callable[[str], None], words: str) -> None:
        self.panel.asking(asked=False)
        self.panel.pages.setFocus()
        then(words)
        self.shell.refresh_actions()

    def _shut_reason(self) -> None:
        self.panel.asking(asked=False)
        self.panel.pages.setFocus()
        self.shell.refresh_actions()

    def _retake(self) -> None:
        """F4: once more what is in hand; otherwise the chosen page, with the reason."""
        if self._hand is not None:
            self._go_live()
            return
        paper = self.panel.pages.chosen

        def again(words: str) -> None:
            self._replaces, self._why = paper, words
            row = next((r for r in self.papers.view.rows if r.id == paper), None) if self.papers is not None else None
            if row is not None:
                self._proves = row.field
                self.panel.begin(row.kind)
                if paper_kinds().get(row.kind) is not None and paper_kinds()[row.kind].needs_words:
                    self.panel.words.setText(self.texts.of(row.name))
            self._go_live()

        self._ask_why("ui.page.why-retake", RETAKE_REASONS, again)

    def _remove(self) -> None:
        paper, counter, dossier = self.panel.pages.chosen, self.counter, self.dossier
        self._ask_why(
            "ui.page.why-remove", REMOVE_REASONS, lambda words: self._do(lambda: counter.photos.remove(dossier, paper, words))
        )

    def _absent(self) -> None:
        wanted, counter, dossier = self._wanted_now(), self.counter, self.dossier
        if wanted is not None:
            kind, field = wanted
            self._ask_why("ui.page.why-absent", ABSENT_REASONS,
                          lambda words: self._do(lambda: counter.photos.not_brought(dossier, kind, words, field), close=True))  # fmt: skip

    def _wanted_now(self) -> tuple[str, str] | None:
        """The wanted paper at hand: of the row that is looked at, otherwise of the chosen kind."""
        open_ = self.papers.view.open if self.papers is not None else ()
        found = next((w for w in open_ if w.field == self._proves and self._proves), None) or next(
            (w for w in open_ if w.kind == self.panel.kind), None
        )
        return (found.kind, found.field) if found is not None else None

    def _keep(self) -> None:
        hand = self._hand
        if hand is None or self._busy or not self.panel.complete:
            return
        if hand.page.flaws and not self._why:
            self._ask_why("ui.page.why-keep", KEEP_REASONS, self._keep_with)
        else:
            self._keep_with(self._why)

    def _keep_with(self, reason: str) -> None:
        counter, dossier = self.counter, self.dossier
        kind, field, words, replaces = self.panel.kind, self._proves, self.panel.words.text(), self._replaces

        def work() -> Any:
            return counter.photos.keep(dossier, kind, field=field, words=words, reason=reason, replaces=replaces)

        self._do(work, saved=True)

    def _do(self, work: Callable[[], Any], *, saved: bool = False, close: bool = False) -> None:
        """Write, then show the list as it is on the disk; a failure changes nothing and what is in hand stays in hand."""
        counter, dossier = self.counter, self.dossier
        self._busy = True
        self.shell.refresh_actions()

        def both() -> Papers:
            work()
            return Papers(counter.photos.view(dossier), counter.photos.thumbs(dossier))

        def done(papers: Papers) -> None:
            self._busy = False
            self._known(papers)
            if saved or close:
                self._replaces, self._why, self._hand = "", "", None
                self.saved = self.texts("ui.page.saved", time=time.strftime("%H:%M:%S")) if saved else ""
                self.after_kept(papers)
            elif not self._looking and self._hand is None and not self._live:
                self._go_live()
            elif self._looking:
                self._look()

        def failed(error: BaseException) -> None:
            self._busy = False
            self.shell.show_trouble(error)
            self.shell.refresh_actions()

        self.ask(both, done, failed)

    def after_kept(self, papers: Papers) -> None:
        """A page was kept (or said not to be here): back to the page, unless a screen goes on."""
        _ = papers
        self.close_papers()


__all__ = ["Papers", "PhotographingScreen"]
