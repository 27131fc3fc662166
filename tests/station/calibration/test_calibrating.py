"""The wizard without a window: its roads, its refusals, and what the screen shows at each step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.calibration.model import Verdict
from devices.calibration.plan import Face, Plan, plan_named
from devices.contract import DeviceIdentity, DeviceInfo, Source
from devices.errors import DeviceError
from devices.simulated.camera import SimulatedCamera
from devices.simulated.camera_targets import CameraOptics
from devices.simulated.scanner import SimulatedScanner
from devices.simulated.targets import FLAWS, ScannerOptics
from station.calibrating import STRIP, Calibration, Conditions, Finished, Step
from station.clock import ManualClock
from station.errors import InputError, ProcedureError, StationError
from station.views.base import Tone
from station.views.calibration import CalibrationView, calibration_view, limit_text
from station.words import Language, catalogue
from tests.station.views.test_views import speaks

SMALL_PLAN = replace(plan_named("single"), faces=(Face("pattern"), Face("light"), Face("dark")))
"""Without fingers, which cost seconds to draw; the rows of the grey range then stay unmeasured."""


def without_fingers(plan: Plan) -> Plan:
    limits = tuple(x for x in plan.limits.limits if not x.test.startswith("range"))
    return replace(plan, faces=tuple(f for f in plan.faces if f.id != "fingers"), limits=replace(plan.limits, limits=limits))


def scanner(flaw: str = "none", **optics: object) -> SimulatedScanner:
    return SimulatedScanner(pacer=ManualClock(), optics=ScannerOptics(**{**FLAWS[flaw], **optics}))


PLAIN = Conditions()


def begin(device: SimulatedScanner | SimulatedCamera, plan: Plan, conditions: Conditions = PLAIN,
          clock: ManualClock | None = None) -> tuple[Calibration, list[Finished]]:  # fmt: skip
    issued: list[Finished] = []

    def issue(done: Finished) -> str:
        issued.append(done)
        return "ab" * 32

    return Calibration(device, plan, clock or ManualClock(), issue, conditions), issued


def drive(run: Calibration, until: Sequence[Step] = (Step.DONE,)) -> list[tuple[Step, CalibrationView]]:
    """Press F12 until one of `until`; return each step with its screen before the press."""
    seen = []
    while run.step not in until:
        view = calibration_view(run, previous="cd" * 32, signer="KTV")
        speaks(view)
        seen.append((run.step, view))
        if run.needs_marks:
            run.mark(run._device.target_corners(run.face.id))  # type: ignore[attr-defined]
        run.advance()
        assert len(seen) < 60
    speaks(calibration_view(run))
    return seen


def test_a_good_scanner_goes_straight_to_its_signature() -> None:
    run, issued = begin(scanner(), without_fingers(plan_named("single")), Conditions("T-12", "2027-01-31", "25,4", "phòng 2"))
    seen = drive(run)
    steps = [s for s, _ in seen]
    assert steps == [Step.IDENTIFY, Step.CLEAN, *[Step.PLACE, Step.CAPTURE] * 3, Step.MEASURE, Step.MEASURE, Step.SIGN]
    (done,) = issued
    assert (len(done.captures), {c.corrected for c in done.captures}, done.corrections.names, done.rows_before) == (
        9,
        {False},
        (),
        (),
    )
    assert all(r.verdict in (Verdict.PASS, Verdict.TOLD) or not r.required for r in done.rows)
    assert not run._device.is_open
    last = calibration_view(run)
    assert (last.primary, last.certificate_tone, last.banner_tone) == (None, Tone.GOOD, Tone.GOOD)
    marks = {v.strip[n].tone for _, v in seen for n in (5, 6)}
    assert marks == {Tone.IDLE}  # nothing was corrected: the two circles stay empty
    with pytest.raises(ProcedureError):
        run.advance()


def test_a_wrong_scale_is_corrected_and_proven_by_new_captures() -> None:
    run, issued = begin(scanner(ppi_y=488.0), without_fingers(plan_named("single")))
    seen = drive(run, (Step.CORRECT,))
    view = calibration_view(run)
    assert view.banner.code == "calibration.banner.correctable"
    assert "hiệu chỉnh tỉ lệ" in view.banner.say()
    assert {i.id for i in view.others} >= {"again", "sign-as-is", "stop", "save"}
    failed = {r.words.code: r for r in view.rows if r.tone is Tone.BLOCKED}
    row = failed["calibration.test.ppi-y"]
    assert row.position is not None
    assert not row.band[0] <= row.position <= row.band[1]
    seen += drive(run)
    assert [s for s, _ in seen[-7:]] == [
        Step.CORRECT,
        Step.RECAPTURE,
        Step.RECAPTURE,
        Step.RECAPTURE,
        Step.MEASURE,
        Step.MEASURE,
        Step.SIGN,
    ]
    (done,) = issued
    assert done.corrections.names == ("scale",)
    assert done.corrections.scale_y == pytest.approx(500 / 488, abs=5e-4)
    assert {c.corrected for c in done.captures} == {False, True}
    assert len({c.sha256 for c in done.captures}) == 18  # the proof is new pictures
    before = {(r.test, r.at): r for r in done.rows_before}
    after = {(r.test, r.at): r for r in done.rows}
    assert before["across-long-y", None].value > after["across-long-y", None].value  # type: ignore[operator]
    assert after["ppi-y", None].value == pytest.approx(500, rel=0.002)
    assert run.passed


def test_what_cannot_be_corrected_ends_as_not_passed() -> None:
    run, issued = begin(scanner("blur"), without_fingers(plan_named("single")))
    drive(run)
    assert not run.passed
    assert issued[0].corrections.names == ()
    view = calibration_view(run)
    assert (view.certificate_tone, view.banner.code) == (Tone.BLOCKED, "calibration.banner.done-failed")


def test_corrections_are_tried_once() -> None:
    """Two faults, one of which no correction mends: the second round fails, and no third begins."""
    run, issued = begin(scanner(ppi_y=488.0, sigma_mm=0.06), without_fingers(plan_named("single")))
    seen = drive(run)
    assert sum(s is Step.CORRECT for s, _ in seen) == 1
    assert not run.passed
    assert issued[0].rows_before


def test_a_required_row_without_a_reading_does_not_pass() -> None:
    run, _ = begin(scanner(), SMALL_PLAN)
    drive(run)
    assert not run.passed
    missing = [r for r in run.rows if r.verdict is Verdict.NOT_MEASURED and r.required]
    assert [r.test for r in missing] == ["range-wide"]


def test_a_camera_needs_its_corners_marked() -> None:
    plan = replace(
        plan_named("camera"), faces=tuple(replace(f, captures=3) for f in plan_named("camera").faces if f.id != "board")
    )
    run, issued = begin(SimulatedCamera(pacer=ManualClock(), optics=CameraOptics()), plan)
    while not run.needs_marks:
        run.advance()
    view = calibration_view(run)
    speaks(view)
    assert view.target.mark
    assert view.primary is not None
    assert not view.primary.enabled
    assert view.target.size == (1280, 720)
    step = run.step
    run.advance()
    assert run.step is step  # without the marks it does not go on
    for wrong in (((0, 0), (10, 0), (10, 10), (0, 10)), ((100, 100), (100, 500), (900, 500), (900, 100)), ((0, 0), (2000, 0), (2000, 600), (0, 600)),
                  ((100, 100), (900, 500), (900, 100), (100, 500))):  # fmt: skip
        with pytest.raises(InputError):
            run.mark(wrong)
    run.mark(SimulatedCamera().target_corners("colour"))
    drive(run)
    values = {r.test: r.value for r in issued[0].rows}
    assert values["colour-mean"] < 1  # type: ignore[operator]
    assert not run.passed  # the board was not shown: required rows are missing


class Told(SimulatedScanner):
    """A simulated scanner that tells of itself what a test wants."""

    def __init__(self, **changes: object) -> None:
        super().__init__(pacer=ManualClock())
        self.changes = changes
        self.source = Source.SIMULATED
        self.fault = ""

    def identity(self) -> DeviceIdentity:
        return replace(super().identity(), **self.changes)

    def _describe(self) -> DeviceInfo:
        return replace(super()._describe(), identity=self.identity(), source=self.source, error_code=self.fault)


@pytest.mark.parametrize(("changes", "source", "code"), [({"serial": ""}, Source.DEVICE, "calibration-no-identity"),
                                                         ({"firmware": ""}, Source.DEVICE, "calibration-no-identity"), ({}, Source.FILE, "calibration-file")])  # fmt: skip
def test_who_gets_no_certificate(changes: dict, source: Source, code: str) -> None:
    device = Told(**changes)
    device.source = source
    run, _ = begin(device, SMALL_PLAN)
    with pytest.raises(DeviceError):
        run.advance()
    assert run.problem is not None
    assert (run.step, run.problem[0]) == (Step.IDENTIFY, code)
    view = calibration_view(run)
    assert view.strip[0].tone is Tone.BLOCKED
    speaks(view)
    run.stop()


def test_another_device_or_firmware_in_the_middle_ends_it() -> None:
    device = Told()
    run, issued = begin(device, without_fingers(plan_named("single")))
    drive(run, (Step.SIGN,))
    device.changes = {"firmware": "2"}
    with pytest.raises(DeviceError) as caught:
        run.advance()
    assert caught.value.reason_code == "calibration-device-changed"
    assert issued == []
    run.stop()


def test_an_expired_target_counts_for_nothing() -> None:
    clock = ManualClock()
    run, _ = begin(scanner(), SMALL_PLAN, Conditions(target_expires="2026-11-21"), clock)
    with pytest.raises(InputError) as caught:
        run.advance()
    assert caught.value.reason_code == "calibration-target-expired"
    run.stop()
    run, _ = begin(scanner(), SMALL_PLAN, Conditions(target_expires="2026-11-22"), clock)
    run.advance()
    assert run.step is Step.CLEAN
    run.stop()


def test_a_crooked_target_is_told_at_its_first_capture_and_can_be_laid_again() -> None:
    device = scanner("upside-down")
    run, _ = begin(device, without_fingers(plan_named("tenprint")))
    drive(run, (Step.CAPTURE,))
    with pytest.raises(DeviceError) as caught:
        run.advance()
    assert caught.value.reason_code == "calibration-target-not-found"
    assert (run.step, run.taken) == (Step.CAPTURE, 0)
    speaks(calibration_view(run))
    device._optics = ScannerOptics()
    run.advance()
    assert (run.step, run.face.id, run.problem) == (Step.PLACE, "light", None)
    run.stop()


def test_an_unplugged_device_keeps_the_step() -> None:
    device = scanner()
    run, _ = begin(device, SMALL_PLAN)
    drive(run, (Step.CAPTURE,))
    device.unplug()
    with pytest.raises(DeviceError):
        run.advance()
    assert (run.step, run.busy) == (Step.CAPTURE, False)
    run.stop()
    run.stop()
    assert run.step is Step.STOPPED
    assert calibration_view(run).primary is None


def test_capture_again_begins_the_round_anew() -> None:
    run, issued = begin(scanner(ppi_y=488.0), without_fingers(plan_named("single")))
    drive(run, (Step.MEASURE,))
    run.capture_again()
    assert (run.step, run.face.id, run.taken) == (Step.PLACE, "pattern", 0)
    drive(run, (Step.CORRECT,))
    run.advance()
    run.advance()
    run.capture_again()
    assert (run.step, run.face.id, run.corrections.names) == (Step.RECAPTURE, "pattern", ("scale",))
    drive(run)
    assert run.passed
    assert len(issued[0].captures) == 18


def test_optional_faces_may_be_left_out_and_others_not() -> None:
    run, _ = begin(scanner(), plan_named("module"))
    drive(run, (Step.PLACE,))
    with pytest.raises(ProcedureError):
        run.skip()
    run.advance()
    run.advance()
    assert run.face.id == "dark"
    assert "skip" in {i.id for i in calibration_view(run).others}
    run.skip()
    assert run.face.id == "fingers"
    run.skip()
    drive(run)
    assert run.passed
    assert "range-wide" in {r.test for r in run.rows if r.verdict is Verdict.NOT_MEASURED}


def test_a_device_that_hangs_on_one_picture_proves_nothing() -> None:
    device = scanner()
    same = device._target_picture(("scanner-20", "pattern", 0))
    device._target_picture = lambda laid: same  # type: ignore[method-assign]
    run, _ = begin(device, SMALL_PLAN)
    drive(run, (Step.CAPTURE,))
    with pytest.raises(DeviceError) as caught:
        run.advance()
    assert (caught.value.reason_code, run.taken) == ("calibration-same-picture", 1)
    run.stop()


def test_sixteen_bit_pictures_are_refused() -> None:
    device = scanner()
    take = device._target_picture
    device._target_picture = lambda laid: take(laid).astype(np.uint16)  # type: ignore[assignment,method-assign]
    run, _ = begin(device, SMALL_PLAN)
    drive(run, (Step.CAPTURE,))
    with pytest.raises(DeviceError) as caught:
        run.advance()
    assert caught.value.reason_code == "calibration-bits"
    run.stop()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.sampled_from(["advance", "advance", "advance", "capture_again", "skip", "sign_as_it_is", "stop"]), max_size=14)
)
def test_any_order_of_keys_keeps_the_rules(keys: list[str]) -> None:
    """Whatever is pressed when: expected errors only, never a signature without measured rows of this round's captures."""
    run, issued = begin(scanner(), replace(plan_named("module"), faces=(Face("light"), Face("dark", optional=True))))
    for key in keys:
        try:
            getattr(run, key)()
        except (StationError, DeviceError):
            pass
        speaks(calibration_view(run))
        assert run.step in (*STRIP, Step.DONE, Step.STOPPED)
        if run.step is Step.SIGN:
            assert run.rows
    run.stop()
    for done in issued:
        assert done.rows
        assert len(done.captures) >= 3


