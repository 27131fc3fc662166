"""A scan on the wrong screen: it is said what was scanned and offered to go there; at F8 and wherever somebody signs, a badge names them."""

from __future__ import annotations

from station.dossier.numbers import CodeKind, make_code
from tests.ui.conftest import Day
from ui.widgets.entry import PinPanel


def badge_of(day: Day, operator: str) -> str:
    return make_code(CodeKind.BADGE, f"{sorted(day.station.operators.accounts()).index(operator):04d}")


def test_a_scan_that_the_screen_cannot_use_is_named_and_leads_there_on_demand(day: Day) -> None:
    shell, station = day.shell, day.station
    shell.set_language("vi")
    day.go("review", day.scenes.reviewing)
    other = station.book.state(day.scenes.returned)
    day.clerk.burst(other.number)
    day.clerk.until(lambda: bool(shell.messages.words))
    assert shell.messages.words == f"Đã quét mã hồ sơ số {other.number[-5:-1]}"
    assert shell.page.dossier == day.scenes.reviewing, "a scan alone opens nothing"
    action = shell.trouble.action
    assert action is not None
    assert (action.key, action.text) == ("F2", "Mở hồ sơ này")
    day.key("F2")
    day.clerk.until(lambda: shell.page.dossier == other.id)

    day.go("review", day.scenes.reviewing)
    cases = {
        make_code(CodeKind.DOSSIER, "0004212611290001"): ("000421", "E31"),
        badge_of(day, "truong-ca"): (station.operators.accounts()["truong-ca"].name, ""),
        make_code(CodeKind.TEST, "123456"): ("mã thử", ""),
        make_code(CodeKind.TICKET, "0187")[:-1] + "x": ("12", ""),
        station.book.state(day.scenes.reviewing).value("personal_no"): ("thẻ căn cước", ""),
    }
    for text, (said, small) in cases.items():
        shell.clear_trouble()
        shell.scanned(text)
        day.settled()
        assert said in shell.messages.words, text
        assert shell.trouble.code() == small
        assert shell.page_name == "review"
    assert shell.trouble.action is None, "the card of the dossier that is open leads nowhere"
    code = make_code(CodeKind.TICKET, "0187")
    shell.scanned(code[:-1] + str((int(code[-1]) + 1) % 10))
    day.settled()
    assert "sai chữ số" in shell.messages.words
    assert shell.trouble.action is not None
    assert shell.trouble.action.name == "devices"


def test_a_badge_names_who_decides_at_f8_and_the_page_behind_never_sees_the_scan(day: Day) -> None:
    shell = day.shell
    day.go("home")
    asked: list[str] = []
    shell.page.scanned = lambda text: asked.append(text) or True  # type: ignore[method-assign]
    shell.page.dossier = day.scenes.reviewing
    shell.call_supervisor("low-quality")
    panel = shell.supervisor
    assert panel.isVisible()
    shell.scanned(badge_of(day, "truong-ca"))
    day.settled()
    assert panel.who.text() == "truong-ca"
    assert panel.pin.hasFocus()
    shell.scanned("0991580042")
    day.settled()
    assert panel.who.text() == "truong-ca"
    assert "thẻ cán bộ" in panel._error.text()
    assert asked == []
    panel.shut()


def test_a_badge_names_who_signs_in_place(day: Day) -> None:
    shell = day.shell
    day.go("defects", day.scenes.refused)
    page = shell.page
    panel = page.findChild(PinPanel)
    assert panel is not None
    panel.show()
    panel.begin([("a", "A"), ("truong-ca", "Trưởng ca")], {})
    shell.scanned(badge_of(day, "truong-ca"))
    day.settled()
    assert panel.who == "truong-ca"
    assert shell.focusWidget() is panel.secret.edit, shell.focusWidget()
    shell.scanned(badge_of(day, sorted(day.station.operators.accounts())[0]))
    day.settled()
    assert panel.secret.edit.accessibleDescription() == shell.texts("scan.badge-no-right")
