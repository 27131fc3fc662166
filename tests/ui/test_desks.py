"""Whole ways of the other desks in the real window, by keys only: home visit, refused package, calibration, card, supervisor."""

from __future__ import annotations

from station.device_certificates import Check
from station.dossier.home import HomeVisit
from station.dossier.parts import CardWord, DefectState, PackageWord
from station.queue.model import State
from tests.ui.conftest import Day


def test_a_refused_package_is_mended_without_recapture_and_acknowledged(day: Day) -> None:
    dossier = day.scenes.refused
    before = {s: c.accepted.event for s, c in day.station.book.state(dossier).captures.items() if c.accepted}
    day.go("defects")
    page = day.shell.page
    assert page.case.row.dossier == dossier or day.shell.go("defects", dossier) is None
    day.settled()
    assert page.case.row.field.code == "field.hometown"
    day.key("F12")  # nothing typed yet: the field says so, nothing is written
    assert day.station.book.state(dossier).open_defects[0].state is DefectState.ASSIGNED
    page.value.edit.setFocus()
    day.type("Xã Mẫu Thượng, Tỉnh Ví Dụ")
    day.key("F12")  # a wrong value needs its paper
    assert day.shell.trouble.isVisible()
    day.key("F6")
    page.value.edit.setFocus()
    day.key("F12")
    assert page.case.state is DefectState.CORRECTED
    assert [(a.text, a.enabled) for a in page.offers() if a.primary] == [(page.texts("ui.action.approve-here"), True)]
    day.key("F8")
    day.clerk.until(page.pin.isVisible)
    day.type("000000")
    day.key("F12")
    day.clerk.until(page.pin.secret.edit.accessibleDescription)
    assert page.case.state is DefectState.CORRECTED  # a wrong PIN approves nothing
    day.type(day.pin("truong-ca"))
    day.key("F12")
    day.clerk.until(lambda: page.case.state is DefectState.APPROVED)
    day.clerk.shoot("s12-approved")
    assert day.clerk.demo.connected.wait(60)
    day.key("F12")
    assert day.shell.trouble.text() == page.texts("ui.defects.sent")  # said, although the list goes on to the next defect

    def acknowledged() -> bool:
        day.station.tell_journal()
        return day.station.book.state(dossier).package_word is PackageWord.ACKNOWLEDGED

    day.clerk.until(acknowledged)
    state = day.station.book.state(dossier)
    assert state.value("hometown") == "Xã Mẫu Thượng, Tỉnh Ví Dụ"
    assert {s: c.accepted.event for s, c in state.captures.items() if c.accepted} == before  # the same biometrics
    assert not state.open_defects
    defect = next(d for d in state.defects if d.field == "hometown")
    assert (defect.corrected_by, defect.approved_by) == ("demo", "truong-ca")
    assert day.station.queue.counts()[State.REFUSED] == 1  # the refused package stays what it was; its revision is acknowledged


def test_a_card_is_found_by_scan_compared_and_handed_over(day: Day) -> None:
    dossier = day.scenes.acknowledged
    day.go("hand-over")
    page = day.shell.page
    assert day.shell.focusWidget() is page.scan.edit
    day.type("099000002")  # announced, not scanned in yet: the scan takes it in
    day.enter()
    assert day.station.book.state(day.scenes.refused).card is CardWord.HERE
    day.key("F2")
    day.type("099000001")
    day.enter()
    day.clerk.until(lambda: page.who is not None and page.who.dossier == dossier)
    day.key("F12")
    assert page.face.isChecked()
    day.key("F12")
    day.clerk.until(lambda: page.answer is not None)
    assert page.answer.same, (page.answer.score, page.answer.line)
    day.clerk.shoot("s13-compared")
    day.settled()
    assert page.who.old_card_due, "the old card is not asked for"
    assert page.checks.old_card.isVisible()
    assert not any(a.name == "handed" for a in page.offers()), "the new card goes before the old one was cut"
    day.key("F12")
    assert page.checks.old_card.isChecked()
    day.key("F12")
    day.clerk.until(lambda: day.station.book.state(dossier).card is CardWord.HANDED)
    assert day.station.book.state(dossier).old_card_state == "cut"
    day.settled()
    note = day.station.book.state(dossier).card_note
    assert note["finger_score"] > page.answer.line - 1e-6
    assert note["chip"] == "not-read"  # what was not compared is said so
    assert note["signature"]
    day.key("F2")
    day.type("088123456")
    day.enter()
    assert day.station.book.state(dossier).card is CardWord.HANDED
    day.clerk.until(lambda: page.banner.text() == page.texts("ui.hand.unknown"))
    day.clerk.until(
        lambda: "088123456" in page._boxes.text()
    )  # the card that belongs elsewhere stands on the list of what differs
    assert "route-note" in {a.name for a in page.offers()}
    day.key("F8")
    said = {page.texts(f"ui.hand.note-{w}", count=1) for w in ("printed", "kept")}
    day.clerk.until(lambda: page.banner.text() in said)


