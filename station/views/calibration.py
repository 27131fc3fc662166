"""S16, the calibration wizard: may this device enroll today?

Drawn from a `station.calibrating.Calibration`. Intents the screen sends back: ``next`` (F12: call `advance()` on a worker thread), ``again``
(F4: `capture_again()`), ``save`` (F6: keep the raw pictures), ``report`` (F7: the bug report's bundle), ``sign-as-is`` (sign rows that failed),
``skip`` (leave an optional face out), ``mark`` (four corners, `arguments["corners"]` is given by the screen) and ``stop`` (Esc).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from devices.calibration.model import Row, Verdict, judge
from devices.contract import Source
from station.calibrating import STRIP, Calibration, Step
from station.views.base import Intent, Tone, Words
from station.words import Language, say

_DIGITS = {"ppi": 1, "in": 4, "X": 4, "share": 3, "pixel": 0, "grey": 1, "level": 1, "dE00": 2, "px": 2, "cy/px": 3, "view": 0}


@dataclass(frozen=True, slots=True)
class StripMark:
    """One of the eight circles: ``GOOD`` done, ``LIVE`` now, ``BLOCKED`` failed here, ``IDLE`` to come."""

    number: int
    words: Words
    tone: Tone


@dataclass(frozen=True, slots=True)
class RowView:
    """One measured row. `bar`: the limits' band begins at 0.25 and ends at 0.75 of the bar's width (one-sided limits reach its end);
    `position` 0..1 is where the value stands (a diamond outside, a dot inside), None where there is no value or no limit."""

    words: Words
    value: str
    unit: str
    limit: str
    band: tuple[float, float]
    position: float | None
    source: str
    verified: Words
    verdict: Words
    tone: Tone
    spread: str


@dataclass(frozen=True, slots=True)
class TargetView:
    """The picture at the right: which face, how many captures, its size in pixels. The pixels are `Calibration.last_picture`."""

    face: Words
    taken: int
    needed: int
    size: tuple[int, int] | None
    instruction: Words
    mark: bool
    """The screen lets the technician mark four corners now."""


@dataclass(frozen=True, slots=True)
class CertificateLine:
    """One line of the certificate's card."""

    words: Words
    value: str


@dataclass(frozen=True, slots=True)
class CalibrationView:
    """The whole screen. `banner` is the large line with its tone; `problem` is what went wrong in the last step, if anything."""

    title: Words
    device: str
    simulated: bool
    strip: tuple[StripMark, ...]
    rows: tuple[RowView, ...]
    target: TargetView
    certificate: tuple[CertificateLine, ...]
    certificate_state: Words
    certificate_tone: Tone
    banner: Words
    banner_tone: Tone
    problem: Words | None
    busy: bool
    primary: Intent | None
    others: tuple[Intent, ...]


def calibration_view(
    run: Calibration, *, previous: str = "", signer: str = "", language: Language = Language.VI
) -> CalibrationView:
    """Return the screen for `run`. `previous`: id of the device's former certificate; `signer`: who will sign, empty for nobody.

    `language` matters for decimal signs only.
    """
    identity = run.info.identity if run.info else None
    name = f"{identity.vendor} {identity.model} · SN {identity.serial}" if identity else ""
    banner, tone = _banner(run)
    state, state_tone = _state(run)
    problem = Words(run.problem[0], run.problem[1]) if run.problem else None
    return CalibrationView(
        Words(f"calibration.title.{run.plan.kind.value}"), name, bool(run.info and run.info.source is Source.SIMULATED), _strip(run),
        tuple(row_view(r, language) for r in run.rows) or _planned(run, language), _target(run), _certificate(run, previous, signer), state, state_tone, banner, tone,
        problem, run.busy, _primary(run), _others(run),
    )  # fmt: skip


def _planned(run: Calibration, language: Language) -> tuple[RowView, ...]:
    """What will be measured, with its limits, before anything is: the technician sees what the device is asked for."""
    waiting = Words("calibration.verdict.waiting")
    rows = (row_view(r, language) for r in judge(run.plan.limits, ()))
    return tuple(replace(r, verdict=waiting, tone=Tone.IDLE, band=(0.0, 0.0)) for r in rows)


