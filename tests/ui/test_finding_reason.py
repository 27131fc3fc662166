"""S10 by keys alone: a doubtful finger passes only with a reason, signed by the supervisor."""

from __future__ import annotations

from station.dossier.findings import FINDING, FindingEvidence, FingerFinding, PrintName, to_body
from station.dossier.kinds import Kind
from tests.ui.conftest import Day
from ui.screens.supervisor import SupervisorScreen
from ui.widgets.entry import PinPanel


def test_a_doubtful_finger_is_not_approved_without_a_reason(day: Day) -> None:
    dossier, book = day.scenes.reviewing, day.station.book
    step = book.state(dossier).captures["rolled-right-index"]
    assert step.accepted is not None
    mine = PrintName("rolled-right-index", str(step.accepted.event), 2)
    finding = FingerFinding("operator-finger", (2,), (FindingEvidence(mine, PrintName("", "demo", 2), 9.0, 1e-9),), -9.0, "demo")

    def found() -> None:
        book.write(Kind.FINGERS_CHECKED, to_body((finding,), captures=(mine.capture,), prints=1, known=1), dossier)
        book.ask(dossier, FINDING, finding.key, "E27", deferred=True)

    day.shell.jobs.submit(found)
    day.settled()
    day.go("supervisor")
    page = day.shell.page
    assert isinstance(page, SupervisorScreen)
    assert page.view is not None
    assert page.view.rows[0].dossier == dossier, "the gravest stands first"
    day.key("F8")
    panel = next(p for p in page.findChildren(PinPanel) if p.isVisible())
    panel.secret.edit.setText(day.pin("truong-ca"))
    day.key("F12")
    day.clerk.until(lambda: bool(page.who))
    day.key("F12")
    assert page.reason.isVisible()
    day.key("F12")
    assert book.state(dossier).open_findings, "no reason, no decision"
    day.type("so với hồ sơ cũ, đúng người")
    day.key("F12")
    day.clerk.until(lambda: not book.state(dossier).open_findings)
    decided = [e for e in day.station.journal.events(dossier) if e.kind == Kind.DECIDED][-1]
    assert decided.body["reason"] == "so với hồ sơ cũ, đúng người"
    assert decided.body["signature"]
    assert not page.reason.isVisible()