def test_another_persons_finger_keeps_the_card_here(day: Day) -> None:
    day.clerk.demo.counter.seed_of = lambda number: 4711
    day.go("hand-over", day.scenes.acknowledged)
    page = day.shell.page
    day.key("F12")
    day.key("F12")
    day.clerk.until(lambda: page.answer is not None)
    assert not page.answer.same
    assert not page.offers()[-1].enabled
    day.key("F12")
    assert day.station.book.state(day.scenes.acknowledged).card is CardWord.HERE
    day.key("F6")
    day.key("1")
    day.key("F12")  # where, how often called, when again: nothing of it is known
    day.clerk.until(lambda: day.station.book.state(day.scenes.acknowledged).card is CardWord.UNDELIVERED)


def test_a_home_visit_in_any_order_with_a_rest_an_exception_and_a_resume(day: Day) -> None:
    day.go("home-visit")
    page = day.shell.page
    assert day.shell.large
    day.key("F12")
    day.clerk.until(lambda: page.dossier != "")
    dossier = page.dossier
    day.settled()
    assert page.step == "flat-right-four"
    day.shell.focusWidget()
    assert day.shell.focusWidget() is page.strip
    for _ in range(2):
        _arrow_right(day)
    assert page.step == "portrait"  # at home any order is allowed
    day.clerk.key("F12")
    day.clerk.until(lambda: page.capture.confirming is not None and page.capture.ticks.boxes)
    day.key("F12")  # the officer looked: nothing is accepted without
    day.clerk.until(lambda: day.station.book.state(dossier).captures["portrait"].accepted is not None)
    day.settled()
    day.key("F9")  # a rest, its time runs
    day.settled()
    day.key("F9")  # on to another home
    day.clerk.until(lambda: page.dossier == "")
    assert day.station.book.state(dossier).lifecycle.value == "paused"
    page.rows.setCurrentRow(next(i for i, r in enumerate(page.view.home.rows) if r.dossier == dossier))
    day.key("F12")
    day.clerk.until(lambda: page.dossier == dossier)  # the same dossier, exactly there
    day.settled()
    page.strip.setFocus()
    day.key("F7")
    day.clerk.until(page.exceptions.isVisible)
    day.key("2")
    day.clerk.sign_exception()
    day.clerk.until(lambda: 2 in map(int, day.station.book.state(dossier).exceptions))
    day.settled()
    assert page.step == "flat-right-four"  # the rolled index needs nothing more
    day.clerk.shoot("s17-exception")
    day.clerk.key("F12")
    day.clerk.until(lambda: page.capture.running is None and not day.shell.jobs.pending)
    if page.capture.decide is not None:
        day.key("F12")
    day.clerk.until(lambda: day.station.book.state(dossier).captures_complete)
    events = [e.body["what"] for e in day.station.journal.events(dossier) if e.kind == "visit.noted"]
    assert events == ["arrived", "rested", "left", "arrived"]
    assert HomeVisit(day.station.book).minutes_with(dossier) >= 0
    assert day.station.book.state(dossier).visit == "home"


def _arrow_right(day: Day) -> None:
    from ui.qt import QApplication, QEvent, QKeyEvent, Qt

    target = day.shell.focusWidget()
    QApplication.sendEvent(target, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier))
    day.settled()


