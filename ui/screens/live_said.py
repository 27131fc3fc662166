"""What a live picture says, as words: the one instruction at a desk (S4 to S6) and at a home (S17) is made here and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from biometrics.positions import FingerPosition
from station.capture.session import Phase, SessionView
from station.views.devices import refusal_of
from ui.texts import Texts
from ui.theme.tokens import State

HANDS = frozenset({13, 14})
"""The slaps of one hand, right and left: "the wrong hand" names the one that is wanted."""
BLOCKING = frozenset({"wrong-hand", "previous-person", "same-finger"})


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence with its state; `head` is the small word over it, `second` the other language. `told` is the catalogue's code of what the
    applicant reads (empty: what stands there stays), about `position`. `wait`: nothing is there yet, the screen invites."""

    state: State
    head: str
    main: str
    second: str = ""
    told: str = ""
    position: int = 0
    wait: bool = False


def said_of(texts: Texts, view: SessionView, kind: str, *, part_code: str = "ui.short.of.",
            adjust_code: str = "ui.live.adjust") -> Said | None:  # fmt: skip
    """Return what an analysed frame says; None: what was said before stays. `kind` is the desk (``fingers``, ``portrait``, ``iris``)."""
    if view.refused is not None:
        # The picture goes on, nothing is taken: the technician's words stand until another device is here (E22, E23).
        refusal = refusal_of(view.refused)
        head = " ".join(t for t in (texts("ui.state.blocked"), refusal.screen_code) if t)
        main = f"{texts.of(refusal.reason)}. {texts.of(refusal.next_step)}"
        return Said(State.BLOCKED, head, main, texts.second_of(refusal.reason))
    if view.instruction is not None:
        return _instruction(texts, view, view.instruction.code, view.instruction.position, part_code, adjust_code)
    if view.phase is Phase.TAKE:
        return Said(State.LIVE, texts("ui.state.live"), texts("ui.fingers.taking"), texts.second("ui.fingers.taking"))
    if view.phase is Phase.LIVE and view.verdict is not None and view.verdict.passed:
        good = f"ui.{kind}.good"
        return Said(State.GOOD, texts("ui.state.good"), texts(good), texts.second(good), f"applicant.{kind}.good")
    if view.phase in (Phase.WAIT, Phase.LIFT):
        return Said(State.IDLE, texts("ui.state.idle"), "", wait=True)
    return None


def _instruction(texts: Texts, view: SessionView, code: str, position: int, part_code: str, adjust_code: str) -> Said:
    verdict, hand = view.verdict, view.position in HANDS
    if code == "wrong-hand" and hand:
        words = f"ui.live.wrong-hand.{view.position}"
        return Said(
            State.BLOCKED, texts("ui.state.blocked"), texts(words), texts.second(words), f"applicant.wrong-hand.{view.position}"
        )
    if code == "fingers-missing" and view.instruction is not None and verdict is not None:
        values, words = {"seen": view.instruction.seen, "wanted": verdict.expected}, "ui.live.seen"
        return Said(
            State.RETRY, texts("ui.state.retry"), texts(words, **values), texts.second(words, **values), f"applicant.{code}"
        )
    wrong = sum(not p.passed for p in verdict.parts) if verdict is not None else 0
    name = texts(f"{part_code}{position}") if position else ""
    main = f"{name} {texts(code)[:1].lower()}{texts(code)[1:]}" if name else texts(code)
    state = State.BLOCKED if code in BLOCKING else State.RETRY
    head = texts(adjust_code, count=max(1, wrong)) if position else texts("ui.state.retry")
    second = texts.second(code)
    if position and second:
        second = f"{texts.second(f'{part_code}{position}')}: {second.lower()}"
    told = f"applicant.{code}" if texts(f"applicant.{code}") != f"applicant.{code}" else code
    return Said(state, texts("ui.state.blocked") if state is State.BLOCKED else head, main, second, told, position)


def missing_finger(view: SessionView, expected: Sequence[FingerPosition]) -> FingerPosition | None:
    """Return the place on the hand that "3 of 4 fingers" means: the one expected finger that no outline bears, None where that is not one."""
    if view.instruction is None or view.instruction.code != "fingers-missing" or view.verdict is None:
        return None
    seen = {p.position for p in view.verdict.parts}
    absent = [f for f in expected if f not in seen]
    return absent[0] if len(absent) == 1 else None