def row_view(row: Row, language: Language = Language.VI) -> RowView:
    """Return one row as it is shown (also used for a certificate's rows)."""
    tones = {
        Verdict.PASS: Tone.GOOD,
        Verdict.FAIL: Tone.BLOCKED,
        Verdict.NOT_MEASURED: Tone.RETRY if row.required else Tone.IDLE,
        Verdict.TOLD: Tone.IDLE,
    }
    words = Words(
        f"calibration.test.{row.test}", {} if row.at is None else {"at": _shown(row.at, 2, language).rstrip("0").rstrip(".,")}
    )
    digits = _DIGITS.get(row.unit, 3)
    if row.verdict is Verdict.FAIL and row.value is not None:
        limits = [x for x in (row.low, row.high) if x is not None]
        # A value that fails is not written like the limit that it misses.
        while digits < 6 and any(float(f"{row.value:.{digits}f}") == round(x, digits) for x in limits):
            digits += 1
    value = "–" if row.value is None else _shown(row.value, digits, language)
    spread = "" if row.spread is None else _shown(row.spread, digits, language)
    verified = Words("calibration.limit-verified" if row.verified else "calibration.limit-unverified")
    if row.verdict is Verdict.TOLD:
        verified = Words("calibration.limit-none")
    return RowView(words, value, "" if row.unit in ("", "share", "X") else say(f"calibration.unit.{row.unit}", language), limit_text(row, language), _band(row), _position(row), row.source,
                   verified, Words(f"calibration.verdict.{row.verdict.value}"), tones[row.verdict], spread)  # fmt: skip


def limit_text(row: Row, language: Language = Language.VI) -> str:
    """Return ``495–505``, ``≥ 0,713`` or ``≤ 7,65``; empty without a limit."""

    def text(value: float) -> str:
        whole = _shown(value, 4, language).rstrip("0").rstrip(".,")
        return whole or "0"

    if row.low is not None and row.high is not None and row.high != 1.05:
        return f"{text(row.low)}–{text(row.high)}"
    if row.low is not None:
        return f"≥ {text(row.low)}"
    return "" if row.high is None else f"≤ {text(row.high)}"


def _shown(value: float, digits: int, language: Language) -> str:
    text = f"{value:.{digits}f}"
    return text.replace(".", ",") if language is Language.VI else text


def _two_sided(row: Row) -> bool:
    return row.low is not None and row.high is not None and row.high != 1.05


def _band(row: Row) -> tuple[float, float]:
    if row.low is None and row.high is None:
        return 0.0, 0.0
    if _two_sided(row):
        return 0.25, 0.75
    return (0.4, 1.0) if row.low is not None else (0.0, 0.6)


def _position(row: Row) -> float | None:
    """Where the value stands on its bar; the limit itself stands exactly on the band's border."""
    if row.value is None or (row.low is None and row.high is None):
        return None
    low, high = row.low, row.high
    if _two_sided(row) and low is not None and high is not None:
        span = (high - low) or 1.0
        place = 0.25 + 0.5 * (row.value - low) / span
    elif low is not None:
        place = 0.4 + 0.4 * (row.value - low) / (abs(low) or 1.0)
    else:
        assert high is not None
        place = 0.6 + 0.6 * (row.value - high) / (abs(high) or 1.0)
    return min(1.0, max(0.0, place))


def _strip(run: Calibration) -> tuple[StripMark, ...]:
    now = Step.RECAPTURE if run.step is Step.MEASURE and run.corrections.names else run.step
    if now is Step.DONE:
        return tuple(StripMark(n, Words(f"calibration.step.{s.value}"), Tone.GOOD) for n, s in enumerate(STRIP, 1))
    place = STRIP.index(now) if now in STRIP else -1
    marks = []
    for number, step in enumerate(STRIP):
        tone = Tone.GOOD if number < place else Tone.LIVE if number == place else Tone.IDLE
        if number == place and run.problem:
            tone = Tone.BLOCKED
        if step in (Step.CORRECT, Step.RECAPTURE) and number < place and not run.corrections.names:
            tone = Tone.IDLE  # nothing had to be corrected
        marks.append(StripMark(number + 1, Words(f"calibration.step.{step.value}"), tone))
    return tuple(marks)


def _target(run: Calibration) -> TargetView:
    picture = run.last_picture
    size = None if picture is None else (picture.shape[1], picture.shape[0])
    instruction = Words("calibration.mark") if run.needs_marks else Words(f"calibration.place.{run.face.id}")
    return TargetView(Words(f"calibration.face.{run.face.id}"), run.taken, run.face.captures, size, instruction, run.needs_marks)


