"""The theme in force and the style sheet made from its tokens: one place, switchable while running."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from ui.qt import QColor, QFont, QFontMetrics
from ui.theme.tokens import DARK, DESK, FONT_FAMILIES, HOME_VISIT, LIGHT, Palette, Scale, State


@dataclass(frozen=True, slots=True)
class Theme:
    """Palette and scale."""

    palette: Palette
    scale: Scale
    dark: bool
    large: bool
    """Whether pages arrange themselves for large type: home-visit mode, or zoom from `ROOMY` on."""

    @property
    def growth(self) -> float:
        """How much wider than at the desk what holds words must be (letters grow faster than columns need to)."""
        return 1 + 0.82 * (self.scale.body / DESK.body - 1)

    @property
    def tight(self) -> Scale:
        """The scale of what stands in one row that cannot wrap (desks, pills, stages): it grows as far as in home-visit mode."""
        return self.scale.at_most(HOME_VISIT)

    @property
    def second_titles(self) -> bool:
        """Whether the second language has room beside a title."""
        return self.growth < 1.15

    def colour(self, state: State) -> QColor:
        """Foreground of a state."""
        return QColor(self.palette.states[state].colour)

    def ground(self, state: State) -> QColor:
        """Ground of a state."""
        return QColor(self.palette.states[state].ground)

    def font(self, pixels: int, weight: int = 400) -> QFont:
        """Return the interface font at a size in px and a weight of 400, 600 or 700."""
        return QFont(_font(pixels, weight))  # a copy shares the font's data until somebody changes it


@lru_cache(maxsize=4096)
def advance(text: str, pixels: int, weight: int = 400) -> int:
    """Return the width of a text in px. Layouts ask for the same words again and again."""
    return QFontMetrics(_font(pixels, weight)).horizontalAdvance(text)


@cache
def line_high(pixels: int, weight: int = 400) -> int:
    """Return the height of a line in px. Making the metrics anew for each question costs a third of a millisecond."""
    return QFontMetrics(_font(pixels, weight)).height()


@cache
def _font(pixels: int, weight: int) -> QFont:
    """Made once for each size and weight: every measured word asks for one."""
    font = QFont()
    font.setFamilies(list(FONT_FAMILIES))
    font.setPixelSize(pixels)
    font.setWeight(QFont.Weight(weight))
    return font


ROOMY = 120
"""From this zoom on, in percent, pages leave out what large type leaves out."""


def make_theme(*, dark: bool = False, large: bool = False, zoom: int = 100) -> Theme:
    """Return a theme: light or dark, at the desk or in home-visit mode, with type zoomed by 100 to 175 percent."""
    scale = DESK.zoomed(zoom)
    return Theme(DARK if dark else LIGHT, HOME_VISIT.at_least(scale) if large else scale, dark, large or zoom >= ROOMY)


class Current:
    """The theme that widgets draw with; `Shell.apply_theme` replaces it and repaints everything."""

    theme: Theme = make_theme()
    watermark: str = ""
    """What a demo writes over every stored picture it shows; empty in a station for real people."""


def style_sheet(theme: Theme) -> str:
    """Return the QSS of a theme. No fixed label heights, no shadows, no gradients."""
    p, s = theme.palette, theme.scale
    field = max(6, round(0.3 * s.body))  # room above and below what is typed
    lines = [
        f"* {{ font-family: '{FONT_FAMILIES[0]}', '{FONT_FAMILIES[1]}'; font-size: {s.body}px; color: {p.text}; }}",
        f"QMainWindow, #page {{ background: {p.bg}; }}",
        "QLabel { background: transparent; }",
        f"#card {{ background: {p.surface}; border: 1px solid {p.border}; border-radius: {s.radius}px; }}",
        f"#topBar {{ background: {p.bar}; }} #topBar QLabel {{ color: {p.on_bar}; }} #topBar QLabel#soft {{ color: {p.on_bar2}; }}",
        "#topBar QLabel { font-size: 14px; } #topBar QLabel#strong { font-size: 16px; } #topBar QLabel#demo { font-size: 14px; color: #FFD79A; border: 1px dashed #FFD79A; border-radius: 4px; padding: 2px 8px; font-weight: 700; }",
        f"#strip, #actions, #rail {{ background: {p.surface}; }} #strip {{ border-bottom: 1px solid {p.border}; }}",
        f"#actions {{ border-top: 1px solid {p.border}; }} #rail {{ border-right: 1px solid {p.border}; }}",
        f"#menu {{ background: {p.surface}; border: 2px solid {p.accent}; border-radius: {s.radius}px; }}",
        f"#rule {{ background: {p.border}; }}",
        # The frame stays where it is at every zoom: its words grow as far as in home-visit mode.
        f"#strip QLabel {{ font-size: {min(s.body, HOME_VISIT.body)}px; }} #strip QLabel#strong {{ font-size: {min(s.strong, HOME_VISIT.strong)}px; }}",
        f"#strip QLabel#caption {{ font-size: {min(s.caption, HOME_VISIT.caption)}px; }} #strip QLabel#printed {{ font-size: {min(s.caption, HOME_VISIT.caption) + 1}px; }}",
        f"#strip QLabel#clock {{ font-size: {min(s.strong, HOME_VISIT.strong) + 2}px; }}",
        f"QLabel#printed {{ font-weight: 600; font-size: {s.caption + 1}px; }} QLabel#clock {{ font-size: {s.strong + 2}px; font-weight: 700; }}",
        f"QLabel#soft-title, QLabel#second-title {{ color: {p.text2}; font-size: {s.body}px; }} QLabel#name {{ font-size: {s.body}px; font-weight: 600; }}",
        (
            f"QListWidget {{ background: {p.surface}; border: none; outline: none; }} QListWidget::item {{ padding: 8px; border-left: 4px solid transparent; }}"
            f" QListWidget::item:selected {{ background: {p.accent_soft}; color: {p.text}; border-left: 4px solid {p.accent}; }}"
        ),
        (
            f"QLabel#instruction {{ font-size: {min(26, s.title + 2)}px; font-weight: 700; }} QLabel#second {{ font-size: {s.body}px; }}"
            f" QLabel#signature {{ background: {p.surface2}; border: 1px dashed {p.control}; border-radius: 4px; }}"
            f" #panel {{ background: {p.surface2}; border: 2px solid {p.accent}; border-radius: {s.radius}px; }} #parts {{ background: {p.border}; }}"
        ),
        (
            f"#applicant {{ background: {p.bg}; }} #applicantBar {{ background: {p.bar}; }} #applicantBar QLabel {{ color: {p.on_bar}; }}"
            f" #applicantFoot {{ background: {p.states[State.LIVE].ground}; border-top: 2px solid {p.states[State.LIVE].colour}; }}"
            f" #applicantNote, #applicantLocked {{ background: {p.surface}; border: 1px solid {p.border}; border-radius: {s.radius}px; }}"
            f" #applicant QPushButton {{ font-size: 19px; }}"
            f" #applicantNote {{ padding: 10px 12px; }}"
            f" #applicantLines {{ background: {p.surface}; border: 1px solid {p.border}; border-radius: {s.radius}px; }}"
            f" #line, #nowLine {{ background: {p.surface}; border: none; border-bottom: 1px solid {p.border}; }}"
            f" #nowLine {{ background: {p.accent_soft}; }}"
            f" #wrongLine {{ background: {p.states[State.BLOCKED].ground}; border: none; border-bottom: 1px solid {p.border}; }}"
            f" #applicantBar QLabel#demo {{ color: #FFD79A; border: 1px dashed #FFD79A; border-radius: 4px; padding: 4px 10px; font-weight: 700; }}"
        ),
        (
            f"QPushButton {{ background: {p.surface}; border: 1px solid {p.control}; border-radius: {s.radius}px; padding: 6px 14px; font-weight: 600; }}"
            f" QPushButton:focus {{ border: 3px solid {p.accent}; }}"
            f" QPushButton#answer-right {{ color: {p.states[State.GOOD].colour}; border: 2px solid {p.states[State.GOOD].colour}; font-size: 19px; }}"
            f" QPushButton#answer-wrong {{ color: {p.states[State.BLOCKED].colour}; border: 2px solid {p.states[State.BLOCKED].colour}; font-size: 19px; }}"
        ),
        f"QLabel#caption {{ color: {p.text2}; font-size: {s.caption}px; }}",
        f"QLabel#quiet {{ color: {p.text2}; }} QLabel#value {{ font-weight: 600; }}",
        f"QListWidget#rows {{ background: {p.surface}; border: none; outline: none; }}",
        f"QLabel#strong {{ font-size: {s.strong}px; font-weight: 600; }}",
        f"QLabel#title {{ font-size: {s.title}px; font-weight: 700; }}",
        # A banner says one line above or below the work; in large type the work needs the room that a title's letters would take.
        f"QLabel#said {{ font-size: {s.strong if theme.large else s.title}px; font-weight: 700; }}",
        f"QLabel#number {{ font-size: {s.number}px; font-weight: 700; }}",
        f"QLabel#hero {{ font-size: {s.hero}px; font-weight: 700; }}",
        (
            f"QLineEdit, QPlainTextEdit, QComboBox {{ background: {p.surface}; border: 1px solid {p.control}; border-radius: {s.radius}px;"
            f" padding: {field}px 10px; selection-background-color: {p.accent}; selection-color: {p.on_accent}; }}"
        ),
        # What was typed and cannot be taken: red until it is put right; the words beside it say what is wrong. The focus keeps its own ring.
        (
            f"QLineEdit[wrong=true], QComboBox[wrong=true] {{ background: {p.states[State.BLOCKED].ground};"
            f" border: 3px solid {p.states[State.BLOCKED].colour}; padding: {field - 2}px 8px; }}"
        ),
        f"QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus {{ border: 3px solid {p.accent}; padding: {field - 2}px 8px; }}",
        (
            f"QTableWidget {{ background: {p.surface}; border: 3px solid {p.surface}; border-radius: 4px; gridline-color: {p.border}; selection-background-color: {p.accent_soft};"
            f" selection-color: {p.text}; outline: none; }}"
        ),
        f"QTableWidget::item {{ padding: 4px 8px; border-bottom: 1px solid {p.border}; }}",
        f"QTableWidget:focus {{ border: 3px solid {p.accent}; }}",
        f"QHeaderView::section {{ background: {p.surface2}; color: {p.text2}; border: none; padding: 8px; font-weight: 600; font-size: {s.caption}px; }}",
        (
            f"QScrollBar:vertical {{ background: {p.surface2}; width: 10px; margin: 0; border: none; }}"
            f" QScrollBar::handle:vertical {{ background: {p.control}; border-radius: 4px; min-height: 28px; margin: 1px; }}"
            " QScrollBar::add-line, QScrollBar::sub-line { height: 0; width: 0; } QScrollBar::add-page, QScrollBar::sub-page { background: none; }"
        ),
        "QScrollArea { border: none; background: transparent; } QScrollArea > QWidget > QWidget { background: transparent; }",
        (
            f"QCheckBox {{ spacing: 10px; padding: 6px; }} QCheckBox::indicator {{ width: 18px; height: 18px; border: 2px solid {p.control}; border-radius: 4px;"
            f" background: {p.surface}; }} QCheckBox::indicator:checked {{ background: {p.accent}; border-color: {p.accent}; }}"
            f" QCheckBox:focus {{ border: 3px solid {p.accent}; border-radius: 4px; padding: 3px; }}"
        ),
        (
            f"QProgressBar {{ background: {p.surface2}; border: 1px solid {p.border}; border-radius: 4px; max-height: 8px; }}"
            f" QProgressBar::chunk {{ background: {p.accent}; border-radius: 3px; }}"
        ),
        "QScrollBar:vertical { background: transparent; width: 12px; margin: 0; } QScrollBar:horizontal { background: transparent; height: 12px; }",
        (
            f"QScrollBar::handle {{ background: {p.control}; border-radius: 4px; margin: 2px; min-height: 32px; min-width: 32px; }}"
            f" QScrollBar::handle:hover {{ background: {p.text2}; }}"
        ),
        "QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; } QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }",
        f"QComboBox::drop-down {{ border: none; width: {s.body + 10}px; }} QComboBox::down-arrow {{ image: none; }}",
        f"QComboBox QAbstractItemView {{ background: {p.surface}; color: {p.text}; border: 1px solid {p.control}; selection-background-color: {p.accent_soft}; selection-color: {p.text}; }}",
        f"QLineEdit:disabled, QComboBox:disabled {{ background: {p.surface2}; color: {p.text2}; border: 1px dashed {p.control}; }}",
        f"QLineEdit:read-only {{ background: {p.surface2}; border: 1px dashed {p.control}; }}",
        f"QToolTip {{ background: {p.surface}; color: {p.text}; border: 1px solid {p.control}; }}",
    ]
    for state, pair in p.states.items():
        border = {
            "idle": "1px dashed",
            "live": "2px solid",
            "good": "2px solid",
            "retry": "3px dashed",
            "blocked": "3px solid",
        }.get(state.value, "2px solid")
        lines.append(
            f"#banner-{state.value} {{ background: {pair.ground}; border: {border} {pair.colour}; border-radius: {s.radius}px; }}"
        )
        lines.append(f"#bar-{state.value} {{ background: {pair.colour}; border-radius: 2px; }}")
        lines.append(f"QLabel#word-{state.value} {{ color: {pair.colour}; font-weight: 600; }}")
    return "\n".join(lines)
