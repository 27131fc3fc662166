"""What a capture does when its device is gone, busy or silent: it says so, goes on by itself where it can, and asks for F5 where it cannot."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial

from devices.errors import DeviceTimeoutError
from station.dossier.procedure import CaptureStep
from station.views.device_trouble import DeviceTrouble, Then, trouble_of
from station.views.strip import STAGE_OF
from ui.qt import QTimer
from ui.screens.base import Screen
from ui.theme.tokens import State
from ui.widgets.actions import Action

BACK_MS = 1500
"""How often a device that went away is asked for again."""
RESTART_MS = 10_000
"""A driver that does not come back from its own restart in so long is told; F5 asks again whenever somebody likes."""
DEVICES = {"fingers": "scanner", "portrait": "camera"}


class DeviceTroubles:
    """Over one screen; `again()` opens the capture that was stopped."""

    def __init__(self, screen: Screen, again: Callable[[], None]) -> None:
        self._screen, self._again = screen, again
        self._step: CaptureStep | None = None
        self._restarts = self._round = 0
        self.now: DeviceTrouble | None = None
        self._timer = QTimer(screen)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._go_on)
        self._limit = QTimer(screen)
        self._limit.setSingleShot(True)
        self._limit.timeout.connect(self._hangs)

    def failed(self, error: BaseException, step: CaptureStep | None, *, number: int = 0, saved: int = 0) -> bool:
        """Take a device's error; False when it is none of these and the screen says its own words."""
        if step is None:
            return False
        self._step, restarts = step, self._restarts
        device = DEVICES.get(STAGE_OF[step.modality], "iris")
        trouble = trouble_of(error, device, number=number, saved=saved, restarts=restarts)
        if trouble is None:
            return False
        self._say(trouble)
        if trouble.screen_code == "E21":  # which program it is takes a look at the system; the words wait for nothing
            counter = self._screen.counter
            self._screen.ask(lambda: counter.holder(error), lambda holder: self._held(error, device, holder))
        if trouble.then is Then.AGAIN:
            self._timer.start(BACK_MS)
        elif trouble.then is Then.RESTART:
            self._restart()
        return True

    def _held(self, error: BaseException, device: str, holder: str) -> None:
        trouble = trouble_of(error, device, holder=holder) if holder else None
        if trouble is not None and self.now is not None and self.now.screen_code == trouble.screen_code:
            self._say(trouble)

    def _say(self, trouble: DeviceTrouble) -> None:
        self.now = trouble
        texts, code = self._screen.texts, trouble.screen_code
        self._screen.shell.say(State.BLOCKED, texts.of(trouble.words), texts.second_of(trouble.words), code, code)
        self._screen.shell.refresh_actions()

    def _restart(self) -> None:
        """Close and open the device on its own thread; then the capture, or the next word."""
        step, counter = self._step, self._screen.counter
        assert step is not None, "a restart is of a step's device"
        self._restarts += 1
        self._round += 1
        mine = self._round
        self._limit.start(RESTART_MS)

        def over(then: Callable[[], object]) -> None:
            if mine == self._round:
                self._limit.stop()
                then()

        def refused(error: BaseException) -> None:
            if not self.failed(error, step):
                self._screen.shell.show_trouble(error)

        def begun(future: Future[None]) -> None:
            self._screen.jobs.follow(future, lambda _: over(self._go_on), lambda e: over(partial(refused, e)))

        self._screen.ask(lambda: counter.restart_device(step), begun)

    def _hangs(self) -> None:
        """The driver did not come back from its restart."""
        self._round += 1
        self.failed(DeviceTimeoutError("The device does not come back from its restart; what was saved is safe. Unplug it, plug it in, "
                                       "press F5."), self._step)  # fmt: skip

    def _go_on(self) -> None:
        self._again()

    def picture_came(self) -> None:
        """A live picture is there: what stood over it is over."""
        if self.now is not None:
            self._screen.shell.clear_trouble()
            self._screen.shell.refresh_actions()
        self.now, self._restarts = None, 0

    def offers(self) -> list[Action]:
        """F5, where nothing goes on by itself."""
        if self.now is None or self.now.then is not Then.ASK:
            return []
        return [self._screen.act("ask-device", "ui.action.ask-device", "F5", self._asked, icon="tool")]

    def _asked(self) -> None:
        """F5: a silent device is restarted once more, a busy one asked again."""
        silent = self.now is not None and self.now.screen_code in {"E26", "E28"}
        self.now = None
        self._screen.shell.clear_trouble()
        if silent:
            self._restart()
        else:
            self._again()

    def stop(self) -> None:
        """The page is left or the live picture is stopped by hand."""
        self._round += 1
        self.now, self._restarts = None, 0
        self._timer.stop()
        self._limit.stop()
