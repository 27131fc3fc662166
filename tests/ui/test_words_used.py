"""Every code a screen names stands in the catalogue: no string of the window is outside it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from station.words import catalogue

UI = Path(__file__).resolve().parents[2] / "ui"
CODE = re.compile(r'"((?:ui|reason|mark|applicant)\.[a-z0-9][a-z0-9.\-]*[a-z0-9])"')
MODULES = re.compile(r"^ui\.(screens|widgets|frame|theme|main|qt|shell|sound|texts|bridge|applicant)\b")


def test_every_code_named_in_the_window_has_words() -> None:
    known = catalogue()
    missing = {}
    for file in UI.rglob("*.py"):
        for code in CODE.findall(file.read_text("utf-8")):
            if code not in known and not MODULES.match(code):
                missing[code] = file.name
    assert not missing


def test_words_made_from_names_are_there() -> None:
    from station.desk.comparing import Decision
    from station.desk.form import MARK_KINDS, MARK_PLACES, MARK_SIDES
    from station.dossier.parts import ExceptionKind, Permanence
    from station.vietnam.fields import field_rules
    from station.views.portrait import GROUPS
    from station.views.strip import STAGES

    codes = [f"ui.stage.{s}" for s in STAGES] + [f"ui.desk.{n}" for n in (1, 2, 3, 4, 5, "all")]
    codes += [f"ui.decision.{d.value}" for d in Decision] + [f"ui.rule.{name}" for name, _ in GROUPS]
    codes += [f"mark.{m}" for m in (*MARK_KINDS, *MARK_SIDES, *MARK_PLACES)] + [f"ui.digit.{n}" for n in range(10)]
    codes += [f"ui.exception.{k.value}" for k in (*ExceptionKind, *Permanence)] + [f"ui.short.of.{n}" for n in range(1, 11)]
    codes += [f"ui.field.{n}" for n in field_rules() if not n.endswith("_unit")] + [f"ui.fingers.wait.{n}" for n in (13, 14, 15)]
    codes += [f"approval.{w}" for w in ("low-quality", "data-conflict", "review", "many-exceptions")]
    known = catalogue()
    assert [c for c in codes if c not in known] == []


SAYS = {"setText": (0,), "setPlaceholderText": (0,), "setToolTip": (0,), "setWindowTitle": (0,), "setAccessibleName": (0,), "setTitle": (0,),
        "setAccessibleDescription": (0,), "addItem": (0,), "say": (1, 2), "say_with": (1, 2), "note": (0,), "refuse": (0,), "label": (0,),
        "QLabel": (0,), "QPushButton": (0,), "StateChip": (1,), "Action": (1, 2), "show_text": (0,), "set_text": (0,)}  # fmt: skip
"""What puts words before a person, and which of its arguments they are."""
WORD = re.compile(r"[^\W\d_]{3,}")
MARKUP = re.compile(r"<[^>]*>?|&\w+;|[\w-]+='[^']*'?|font-size:|font-weight:\d*|color:|px;?")
NAMES = {"DEMO", "VNeID", "AFIS", "ICAO"}


def literals(node: ast.expr) -> Iterator[str]:
    """The literal text in an argument, not in what it calls."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(v.value) if isinstance(v, ast.Constant) else "\0" for v in node.values)
    elif isinstance(node, ast.BinOp):
        yield from literals(node.left)
        yield from literals(node.right)
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from literals(value)


def sentences(source: str) -> list[str]:
    """The literal words that reach a widget in a file."""
    found = []
    for call in (n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id if isinstance(call.func, ast.Name) else ""
        for place in SAYS.get(name, ()):
            for text in literals(call.args[place]) if place < len(call.args) else ():
                words = set(WORD.findall(MARKUP.sub(" ", text))) - NAMES
                if words:
                    found.append(f"{call.lineno}: {name}({text!r})")
    return found


def test_no_sentence_outside_the_catalogue_reaches_a_widget() -> None:
    seen = {f.relative_to(UI).as_posix(): sentences(f.read_text("utf-8")) for f in UI.rglob("*.py") if not f.name.startswith(("shots", "screenshots"))}  # fmt: skip
    assert {name: lines for name, lines in seen.items() if lines} == {}
    assert sentences('self.x.setText("Không mở được")\nself.y.setText(f"<b>{a}</b> Wrong {b}")') == [
        "1: setText('Không mở được')", "2: setText('<b>\\x00</b> Wrong \\x00')"]  # fmt: skip


def test_no_error_is_shown_by_its_own_sentence() -> None:
    """``str(error)`` is English, for the command line: the window says `Texts.why`."""
    shown = re.compile(r"\b(str|sentence|repr)\((e|error|exc|failed)\)|\{(e|error|exc)(!r)?\}")
    found = {
        f.relative_to(UI).as_posix(): shown.findall(f.read_text("utf-8"))
        for f in UI.rglob("*.py")
        if not f.name.startswith(("shots", "screenshots"))
    }
    assert {name: hits for name, hits in found.items() if hits} == {}
