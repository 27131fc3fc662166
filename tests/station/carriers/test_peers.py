"""Real peers: our client against the reference Node tus server, our server against tuspy; the end is always a SHA-256."""

from __future__ import annotations

import hashlib
import io
import os
import secrets
import shutil
import subprocess
import textwrap
import threading
from pathlib import Path

import pytest

from station.carriers import TusClient
from station.carriers.web import LineSettings, Web
from tests.conftest import need_peer
from tests.station.carriers.faults import Line
from tests.station.intake.harness import RunningIntake, Station

PACKAGES = ("@tus/server@2.4.5", "@tus/file-store@2.1.1")
SERVER = """
    const { Server } = require('@tus/server');
    const { FileStore } = require('@tus/file-store');
    const http = require('http');
    const tus = new Server({ path: '/files', datastore: new FileStore({ directory: process.argv[2] }) });
    const server = http.createServer((req, res) => tus.handle(req, res));
    server.listen(0, '127.0.0.1', () => console.log(server.address().port));
"""


def node_server_folder() -> Path | None:
    """Return a folder with the reference server installed (kept in the user's cache), None when npm cannot bring it."""
    if not shutil.which("node") or not shutil.which("npm"):
        return None
    base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "enrollment-station" / "tus-peer-1"
    if not (base / "node_modules" / "@tus" / "file-store").is_dir():
        base.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(base), *PACKAGES],
                              check=False, capture_output=True, timeout=240)  # fmt: skip
        if done.returncode:
            return None
    return base


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    base = node_server_folder()
    need_peer("@tus/server (Debian packages nodejs and npm, and the npm registry)", base is not None)
    store = tmp_path_factory.mktemp("store")
    script = base / "serve.cjs"
    script.write_text(textwrap.dedent(SERVER))
    process = subprocess.Popen(["node", str(script), str(store)], stdout=subprocess.PIPE, text=True)
    yield f"http://127.0.0.1:{process.stdout.readline().strip()}", store
    process.terminate()
    process.wait(10)
    process.stdout.close()


@pytest.mark.peer
@pytest.mark.parametrize("size", [1, 300_000, 3_000_000])
def test_our_client_uploads_to_the_reference_server(node, size) -> None:
    url, store = node
    data = secrets.token_bytes(size)
    web = Web(url)
    seen = []
    try:
        location = TusClient(web, "/files", chunk_bytes=250_000).upload(
            data, {"name": "x"}, report=lambda done, _: seen.append(done), stop=threading.Event()
        )
    finally:
        web.close()
    stored = (store / location.rsplit("/", 1)[1]).read_bytes()
    assert hashlib.sha256(stored).digest() == hashlib.sha256(data).digest()
    assert seen[-1] == size


@pytest.mark.peer
def test_our_client_resumes_at_the_reference_server_through_cuts(node) -> None:
    from station.carriers import CarrierError

    url, store = node
    data = secrets.token_bytes(900_000)
    line = Line(url, lambda n: f"cut:{90_000 + 7_000 * n}" if n < 14 else "ok")
    web = Web(line.url, LineSettings(connect_s=3, read_s=3))
    place = {"at": ""}
    try:
        for _ in range(20):
            try:
                TusClient(web, "/files", chunk_bytes=100_000).upload(
                    data, {}, location=place["at"], report=lambda _, where: place.update(at=where), stop=threading.Event()
                )
                break
            except CarrierError:
                continue
    finally:
        web.close()
        line.close()
    assert (store / place["at"].rsplit("/", 1)[1]).read_bytes() == data
    assert line.connections > 5


@pytest.mark.peer
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_tuspy_uploads_to_our_server_and_the_package_is_accepted(tmp_path) -> None:

    from tusclient import client as tuspy

    running = RunningIntake(tmp_path / "intake")
    station = Station(tmp_path / "station")
    try:
        station.enroll(running.url, running.code())
        sealed = station.seal(sizes=(200_000, 100_000))
        headers = station.carrier(running.url).session.headers()
        peer = tuspy.TusClient(running.url + "/files", headers=headers)
        metadata = {"manifest": sealed.manifest_sha256, "sha256": sealed.sha256}
        uploader = peer.uploader(file_stream=io.BytesIO(sealed.data), chunk_size=70_000, metadata=metadata, upload_checksum=True)
        uploader.upload_chunk()
        uploader.upload_chunk()
        again = peer.uploader(file_stream=io.BytesIO(sealed.data), chunk_size=70_000, url=uploader.url)  # another process resumes
        assert again.offset == 140_000
        again.upload()
        station.queue.put(sealed)
        station.uploader(running.url).drain()
        assert station.queue.get(sealed.package_id).state == "acknowledged"
        assert running.intake.store.package(sealed.package_id)["sha256"] == sealed.sha256
    finally:
        running.close()
        station.close()


def test_through_a_configured_proxy_and_never_through_an_ambient_one(tmp_path, monkeypatch) -> None:
    """An HTTP proxy that forwards absolute-form requests; the environment's proxy settings are not obeyed."""
    running = RunningIntake(tmp_path / "intake")
    station = Station(tmp_path / "station")
    proxy = Line(running.url, lambda _: "proxy")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    try:
        station.enroll(running.url, running.code())  # the dead ambient proxy was not used
        station.queue.put(station.seal())
        uploader = station.uploader("http://intake.invalid", line=LineSettings(proxy=proxy.url))
        uploader.drain()
        assert proxy.connections > 0
        assert station.queue.counts()["acknowledged"] == 1
    finally:
        proxy.close()
        running.close()
        station.close()
