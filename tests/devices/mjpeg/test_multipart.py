"""The stream parser: what cameras really send, any cut of it, and nothing but its own error for any bytes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import DeviceError, DeviceFormatError
from devices.mjpeg.http import parse_address, parse_head
from devices.mjpeg.multipart import MAX_DROPPED_IN_A_ROW, MAX_PART_BYTES, MultipartParser, boundary_of

JPEG = b"\xff\xd8\xff\xe0tiny\xff\xd9"

# Typed from cameras' manuals (Axis' VAPIX "Request Multipart JPEG image"; mjpg-streamer's output_http), lengths counted by hand.
AXIS = (
    b"--myboundary\r\nContent-Type: image/jpeg\r\nContent-Length: 10\r\n\r\n\xff\xd8\xff\xe0tiny\xff\xd9\r\n"
    b"--myboundary\r\nContent-Type: image/jpeg\r\nContent-Length: 10\r\n\r\n\xff\xd8\xff\xe0tiny\xff\xd9\r\n--myboundary--\r\n"
)
STREAMER = (
    b"\r\n--boundarydonotcross\r\nContent-Type: image/jpeg\r\nContent-Length: 10\r\nX-Timestamp: 1.2\r\n\r\n\xff\xd8\xff\xe0tiny\xff\xd9"
    b"\r\n--boundarydonotcross\r\n"
)


def parts(data: bytes, delimiter: bytes) -> list[bytes]:
    return [p.jpeg for p in MultipartParser(delimiter).feed(data)]


def test_typed_transcripts_of_two_cameras() -> None:
    parser = MultipartParser(b"--myboundary")
    assert [p.jpeg for p in parser.feed(AXIS)] == [JPEG, JPEG]
    assert parser.ended
    assert parts(STREAMER, b"--boundarydonotcross") == [JPEG]


@pytest.mark.parametrize(
    ("content_type", "delimiter"),
    [
        ("multipart/x-mixed-replace; boundary=myboundary", b"--myboundary"),
        ("multipart/x-mixed-replace;boundary=--myboundary", b"--myboundary"),
        ('Multipart/X-Mixed-Replace; charset=utf-8; Boundary="a b"', b"--a b"),
    ],
)
def test_boundaries_as_cameras_write_them(content_type: str, delimiter: bytes) -> None:
    assert boundary_of(content_type) == delimiter


@pytest.mark.parametrize(
    "content_type", ["", "text/html", "image/jpeg", "multipart/x-mixed-replace", "multipart/mixed; boundary="]
)
def test_what_is_no_stream_is_refused(content_type: str) -> None:
    with pytest.raises(DeviceFormatError):
        boundary_of(content_type)


def test_a_length_that_lies_costs_its_picture_and_no_other() -> None:
    good = b"--b\r\nContent-Length: 10\r\n\r\n" + JPEG + b"\r\n"
    for lie in (b"5", b"11", b"400", b"999999999999"):
        parser = MultipartParser(b"--b")
        lying = b"--b\r\nContent-Length: " + lie + b"\r\n\r\n" + JPEG + b"\r\n"
        found = parser.feed(good + lying + good + good)
        assert [p.jpeg for p in found] == [JPEG] * 3, lie
        assert [p.number for p in found] == [1, 3, 4], "the gap is the dropped picture"
        assert parser.dropped == 1


def test_a_lost_byte_never_gives_half_a_picture() -> None:
    good = b"--b\r\nContent-Length: 10\r\n\r\n" + JPEG + b"\r\n"
    for lost in range(len(good)):
        found = parts(good + good[:lost] + good[lost + 1 :] + good, b"--b")
        assert found[0] == JPEG
        assert found[-1] == JPEG
        assert set(found) == {JPEG}


def pour(parser: MultipartParser, block: bytes) -> None:
    for _ in range(MAX_PART_BYTES // len(block) + 2):
        parser.feed(block)


def test_endless_bytes_headers_and_damage_end_within_bounds() -> None:
    parser = MultipartParser(b"--b")
    with pytest.raises(DeviceFormatError):
        pour(parser, b"\xff\xd8" * 32_768)
    with pytest.raises(DeviceFormatError):
        MultipartParser(b"--b").feed(b"--b\r\n" + b"X: y\r\n" * 3000)
    with pytest.raises(DeviceFormatError):
        MultipartParser(b"--b").feed(b"--b\r\n\r\nnot a picture\r\n" * (MAX_DROPPED_IN_A_ROW + 2))
    parser = MultipartParser(b"--b")
    parser.feed(b"--b\r\n\r\n\xff\xd8")
    with pytest.raises(DeviceFormatError):
        pour(parser, b"\x00" * 65_536)


BODY = st.binary(max_size=80).map(lambda b: b"\xff\xd8" + b.replace(b"--", b"..") + b"\xff\xd9")


@given(st.lists(st.tuples(BODY, st.booleans(), st.booleans()), min_size=1, max_size=6), st.data())
def test_any_cut_of_a_stream_gives_the_same_pictures(bodies: list[tuple[bytes, bool, bool]], data: st.DataObject) -> None:
    stream = b""
    for body, with_length, line_feeds in bodies:
        end = b"\n" if line_feeds else b"\r\n"
        length = b"Content-Length: %d" % len(body) + end if with_length else b""
        stream += b"--cut" + end + length + end + body + b"\r\n"
    stream += b"--cut--"
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    parser = MultipartParser(b"--cut")
    found = [p for a, b in pairwise([0, *cuts, len(stream)]) for p in parser.feed(stream[a:b])]
    assert [p.jpeg for p in found] == [body for body, _, _ in bodies]
    assert parser.dropped == 0


def test_heads_and_addresses() -> None:
    head = parse_head(b"HTTP/1.1 200 OK\r\nServer: a\r\nServer: b\r\nContent-Type: x")
    assert (head.status, head.fields) == (200, {"server": "a", "content-type": "x"})
    for bad in (b"", b"SSH-2.0-x", b"HTTP/1.1 2x0 OK", b"HTTP/1.0", b"HTTP/1.0 " + b"2" * 20_000):
        with pytest.raises(DeviceFormatError):
            parse_head(bad)
    assert parse_address("http://[::1]:81/a?b=c").path == "/a?b=c"
    assert parse_address("https://cam.example/").port == 443
    for bad_url in ("", "ftp://x/", "http://", "http://user:pw@cam/", "http://cam:99999/", "http://cam/a b", "http://[::1"):
        with pytest.raises(DeviceError):
            parse_address(bad_url)
