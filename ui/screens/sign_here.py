"""Somebody else signs in place (F8): who, their PIN, why it was refused. Every desk that needs a second person has this one panel."""

from __future__ import annotations

from collections.abc import Callable

from station.desks.approvers import People, approvers
from station.keys import Permission
from ui.qt import QWidget
from ui.screens.base import Screen
from ui.widgets.actions import Action
from ui.widgets.entry import PinPanel


class SignHere(PinPanel):
    """Hidden until somebody is asked; `came(operator, secret)` is called with what they gave, `cancel` when they go without.

    Nobody has to sign the clerk out for it.
    """

    def __init__(
        self,
        screen: Screen,
        came: Callable[[str, str], None],
        cancel: Callable[[], None],
        permission: Permission = Permission.APPROVE,
        instead: QWidget | None = None,
    ) -> None:
        """`instead`: what steps aside while somebody signs (what it says was followed: they are here)."""
        super().__init__(screen.texts)
        self._screen, self._cancel, self._permission, self._instead = screen, cancel, permission, instead
        self.given.connect(came)
        self.hide()

    def setVisible(self, visible: bool) -> None:
        """Be shown, or go."""
        if self._instead is not None:
            self._instead.setVisible(not visible)
        super().setVisible(visible)

    def ask_who(self) -> None:
        """Offer those who may."""
        station, permission = self._screen.station, self._permission
        self._screen.ask(lambda: approvers(station, permission), self.offer)

    def offer(self, people: People) -> None:
        """Offer these people."""
        self.show()
        self.begin(*people)
        self._screen.shell.refresh_actions()

    def refuse(self, error: BaseException) -> None:
        """Say why it was not taken; the panel stays."""
        self.failed(self._screen.texts.why(error))

    def offers(self) -> list[Action]:
        """What can be done while it is open: nothing else."""
        return [self._screen.act("cancel", "ui.action.cancel", "Esc", self._cancel),
                self._screen.act("sign", "ui.action.sign-pin", "F12", self.give, primary=True, icon="pen")]  # fmt: skip
