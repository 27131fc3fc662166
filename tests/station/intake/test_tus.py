"""The tus endpoint's rules: authenticate, then check, only then read; the file's length is the offset; 204 only after fsync."""

from __future__ import annotations

import base64
import hashlib
import secrets

import httpx
import pytest

from tests.station.intake.harness import IntakeProcess, RunningIntake, Station

TUS = {"Tus-Resumable": "1.0.0"}
BODY = {"Content-Type": "application/offset+octet-stream"}


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def meta(data: bytes, manifest: str | None = None) -> str:
    return f"manifest {b64(manifest or secrets.token_hex(32))},sha256 {b64(hashlib.sha256(data).hexdigest())}"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tus")
    running = RunningIntake(folder / "intake")
    station = Station(folder / "station")
    station.enroll(running.url, running.code())
    carrier = station.carrier(running.url)
    with httpx.Client(base_url=running.url, headers=TUS | carrier.session.headers()) as client:
        yield running, station, client
    station.close()
    running.close()


def begin(client: httpx.Client, data: bytes) -> str:
    reply = client.post("/files", headers={"Upload-Length": str(len(data)), "Upload-Metadata": meta(data)})
    assert reply.status_code == 201, reply.status_code
    return reply.headers["Location"]


def files(running: RunningIntake) -> dict[str, int]:
    return {p.name: p.stat().st_size for p in (running.folder / "uploads").glob("*.bin")}


def test_options_says_what_it_can_do(place) -> None:
    reply = place[2].options("/files")
    assert reply.status_code == 204
    assert set(reply.headers["Tus-Extension"].split(",")) == {"creation", "termination", "checksum", "expiration"}
    assert reply.headers["Tus-Max-Size"] == "16000000"


def test_without_a_token_nothing_is_written_or_told(place) -> None:
    running, _, client = place
    location = begin(client, b"x" * 50)
    before = files(running)
    for headers in (
        {},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Basic eDp5"},
        {"Authorization": "Bearer " + "x" * 5000},
    ):
        with httpx.Client(base_url=running.url, headers=TUS | headers) as stranger:
            assert stranger.patch(location, headers=BODY | {"Upload-Offset": "0"}, content=b"y" * 10).status_code == 401
            assert stranger.head(location).status_code == 401
            assert stranger.post("/files", headers={"Upload-Length": "3", "Upload-Metadata": meta(b"abc")}).status_code == 401
            assert stranger.get(f"/v1/packages/{'0' * 32}").status_code == 401
    assert files(running) == before
    assert client.head(location).headers["Upload-Offset"] == "0"


def test_another_station_sees_nothing_of_an_upload(place, tmp_path) -> None:
    running, _, client = place
    location = begin(client, b"x" * 50)
    other = Station(tmp_path / "other")
    other.enroll(running.url, running.code())
    with httpx.Client(base_url=running.url, headers=TUS | other.carrier(running.url).session.headers()) as second:
        assert second.head(location).status_code == 404
        assert second.patch(location, headers=BODY | {"Upload-Offset": "0"}, content=b"y").status_code == 404
        assert second.delete(location).status_code == 404
    other.close()


def test_every_lie_is_refused_before_the_body_counts(place) -> None:
    running, _, client = place
    data = b"z" * 100
    location = begin(client, data)
    patch = {"Upload-Offset": "0", **BODY}
    assert client.patch(location, headers={"Upload-Offset": "0", "Content-Type": "text/plain"}, content=data).status_code == 415
    assert client.patch(location, headers=patch | {"Upload-Offset": "7"}, content=data[:5]).status_code == 409
    assert client.patch(location, headers=patch | {"Upload-Offset": "-1"}, content=data[:5]).status_code == 400
    assert client.patch(location, headers=patch | {"Upload-Offset": "1e3"}, content=data[:5]).status_code == 400
    assert client.patch(location, headers=patch, content=data + b"more").status_code == 413
    assert client.patch(location, headers=patch | {"Upload-Checksum": "md5 AAAA"}, content=data[:5]).status_code == 400
    assert client.patch(location, headers=patch | {"Tus-Resumable": "0.2.0"}, content=data[:5]).status_code == 412
    assert client.head(location).headers["Upload-Offset"] == "0"
    assert files(running).get(location.rsplit("/", 1)[1] + ".bin", 0) == 0


def test_a_wrong_checksum_takes_the_bytes_back(place) -> None:
    _, _, client = place
    data = secrets.token_bytes(200)
    location = begin(client, data)
    good = "sha256 " + base64.b64encode(hashlib.sha256(data[:100]).digest()).decode()
    headers = BODY | {"Upload-Offset": "0", "Upload-Checksum": good}
    assert client.patch(location, headers=headers, content=data[:99] + b"!").status_code == 460
    assert client.head(location).headers["Upload-Offset"] == "0"
    assert client.patch(location, headers=headers, content=data[:100]).headers["Upload-Offset"] == "100"
    sha1 = "sha1 " + base64.b64encode(hashlib.sha1(data[100:150]).digest()).decode()
    headers = BODY | {"Upload-Offset": "100", "Upload-Checksum": sha1}
    assert client.patch(location, headers=headers, content=data[100:150]).status_code == 204
    assert client.patch(location, headers=headers, content=data[100:150]).status_code == 409  # the same request twice
    assert client.delete(location).status_code == 204
    assert client.head(location).status_code == 404


