"""S9 speaks the applicant's language, whatever the officer's window is in; the review shows what differs and leads to what is wrong."""

from __future__ import annotations

import re

from station.settings import BY_NAME
from tests.station.test_languages import pseudo
from tests.ui.conftest import Day
from ui.qt import QLabel, QPushButton, QWidget
from ui.screens.review import ReviewScreen


def words(widget: QWidget) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def plain(text: str) -> str:
    return re.sub(r"<[^>]+>", "", text).strip()


def test_the_applicant_reads_the_language_of_the_setting(day: Day) -> None:
    dossier = day.scenes.reviewing
    counter = day.clerk.counter
    day.shell.jobs.submit(lambda: counter.queue.resume(dossier))
    day.settled()
    day.shell.set_language("en")
    day.settled()
    day.shell.second.open()
    day.go("review", dossier)
    window, page = day.shell.second.window, day.shell.page
    assert window is not None
    assert isinstance(page, ReviewScreen)
    said = words(window)
    assert "xem lại thông tin" in said
    assert "Cán bộ đang sửa: Điện thoại" in said
    assert "Cũ" in said
    assert "<s>" in said
    assert "Cán bộ đang sửa" in page._prompt.text(), "the mirror says what the applicant reads"
    assert page.offers()[-1].text == "Correct phone", "the officer's own window is English"

    assert BY_NAME["applicant.language"].default == "vi"
    day.station.settings = day.station.settings.replaced("applicant.language", "en")
    day.go("review", dossier)
    said = words(window)
    assert "Please check your data" in said
    assert "The officer is correcting: Phone" in said
    assert "correcting" in page._prompt.text()
    assert "Cán bộ" not in said
    assert day.shell.second.window is window, "no second window is opened for it"

    languages = day.station.folder / "languages"
    languages.mkdir()
    (languages / "tyz.toml").write_bytes(pseudo())
    day.go("settings")  # a file that was dropped in while the station runs counts from here on
    assert any(r.names == {"tyz": "Thử"} for _, rows in day.shell.page.view.groups for r in rows)
    day.station.settings = day.station.settings.replaced("applicant.language", "tyz")
    day.go("review", dossier)
    shown = [x.text() for x in (*window.findChildren(QLabel), *window.findChildren(QPushButton)) if x.isVisible()]
    assert "⟦" in " ".join(shown)
    values = {line.value for line in window._lines} | {line.old for line in window._lines}
    strange = [t for t in map(plain, shown) if t and "⟦" not in t and not any(v and v in t for v in values) and t not in {"A+"}]
    assert strange == [], "everything but the person's own data is said in the applicant's language"
