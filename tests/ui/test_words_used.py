"""Every code a screen names stands in the catalogue: no string of the window is outside it."""

from __future__ import annotations

import re
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