@pytest.mark.parametrize(("length", "metadata", "status"), [
    ("0", None, 400), ("-5", None, 400), ("x", None, 400), ("16000001", None, 413), ("99999999999999999999", None, 400),
    ("10", "", 400), ("10", "manifest !!!", 400), ("10", f"manifest {b64('../../x')},sha256 {b64('0' * 64)}", 400),
    ("10", "manifest " + "A" * 3000, 400),
])  # fmt: skip
def test_creation_checks_its_headers(place, length, metadata, status) -> None:
    headers = {"Upload-Length": length, "Upload-Metadata": meta(b"") if metadata is None else metadata}
    assert place[2].post("/files", headers=headers).status_code == status


@pytest.mark.parametrize("name", ["..%2f..%2fadmin.token", "%00", "x" * 32, "' OR 1=1 --", "0" * 31, "0" * 33, "lock"])
def test_upload_names_are_never_paths(place, name) -> None:
    assert place[2].head(f"/files/{name}").status_code == 404


@pytest.mark.parametrize("name", ["' OR '1'='1", "../../etc", "0" * 31, "A" * 32, "%27%3B--"])
def test_package_names_are_never_statements(place, name) -> None:
    assert place[2].get(f"/v1/packages/{name}").status_code == 404


def test_a_receipt_number_is_never_a_statement_nor_markup(place) -> None:
    for text in ("' OR '1'='1", "<script>alert(1)</script>", "x" * 5000):
        reply = place[2].get("/receipt", params={"number": text})
        assert reply.status_code == 404
        assert "<script" not in reply.text
        assert "default-src 'none'" in reply.headers["Content-Security-Policy"]


def test_only_so_many_uploads_at_once(place, tmp_path) -> None:
    running, _, _ = place
    station = Station(tmp_path / "greedy")
    station.enroll(running.url, running.code())
    with httpx.Client(base_url=running.url, headers=TUS | station.carrier(running.url).session.headers()) as client:
        for _ in range(8):
            begin(client, b"q" * 10)
        reply = client.post("/files", headers={"Upload-Length": "10", "Upload-Metadata": meta(b"q" * 10)})
        assert (reply.status_code, reply.headers["Retry-After"]) == (429, "30")
    station.close()


def test_asking_again_for_a_creation_goes_on_with_the_same_upload(place, tmp_path) -> None:
    running, _, _ = place
    station = Station(tmp_path / "again")
    station.enroll(running.url, running.code())
    with httpx.Client(base_url=running.url, headers=TUS | station.carrier(running.url).session.headers()) as client:
        headers = {"Upload-Length": "10", "Upload-Metadata": meta(b"q" * 10, "ab" * 32)}
        assert len({client.post("/files", headers=headers).headers["Location"] for _ in range(5)}) == 1
    station.close()


def test_the_administrators_pages_ask_for_the_token(place) -> None:
    running, _, _ = place
    token = (running.folder / "admin.token").read_text()
    for path in ("/stations", "/metrics"):
        assert httpx.get(running.url + path).status_code == 401
        assert httpx.get(running.url + path, auth=("admin", token + "x")).status_code == 401
        assert httpx.get(running.url + path, auth=("admin", token)).status_code == 200
    assert "intake_packages_total" in httpx.get(running.url + "/metrics", auth=("admin", token)).text


def test_oversized_small_requests_are_cut_off(place) -> None:
    running, _, _ = place
    assert httpx.post(running.url + "/v1/session", content=b"x" * 300_000).status_code == 413
    assert httpx.post(running.url + "/v1/enroll", content=b"\x9b" + b"\xff" * 8).status_code == 400


def test_killed_anywhere_in_an_upload_it_goes_on_at_the_same_byte(tmp_path) -> None:
    """kill -9 between chunks; the offset after the restart is exactly what was confirmed."""
    running = IntakeProcess(tmp_path / "intake", "--code")
    station = Station(tmp_path / "station")
    station.enroll(running.url, running.line["code"])
    sealed = station.seal(sizes=(600_000,))
    chunk = 150_000
    location, confirmed = "", 0
    for _ in range(3):
        with httpx.Client(base_url=running.url, headers=TUS | station.carrier(running.url).session.headers()) as client:
            if not location:
                headers = {"Upload-Length": str(len(sealed.data)), "Upload-Metadata": meta(sealed.data, sealed.manifest_sha256)}
                location = client.post("/files", headers=headers).headers["Location"]
            assert int(client.head(location).headers["Upload-Offset"]) == confirmed
            piece = sealed.data[confirmed : confirmed + chunk]
            reply = client.patch(location, headers=BODY | {"Upload-Offset": str(confirmed)}, content=piece)
            confirmed = int(reply.headers["Upload-Offset"])
        running.kill()
        running = IntakeProcess(tmp_path / "intake")
    station.queue.put(sealed)
    station.queue.progress(sealed.package_id, confirmed, running.url + location)
    seen = []
    uploader = station.uploader(running.url, chunk_bytes=chunk)
    original = station.queue.progress
    station.queue.progress = lambda package, done, where: (seen.append(done), original(package, done, where))
    uploader.drain()
    assert seen[0] > confirmed  # it went on, it did not begin again
    assert station.queue.get(sealed.package_id).state == "acknowledged"
    station.close()
    assert running.end() == 0
