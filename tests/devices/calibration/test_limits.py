"""Every limit from both sides, and the limits' own file."""

from __future__ import annotations

import math
from importlib.resources import files

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.calibration.limits import Limit, limit_table, limit_tables, parse_limits
from devices.calibration.model import Reading, Verdict, all_passed, judge, judge_one
from devices.calibration.plan import PLAN_NAMES, plan_for, plan_named
from devices.contract import DeviceKind
from devices.errors import ProfileError
from station.words import catalogue

LIMITS = [(table.id, limit) for table in limit_tables().values() for limit in table.limits]


@pytest.mark.parametrize(("table", "limit"), LIMITS, ids=lambda v: v if isinstance(v, str) else f"{v.test}@{v.at}")
def test_each_border_passes_on_one_side_and_fails_on_the_other(table: str, limit: Limit) -> None:
    def verdict(*values: float) -> Verdict:
        return judge_one(limit, Reading(limit.test, values, limit.unit, limit.at)).verdict

    inner = {limit.low: 1, limit.high: -1}
    for border, inwards in inner.items():
        if border is None:
            continue
        step = 1e-6 * inwards
        inside = border + step if limit.low != limit.high else border
        assert verdict(border) is (Verdict.FAIL if limit.open else Verdict.PASS)
        assert verdict(inside, inside, inside) is Verdict.PASS
        assert verdict(border - step) is Verdict.FAIL
        assert verdict(inside, border - step, inside) is Verdict.FAIL  # the worst capture counts


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.floats(400, 600), min_size=3, max_size=6))
def test_margin_and_verdict_agree(values: list[float]) -> None:
    row = judge_one(limit_table("ebts-f-500").limits[0], Reading("ppi-x", tuple(values), "ppi"))
    assert row.margin is not None
    assert (row.margin >= 0) == (row.verdict is Verdict.PASS) == all(495 <= v <= 505 for v in values)
    assert row.value in values
    assert row.spread == max(values) - min(values)


def test_what_was_not_measured_does_not_pass() -> None:
    table = limit_table("piv-071006")
    rows = judge(table, [])
    assert {r.verdict for r in rows} == {Verdict.NOT_MEASURED}
    assert not all_passed(rows)
    assert not all_passed(())
    assert all(r.passed for r in rows if not r.required)
    assert judge_one(table.limits[0], Reading("ppi-x", (500.0, math.nan))).verdict is Verdict.NOT_MEASURED
    told = judge(table, [Reading("sfr-centre", (0.5, 0.4, 0.6), at=0.1)])[-1]
    assert (told.verdict, told.value, told.passed) == (Verdict.TOLD, 0.5, True)


def test_the_tables_say_where_they_come_from_and_that_nobody_compared_them() -> None:
    tables = limit_tables()
    assert set(tables) == {"ebts-f-500", "ebts-f-1000", "piv-071006", "module-known-answer", "camera-site"}
    for table in tables.values():
        for limit in table.limits:
            assert limit.source
            assert limit.verified == (limit.source == "site policy")
            assert f"calibration.test.{limit.test}" in catalogue()
    assert {t.validity_months for t in tables.values() if t.kind == "scanner"} == {12}
    assert tables["camera-site"].validity_months == 6
    floor = {limit.at: limit.low for limit in tables["ebts-f-500"].limits if limit.test == "ctf-x"}
    for f, low in floor.items():  # the recalled polynomial and the typed table agree
        assert f is not None
        assert low == pytest.approx(3.04105e-4 * f**2 - 7.99095e-2 * f + 1.02774, abs=6e-4)


def test_a_damaged_file_of_limits_is_refused_whole() -> None:
    good = files("devices").joinpath("calibration", "data", "limits.toml").read_bytes()
    for old, new in ((b'test = "ppi-x", unit = "ppi", low = 495, high = 505', b'test = "ppi-x", unit = "ppi", low = 505, high = 495'),
                     (b'test = "linearity", unit = "grey", high = 7.65', b'test = "linearity", unit = "grey"'),
                     (b'test = "ppi-y"', b'test = "ppi-x"'), (b"validity_months = 12", b"validity_months = 120"), (b"high = 7.65", b'high = "7.65"'),
                     (b"high = 7.65", b"high = nan"), (b"low = [0.948, ", b"low = ["), (b"valid_from = 2020-01-01", b'valid_from = "2020"'),
                     (b'unit = "grey", high = 7.65', b'unit = "grey", height = 7.65'), (b"[[table]]", b"[[tables]]"), (b"= 505", b"=")):  # fmt: skip
        assert old in good
        with pytest.raises(ProfileError):
            parse_limits(good.replace(old, new, 1) if old != b"[[table]]" else good.replace(old, new))
    with pytest.raises(ProfileError):
        parse_limits(good.replace(b"high = 7.65", b"high = " + b"9" * 400))
    with pytest.raises(ProfileError):
        parse_limits(b"\xff" + good)
    with pytest.raises(ProfileError):
        parse_limits(good + b"#" * 200_000)


def test_plans_fit_devices() -> None:
    for name in PLAN_NAMES:
        plan = plan_named(name)
        assert plan.limits.kind == plan.kind
        assert all(f.captures >= 3 for f in plan.faces)
        assert {f"calibration.{what}.{f.id}" for f in plan.faces for what in ("face", "place")} <= set(catalogue())
    assert plan_for(DeviceKind.SCANNER, 1000).limits.id == "ebts-f-1000"
    assert plan_for(DeviceKind.SCANNER, 500, slaps=False).id == "single"
    assert plan_for(DeviceKind.CAMERA).id == "camera"
    assert [f.captures for f in plan_named("camera", captures=5).faces] == [5, 5, 5, 12]
    for wrong in (lambda: plan_named("nothing"), lambda: plan_named("camera", limits="ebts-f-500"), lambda: plan_named("camera", captures=2),
                  lambda: plan_for(DeviceKind.CARD_READER), lambda: limit_table("nobody")):  # fmt: skip
        with pytest.raises(ProfileError):
            wrong()
