"""The intake's small page in a real browser (Debian's chromium by chromedriver): look a receipt up, the backlog, the stations' health."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from station.intake.app import ADMIN_FILE
from tests.conftest import need_peer
from tests.station.intake.harness import RunningIntake, Station

pytestmark = pytest.mark.peer
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # W3C WebDriver's name of an element reference


class Browser:
    """A headless browser, spoken to by the W3C WebDriver protocol."""

    def __init__(self, profile: Path) -> None:
        self._driver = subprocess.Popen(
            ["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._driver.stdout is not None
        port = next(m[1] for line in self._driver.stdout if (m := re.search(r"successfully on port (\d+)", line)))
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False)
        options = {"args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                            "--disable-background-networking", f"--user-data-dir={profile}"]}  # fmt: skip
        wanted = {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL"},
        }
        self._session = self._call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        reply = self._client.request(method, path, json=body)
        assert reply.status_code == 200, reply.text[:300]
        return reply.json()["value"]

    def go(self, url: str) -> None:
        self._call("POST", f"/session/{self._session}/url", {"url": url})

    def run(self, script: str) -> Any:
        return self._call("POST", f"/session/{self._session}/execute/sync", {"script": script, "args": []})

    def _find(self, css: str) -> str:
        return str(self._call("POST", f"/session/{self._session}/element", {"using": "css selector", "value": css})[_ELEMENT])

    @contextmanager
    def leaving(self) -> Iterator[None]:
        """Around what sends a form or follows a link: the driver may return while the old page still answers, so its mark is
        waited for to be gone and the new page to be whole."""
        self.run("window.oldPage = true")
        yield
        arrived = {"script": "return !window.oldPage && document.readyState === 'complete'", "args": []}
        until = time.monotonic() + 60
        while time.monotonic() < until:  # each turn is a request of its own, answered by the browser: nothing spins
            # Between two pages there is none to run a script in, and the driver says so.
            reply = self._client.post(f"/session/{self._session}/execute/sync", json=arrived)
            if reply.status_code == 200 and reply.json()["value"]:
                return
        raise AssertionError("the next page never came")

    def type(self, css: str, text: str) -> None:
        self._call("POST", f"/session/{self._session}/element/{self._find(css)}/value", {"text": text})

    def click(self, css: str) -> None:
        self._call("POST", f"/session/{self._session}/element/{self._find(css)}/click", {})

    def text(self, css: str) -> str:
        return str(self._call("GET", f"/session/{self._session}/element/{self._find(css)}/text"))

    def complaints(self) -> list[str]:
        """What the browser's console says: a style that was refused, a resource from elsewhere, a script."""
        log = self._call("POST", f"/session/{self._session}/se/log", {"type": "browser"})
        return [e["message"] for e in log if "favicon" not in e["message"]]

    def close(self) -> None:
        self._call("DELETE", f"/session/{self._session}")
        self._client.close()
        self._driver.terminate()
        self._driver.wait(20)
        assert self._driver.stdout is not None
        self._driver.stdout.close()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    need_peer("chromium with chromedriver", all(map(shutil.which, ("chromium", "chromedriver"))))
    made = Browser(tmp_path_factory.mktemp("profile"))
    yield made
    made.close()


@pytest.fixture
def acknowledged(intake: RunningIntake, station: Station) -> str:
    """A package that arrived; its receipt number."""
    station.queue.put(station.seal(1))
    station.uploader(intake.url).drain()
    (entry,) = station.queue.entries()
    return entry.receipt_number


def test_a_clerk_looks_a_receipt_up(browser: Browser, intake: RunningIntake, station: Station, acknowledged: str) -> None:
    browser.go(intake.url)
    assert browser.run("return document.documentElement.lang") == "vi"
    assert browser.text("#accepted") == "1"
    assert browser.run("return document.activeElement.id") == "number"
    browser.type("#number", f" {acknowledged.upper()} ")  # as read from paper
    with browser.leaving():
        browser.click("button")
    assert acknowledged in browser.text("table")
    assert station.id in browser.text("table")
    with browser.leaving():
        browser.click("main a")
    with browser.leaving():
        browser.type("#number", "0000000000000000\n")
    assert browser.text("#result").strip()
    assert "table" not in browser.run("return document.querySelector('main').innerHTML")
    # Nothing came from anywhere else, nothing was refused by the page's own policy (a 404 for an unknown number is told as such).
    assert [c for c in browser.complaints() if "404" not in c] == []
    assert (
        browser.run("return performance.getEntriesByType('resource').map(r => r.name).filter(n => !n.endsWith('favicon.ico'))")
        == []
    )


def test_markup_in_a_number_stays_text(browser: Browser, intake: RunningIntake) -> None:
    browser.go(f"{intake.url}/receipt?number=%3Cscript%3Ewindow.bad%3D1%3C/script%3E")
    assert browser.run("return window.bad") is None
    browser.go(f"{intake.url}/receipt?number=%22%3E%3Cimg%20src%3Dx%20onerror%3D%22window.bad%3D1%22%3E")
    assert browser.run("return [window.bad, document.images.length]") == [None, 0]


def test_the_administrator_sees_stations_and_gaps(
    browser: Browser, intake: RunningIntake, station: Station, acknowledged: str
) -> None:
    token = intake.intake.files.read(ADMIN_FILE, 200).decode()
    browser.go(intake.url.replace("http://", f"http://admin:{token}@") + "/stations")
    row = browser.text("tr:nth-child(2)")
    assert station.id in row
    assert acknowledged  # it arrived, and so the count is one
    assert row.split()[-2:] == ["1", "0"]


def test_it_fits_a_phone_and_a_keyboard(browser: Browser, intake: RunningIntake) -> None:
    browser.go(intake.url)
    widths = browser.run("return [document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1]
    names = browser.run("return [...document.querySelectorAll('input')].map(i => i.labels.length)")
    assert all(names)
