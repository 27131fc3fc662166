"""The theme "as the system" is the desktop's, and follows it."""

from __future__ import annotations

from ui.main import build_shell
from ui.qt import Qt
from ui.theme.system import dark_for


def test_the_system_decides_only_where_it_is_asked(qapp: object) -> None:
    dark, light, silent = Qt.ColorScheme.Dark, Qt.ColorScheme.Light, Qt.ColorScheme.Unknown
    assert [dark_for("system", s) for s in (dark, light, silent)] == [True, False, False]
    assert [dark_for("dark", s) for s in (dark, light, silent)] == [True, True, True]
    assert not any(dark_for("light", s) for s in (dark, light, silent))
    shell = build_shell()
    try:
        shell.system_look.choose("system")
        shell.system_look.changed(dark)
        assert shell.dark
        shell.system_look.choose("light")
        shell.set_dark(False)
        shell.system_look.changed(dark)
        assert not shell.dark
    finally:
        shell.close()
