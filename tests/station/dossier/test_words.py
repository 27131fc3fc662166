"""Every code these rooms can show has words in both languages."""

from __future__ import annotations

import re
from pathlib import Path

from biometrics.positions import FingerPosition
from station.dossier.checks import defect_rules
from station.dossier.life import VneidState
from station.dossier.parts import (
    ApplicationKind,
    Branch,
    CardWord,
    DefectState,
    ExceptionKind,
    FieldSource,
    Lifecycle,
    PackageWord,
)
from station.dossier.pipeline import Priority
from station.dossier.procedure import Desk, Stage, load_procedure, procedure_names
from station.vietnam.agreement import Agreement
from station.vietnam.fields import field_rules
from station.vietnam.number import NumberRule
from station.words import catalogue

ROOT = Path(__file__).resolve().parents[3]


def test_every_code_has_words() -> None:
    codes = {f"field.{f}" for f in field_rules()} | {a.value for a in Agreement} | {r.value for r in NumberRule}
    for prefix, members in {"desk": Desk, "stage": Stage, "kind": ApplicationKind, "life": Lifecycle, "branch": Branch, "source": FieldSource,
                            "exception": ExceptionKind, "vneid": VneidState, "card": CardWord, "priority": Priority,
                            "defect": DefectState}.items():  # fmt: skip
        codes |= {f"{prefix}.{m.value}" for m in members}
    codes |= {w.value for w in PackageWord}
    codes |= {f"defect.{c}" for c in defect_rules()} | {f"owner.{r.owner}" for r in defect_rules().values()}
    codes |= {f"step.{s.id}" for n in procedure_names() for s in load_procedure(n).steps}
    codes |= {f"finger.{int(f)}" for f in FingerPosition if f}
    assert sorted(codes - set(catalogue())) == []


def test_every_error_code_written_in_these_rooms_has_words() -> None:
    others = {"chain-broken", "event-format", "event-newer", "event-too-large"}
    codes: set[str] = set()
    for room in ("dossier", "vietnam", "population", "views"):
        for file in (ROOT / "station" / room).rglob("*.py"):
            codes |= set(re.findall(r'code="([a-z-]+)"', file.read_text("utf-8")))
            codes |= set(re.findall(r'OpenItem\("([a-z-]+)"', file.read_text("utf-8")))
    assert sorted(codes - others - set(catalogue())) == []