def test_calibration_from_identity_to_a_signed_certificate(day: Day) -> None:
    day.station.settings = day.station.settings.replaced("devices.scanner", "simulated-scanner flaw=ppi-y")
    day.go("devices")
    day.key("F12")
    day.clerk.until(lambda: day.clerk.page == "CalibrationScreen" and day.shell.page.view is not None)
    page, desk = day.shell.page, day.shell.page.desk
    seen = []
    for _ in range(40):
        code = page.view.primary.words.code if page.view.primary is not None else ""
        seen.append(code)
        if not code:
            break
        if code == "calibration.next.sign":
            day.key("F8")
            day.clerk.until(page.pin.isVisible)
            day.type(day.pin("ky-thuat"))
            day.key("F12")
        day.clerk.key("F12")
        day.clerk.until(lambda: not page.working and not day.shell.jobs.pending)
    assert "calibration.next.to-correct" in seen  # 493.6 ppi is not 500: corrected, then proven by a new capture
    assert page.view.certificate_state.code == "calibration.certificate-passed"
    day.clerk.shoot("s16-certificate")
    from station.desks.devices import certificate_book

    book = certificate_book(day.station)
    identity = desk.run.info.identity
    newest = book.newest(identity)
    check: Check = book.check(identity)
    assert newest.signed
    assert newest.body.technician == "ky-thuat"
    assert newest.body.passed
    assert check.verified
    day.key("F12")
    assert day.clerk.page == "DevicesScreen"


def test_a_supervisor_signs_in_place_and_the_clerk_cannot(day: Day) -> None:
    day.go("supervisor")
    page = day.shell.page
    waiting = len(page.view.rows)
    assert waiting >= 2
    day.key("F12")  # nobody may decide yet
    assert len(page.view.rows) == waiting
    day.key("F8")
    day.clerk.until(page.pin.isVisible)
    day.type(day.pin("truong-ca"))
    day.key("F12")
    day.clerk.until(lambda: page.who == "Lý Hoàng Yến")
    day.settled()
    day.key("F4")
    day.key("F12")  # a return needs words
    assert len(page.view.rows) == waiting
    page.reason.edit.setFocus()
    day.type("Chụp lại ngón trỏ")
    day.key("F12")
    day.clerk.until(lambda: len(page.view.rows) == waiting - 1)
    day.settled()
    day.key("F12")
    day.clerk.until(lambda: len(page.view.rows) == waiting - 2)
    decided = [a for s in day.station.book.states() for a in s.approvals if a.decision]
    assert sorted((a.decision, a.decided_by) for a in decided) == [("approved", "truong-ca"), ("returned", "truong-ca")]
    day.go("home")
    day.go("supervisor")
    assert page.who == ""  # the second person's right ended with the page


def test_a_card_whose_person_has_no_single_print_goes_with_a_reason_and_the_signed_list(day: Day) -> None:
    dossier = day.scenes.exceptions
    day.go("hand-over", dossier)
    page = day.shell.page
    day.clerk.until(lambda: page.who is not None and page.who.dossier == dossier)
    assert page.who.print is None
    day.key("F12")  # the face and the number
    day.key("F12")  # no finger: why?
    day.key("9")  # no such reason
    assert page.uncompared == ""
    day.key("1")
    assert page.uncompared == "no-print"
    day.key("F12")
    day.clerk.until(lambda: page.paper is not None)
    day.clerk.shoot("s13-uncompared")
    if page.who.old_card_due:
        day.key("F12")  # the old card is cut first
    day.key("F12")
    day.clerk.until(lambda: day.station.book.state(dossier).card is CardWord.HANDED)
    note = day.station.book.state(dossier).card_note
    assert (note["uncompared"], note["finger_score"]) == ("no-print", None)
    assert note["signature"]


def test_who_was_not_reached_has_a_place_calls_and_a_next_try_by_keys(day: Day) -> None:
    dossier = day.scenes.exceptions
    day.go("hand-over", dossier)
    page = day.shell.page
    day.key("F6")
    day.key("1")
    form = page.errands.form
    assert form.isVisible()
    assert day.shell.focusWidget() is form.place.edit
    form.place.set_text("Nhà văn hoá thôn 3")
    day.enter()
    assert day.shell.focusWidget() is form.tries.edit
    form.tries.set_text("ba")
    day.key("F12")
    assert form.isVisible(), "a fault was written down"
    form.tries.set_text("3")
    form.next_try.set_text("2019")
    day.key("F12")
    assert form.isVisible()
    form.next_try.set_text("31/12/2099")
    day.key("F12")
    assert not form.isVisible()
    note = day.station.book.state(dossier).card_note
    assert (note["place"], note["phone_tries"], note["next_try"]) == ("Nhà văn hoá thôn 3", 3, "2099-12-31")
    day.key("F6")
    day.key("Esc")
    assert page.checks.isVisible()