def _certificate(run: Calibration, previous: str, signer: str) -> tuple[CertificateLine, ...]:
    identity = run.info.identity if run.info else None
    if identity is None:
        return ()
    conditions = run.conditions
    target = ", ".join(t for t in (run.plan.target, conditions.target_serial, conditions.target_expires) if t)
    lines = [("serial", identity.serial), ("firmware", identity.firmware), ("profile", identity.profile),
             ("previous", f"{previous[:4]}…{previous[-4:]}" if previous else "–"), ("months", str(run.plan.limits.validity_months)),
             ("limits", run.plan.limits.source), ("target", target or "–"), ("environment", conditions.temperature or "–"),
             ("signer", signer or "–")]  # fmt: skip
    return tuple(CertificateLine(Words(f"calibration.line.{name}"), value) for name, value in lines)


def _state(run: Calibration) -> tuple[Words, Tone]:
    if run.step is Step.DONE:
        return (
            (Words("calibration.certificate-passed"), Tone.GOOD)
            if run.passed
            else (Words("calibration.certificate-failed"), Tone.BLOCKED)
        )
    return Words("calibration.certificate-draft"), Tone.IDLE


def _counts(rows: Sequence[Row]) -> dict[str, int]:
    judged = [r for r in rows if r.verdict is not Verdict.TOLD and (r.required or r.verdict is not Verdict.NOT_MEASURED)]
    return {"passed": sum(r.verdict is Verdict.PASS for r in judged), "all": len(judged)}


def _banner(run: Calibration) -> tuple[Words, Tone]:
    if run.step is Step.STOPPED:
        return Words("calibration.banner.stopped"), Tone.IDLE
    if run.step is Step.DONE:
        return (
            (Words("calibration.banner.done"), Tone.GOOD)
            if run.passed
            else (Words("calibration.banner.done-failed"), Tone.BLOCKED)
        )
    if run.rows:
        if run.passed:
            return Words("calibration.banner.passed", _counts(run.rows)), Tone.GOOD
        if run.correctable:
            return Words(
                "calibration.banner.correctable",
                {**_counts(run.rows), "what": f"calibration.correction.{'+'.join(run.proposed.names)}"},
            ), Tone.BLOCKED
        return Words("calibration.banner.failed", _counts(run.rows)), Tone.BLOCKED
    if run.needs_marks:
        return Words("calibration.mark"), Tone.LIVE
    if run.step in (Step.PLACE, Step.CAPTURE, Step.RECAPTURE):
        return Words(f"calibration.place.{run.face.id}"), Tone.LIVE
    return Words(f"calibration.banner.{run.step.value}"), Tone.LIVE


def _primary(run: Calibration) -> Intent | None:
    if run.step in (Step.DONE, Step.STOPPED):
        return None
    step = run.step.value
    if run.step is Step.MEASURE and run.rows:
        step = "to-correct" if run.correctable else "to-sign"
    return Intent("next", Words(f"calibration.next.{step}"), "F12", {}, enabled=not run.busy and not run.needs_marks)


def _others(run: Calibration) -> tuple[Intent, ...]:
    if run.step in (Step.DONE, Step.STOPPED):
        return ()
    found = []
    free = not run.busy
    if run.step not in (Step.IDENTIFY, Step.CLEAN):
        found.append(Intent("again", Words("calibration.again"), "F4", {}, enabled=free))
    if run.last_picture is not None:
        found.append(Intent("save", Words("calibration.save"), "F6", {}, enabled=free))
    found.append(Intent("report", Words("calibration.report"), "F7", {}, enabled=free))
    if run.needs_marks:
        found.append(Intent("mark", Words("calibration.mark"), "", {}, enabled=free))
    if run.face.optional and run.step in (Step.PLACE, Step.RECAPTURE):
        found.append(Intent("skip", Words("calibration.skip"), "", {}, enabled=free))
    if run.rows and not run.passed and run.step in (Step.MEASURE, Step.CORRECT):
        found.append(Intent("sign-as-is", Words("calibration.sign-as-is"), "", {}, enabled=free))
    found.append(Intent("stop", Words("calibration.stop"), "Esc", {}))
    return tuple(found)