def test_every_code_of_the_wizard_has_words_and_limits_read_well() -> None:
    rows = {r.test: r for r in _some_rows()}
    assert limit_text(rows["ppi-x"]) == "495–505"
    assert limit_text(rows["linearity"]) == "≤ 7,65"
    assert limit_text(rows["linearity"], Language.EN) == "≤ 7.65"
    assert limit_text(rows["snr"]) == "≥ 125"
    assert limit_text(rows["dead-pixels"]) == "≤ 0"
    assert limit_text(rows["ctf-x"]) == "≥ 0,948"
    known = catalogue()
    for step in STRIP:
        assert f"calibration.step.{step.value}" in known
    for verdict in Verdict:
        assert f"calibration.verdict.{verdict.value}" in known
    names = ("scale", "dead-pixels", "flat-field")
    some = ["+".join(n for i, n in enumerate(names) if mask >> i & 1) for mask in range(1, 8)]
    assert {f"calibration.correction.{s}" for s in some} <= set(known)
    assert {
        f"calibration.unit.{r.unit}"
        for plan in ("tenprint", "camera", "module")
        for r in _rows_of(plan)
        if r.unit not in ("", "share", "X")
    } <= set(known)


def _some_rows() -> list:
    from devices.calibration.model import judge

    return list(judge(plan_named("tenprint").limits, []))[::-1]


def _rows_of(plan: str) -> list:
    from devices.calibration.model import judge

    return list(judge(plan_named(plan).limits, []))


def test_every_code_that_the_sources_raise_has_words() -> None:
    import re
    from pathlib import Path

    import devices.calibration
    import station.calibrating

    room = Path(station.calibrating.__file__).parent
    files = [*Path(devices.calibration.__file__).parent.glob("*.py"), room / "calibrating.py", room / "device_certificates.py", room / "calibration_papers.py",
             room / "commands" / "devices_calibrate.py", room / "capture" / "admission.py"]  # fmt: skip
    pattern = re.compile(
        r'code(?:: str)? ?= ?"([a-z0-9.-]+)"|Check\("([a-z-]+)"|say\(f?"((?:certificate|calibration)\.[a-z.-]+)"|return \(?"(certificate-[a-z-]+)"'
    )
    codes = {next(filter(None, found)) for file in files for found in pattern.findall(file.read_text("utf-8"))}
    assert len(codes) > 25
    assert codes - set(catalogue()) == set()
