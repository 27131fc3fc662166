"""F7 at S4, S6 and S17: choose, photograph the hand, sign with one's own PIN or card. Three keys and the PIN; nothing is declared before it holds.

The capture under the panel is held (`ui.screens.covering`), so its place shows the hand. Where no camera answers, that is recorded instead.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from biometrics.positions import Eye, FingerPosition
from devices.errors import DeviceError
from station.desk.excepting import Signing
from station.desk.table_picture import InHand
from station.dossier.excepting import NoPhoto
from ui.bridge import LiveBridge
from ui.qt import QObject
from ui.screens.base import Screen
from ui.screens.exceptions import ExceptionPanel
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.live_view import LiveView, Overlay, to_image

LAY_HAND = "ui.exception.lay-hand"


def asked_of_applicant(told: str) -> str:
    """Return the code of what the applicant reads while the officer is told `told`: to show the hand, or to wait."""
    return "applicant.show-hand" if told == LAY_HAND else "s9.wait"


class Declaring(QObject):
    """`told(main)` says the one instruction on the screen; `shut(declared)` gives the screen back."""

    def __init__(self, screen: Screen, panel: ExceptionPanel, view: LiveView, told: Callable[[str], None],
                 shut: Callable[[bool], None]) -> None:  # fmt: skip
        super().__init__(screen)
        self._screen, self.panel, self._view, self._told, self._shut = screen, panel, view, told, shut
        self._bridge = LiveBridge()
        self._bridge.frame_ready.connect(self._frame)
        panel.given.connect(self._sign)
        self.open_now = False
        self.live = False
        """Whether the hand's picture is live."""
        self.hand: InHand | None = None
        self.no_photo = ""
        self._busy = self._card = False
        self._signing: Signing | None = None
        self._run = 0

    # --- opening and closing ----------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Begin: nothing chosen, the hand's picture live."""
        self.open_now, self._busy, self._card = True, False, False
        self.hand, self.no_photo = None, ""
        self.panel.begin()
        counter = self._screen.counter
        self._screen.ask(counter.excepting.signing, self._known)
        self._go_live()

    def _known(self, signing: Signing) -> None:
        self._signing = signing
        self._screen.shell.refresh_actions()

    def choose(self, part: FingerPosition | Eye) -> None:
        """A digit while fingers are chosen."""
        if not self.panel.signing:
            self.panel.choose(part)

    def stop(self) -> None:
        """Let the camera go and forget what is in hand; nothing was declared."""
        self._run += 1
        self.open_now = self.live = self._busy = False
        self.hand = None
        self.panel.take_secret()
        counter = self._screen.shell.counter
        if counter is not None:
            counter.excepting.stop()
            counter.excepting.drop()

    def back(self) -> None:
        """Esc: from the signature to the choice, from the choice to the capture."""
        if self.panel.signing:
            self._choose_again()
        else:
            self.stop()
            self._shut(False)

    def _choose_again(self) -> None:
        self.panel.choosing()
        if self.hand is None and self.no_photo != NoPhoto.NO_CAMERA:
            self._go_live()
        self._screen.shell.refresh_actions()

    # --- the picture of the hand ------------------------------------------------------------------------------------------------

    def _go_live(self) -> None:
        if not self.panel.pictured:
            self.panel.show_photo(State.IDLE, "")
            self._told("ui.exception.sign")
            return
        self._run += 1
        run, counter = self._run, self._screen.counter
        self.hand, self.no_photo, self.live = None, "", True
        self._view.show_frame(None)  # what lay on the glass is not the hand
        self._view.show_overlay(Overlay((), 0.0))
        self.panel.show_photo(State.LIVE, self._screen.texts("ui.exception.photo-live"))
        self._told(LAY_HAND)

        def started(future: Future[InHand | None]) -> None:
            self._screen.jobs.follow(future, lambda hand: self._taken(hand, run), lambda error: self._failed(error, run))

        self._screen.ask(
            lambda: counter.excepting.start(on_frame=self._bridge.on_frame, on_view=lambda *_: None),
            started,
            lambda error: self._failed(error, run),
        )

    def _frame(self) -> None:
        image = self._bridge.take_image()
        if self.live:
            self._view.show_frame(image)

    def _taken(self, hand: InHand | None, run: int) -> None:
        if run != self._run or hand is None:
            return
        self.live, self.hand = False, hand
        self._view.show_frame(to_image(hand.pixels))
        texts = self._screen.texts
        flaw = hand.page.flaws[0] if hand.page.flaws else ""
        self.panel.show_photo(State.RETRY if flaw else State.GOOD, texts(flaw or "ui.exception.photo-taken"))
        self._screen.shell.tones.play("adjust" if flaw else "captured")
        self._ask_signature()

    def _failed(self, error: BaseException, run: int) -> None:
        if run != self._run:
            return
        self.live = False
        if isinstance(error, DeviceError):
            self._without(NoPhoto.NO_CAMERA)
        else:
            self._screen.shell.show_trouble(error)
        self._screen.shell.refresh_actions()

    def _without(self, why: NoPhoto) -> None:
        self._run += 1
        self.live, self.no_photo = False, why
        self._screen.counter.excepting.stop()
        self._view.show_frame(None)
        self.panel.show_photo(State.RETRY, self._screen.texts(f"exception.no-photo.{why}"))
        self._told("ui.exception.sign")

    # --- intents ----------------------------------------------------------------------------------------------------------------

    def offers(self) -> list[Action]:
        """What can be done while the panel is open."""
        act, free = self._screen.act, not self._busy
        actions = [act("cancel", "ui.action.back", "Esc", self.back, icon="back")]
        if self.panel.pictured and not self.live:
            actions.append(act("retake", "ui.action.retake", "F4", self._photo_again, enabled=free))
        ready = self.panel.complete and self._signing is not None and free
        if self.panel.signing:
            if self._signing is not None and self._signing.card and self._signing.asked:
                code = "ui.action.sign-by-pin" if self._card else "ui.action.sign-by-card"
                actions.append(act("card", code, "F6", self._other_secret, enabled=free))
            sign = "ui.action.sign-exception" if len(self.panel.rows) < 2 else "ui.action.sign-exceptions"
            actions.append(act("sign", sign, "F12", self._sign, enabled=ready, primary=True, icon="pen"))
        elif self.live:
            actions += [act("no-photo", "ui.action.no-hand-photo", "F6", self._not_shown, enabled=ready),
                        act("sign", "ui.action.hand-photo", "F12", self._press, enabled=ready, primary=True, icon="camera")]  # fmt: skip
        else:
            actions.append(act("sign", "ui.action.to-sign", "F12", self._ask_signature, enabled=ready, primary=True, icon="pen"))
        return actions

    def _press(self) -> None:
        self._screen.counter.excepting.press()

    def _not_shown(self) -> None:
        self._without(NoPhoto.NOT_SHOWN)
        self._ask_signature()

    def _photo_again(self) -> None:
        self.panel.choosing()
        self._go_live()
        self._screen.shell.refresh_actions()

    def _other_secret(self) -> None:
        self._card = not self._card
        self._ask_signature()

    def _ask_signature(self) -> None:
        signing, texts = self._signing, self._screen.texts
        if signing is None or not self.panel.complete:
            return
        asked = signing.asked or self._card
        who = texts("ui.exception.card-pin" if self._card else "ui.exception.own-pin", name=signing.name)
        hint = texts("ui.pin.demo", pin=signing.demo_pin) if asked and signing.demo_pin and not self._card else ""
        self.panel.ask_signature(who, hint, pin=asked)
        self._told("ui.exception.sign")
        self._screen.shell.refresh_actions()

    def _sign(self) -> None:
        signing = self._signing
        if signing is None or self._busy or not self.panel.signing:
            return
        secret = self.panel.take_secret()
        if (signing.asked or self._card) and not secret:
            self.panel.secret.edit.setFocus()
            return
        screen, rows, card, no_photo = self._screen, self.panel.rows, self._card, self.no_photo
        counter, dossier, eyes = screen.counter, screen.dossier, not self.panel.pictured
        self._busy = True
        screen.shell.refresh_actions()

        def work() -> None:
            if eyes:
                counter.excepting.sign_eyes(dossier, rows, secret, card=card)
            else:
                counter.excepting.sign(dossier, rows, secret, no_photo=no_photo, card=card)

        def signed(_: object) -> None:
            self.stop()
            self._shut(True)

        def refused(error: BaseException) -> None:
            self._busy = False
            left = getattr(error, "details", {}).get("left")
            if left is not None:
                self.panel.refuse(screen.texts("ui.signin.wrong", left=left))
            elif signing.asked or card:
                self.panel.refuse(screen.texts.why(error))
            else:
                screen.shell.show_trouble(error)
            screen.shell.refresh_actions()

        screen.ask(work, signed, refused)
