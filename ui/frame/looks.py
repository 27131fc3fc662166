"""How the window looks: light or dark, home-visit mode, zoom. Changed while running, for every page at once."""

from __future__ import annotations

from ui.qt import QMainWindow
from ui.theme.style import Current, make_theme, style_sheet
from ui.theme.tokens import ZOOM


class Looks(QMainWindow):
    """Base of the shell, which says in `restyled` what its pages do about it."""

    def __init__(self, *, dark: bool, large: bool) -> None:
        super().__init__()
        self._dark, self._large = dark, large
        self.zoom = ZOOM[0]
        """Size of the type in percent."""
        self.left_hand = False
        """Whether desks stand mirrored: what is decided, and the primary button, at the left."""

    def restyled(self) -> None:
        """The theme changed."""
        raise NotImplementedError

    def apply_theme(self) -> None:
        """Use the theme of the present settings everywhere, at once."""
        Current.theme = make_theme(dark=self._dark, large=self._large, zoom=self.zoom)
        self.setStyleSheet(style_sheet(Current.theme))
        self.restyled()

    def set_dark(self, dark: bool) -> None:
        """Switch between light and dark."""
        self._dark = dark
        self.apply_theme()

    @property
    def dark(self) -> bool:
        """Whether the dark theme is used."""
        return self._dark

    @property
    def large(self) -> bool:
        """Whether pages arrange themselves for large type: in large mode, or zoomed far."""
        return Current.theme.large

    @property
    def large_mode(self) -> bool:
        """Whether large mode (home visit) is on."""
        return self._large

    def set_look(self, *, dark: bool, large: bool) -> None:
        """Use a theme and a type scale; nothing happens when they are the present ones."""
        if (dark, large) != (self._dark, self._large):
            self._dark, self._large = dark, large
            self.apply_theme()

    def set_left_hand(self, on: bool) -> None:
        """Mirror the desks, or not."""
        if on != self.left_hand:
            self.left_hand = on
            self.restyled()

    def set_zoom(self, percent: int) -> None:
        """Zoom the type, 100 to 175 percent; lists scroll, the action bar stays."""
        percent = max(ZOOM[0], min(ZOOM[1], percent))
        if percent != self.zoom:
            self.zoom = percent
            self.apply_theme()
