"""WS-BD: typed answers, XML that wants too much, the recoveries of the specification, and what is never done."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from biometrics.positions import FingerPosition, Impression
from devices.contract import CaptureRequest, Source
from devices.errors import (
    DeviceBusyError,
    DeviceCancelledError,
    DeviceError,
    DeviceFormatError,
    DeviceNotFoundError,
    DeviceTimeoutError,
    UnsupportedCommandError,
)
from devices.simulated.people import picture
from devices.simulated.wsbd import WsbdSimulator
from devices.wsbd.adapter import WsbdScanner
from devices.wsbd.messages import Status, configuration, read_result
from devices.wsbd.xml_bytes import parse_xml
from tests.devices.wsbd.contract_cases import INDEX, scanner

# As NIST's public client got it from a real service in 2012 (shortened), with its namespaces and types.
INFO = b"""<result xmlns="urn:oid:2.16.840.1.101.3.9.3.0" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:xs="http://www.w3.org/2001/XMLSchema"><status>success</status><metadata><item><key>width</key><value i:type="Parameter">
 <name>width</name><q:type xmlns:q="urn:oid:2.16.840.1.101.3.9.3.0" xmlns:a="http://www.w3.org/2001/XMLSchema">a:unsignedInt</q:type>
 <defaultValue i:type="xs:int">800</defaultValue><allowedValues><allowedValue i:type="xs:int">1280</allowedValue>
 <allowedValue i:type="xs:int">640</allowedValue></allowedValues></value></item><item><key>modality</key><value i:type="Parameter">
 <name>modality</name><readOnly>true</readOnly><defaultValue i:type="xs:string">face</defaultValue></value></item></metadata></result>"""


@pytest.fixture
def service() -> Iterator[WsbdSimulator]:
    simulator = WsbdSimulator()
    picture(1, INDEX.position, 1)
    simulator.url = simulator.start()  # type: ignore[attr-defined]
    yield simulator
    simulator.stop()


def opened(service: WsbdSimulator, **settings: object) -> WsbdScanner:
    device = scanner(service.url, margin_s=3.0, **settings)  # type: ignore[attr-defined]
    device.open()
    return device


def test_a_real_services_information() -> None:
    result = read_result(INFO)
    assert result.status is Status.SUCCESS
    assert result.metadata["width"].allowed == ("1280", "640")
    assert (result.value("Width"), result.value("modality"), result.value("none")) == ("800", "face", "")


def test_a_capture_and_a_download() -> None:
    ids = read_result(b"<result><status>success</status><captureIds><element>c2e5c1d9-d1c4</element></captureIds></result>")
    assert ids.capture_ids == ("c2e5c1d9-d1c4",)
    data = read_result(
        b"<a:result xmlns:a='other'><a:status>SUCCESS</a:status><a:sensorData> QUJD\n RA== </a:sensorData></a:result>"
    )
    assert data.sensor_data == b"ABCD"


def test_the_configuration_that_is_sent() -> None:
    root = parse_xml(configuration({"submodality": "rightSlap", "width": 800, "odd": "<&>"}))
    assert root.name == "configuration"
    assert [(i.text_of("key"), i.text_of("value")) for i in root.children] == [
        ("submodality", "rightSlap"),
        ("width", "800"),
        ("odd", "<&>"),
    ]
    with pytest.raises(DeviceFormatError):
        configuration({"a b": 1})


BOMB = b"<!DOCTYPE r [" + b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 9) for n in range(1, 9)) + b"]><r>&e8;</r>"


@pytest.mark.parametrize("bad", [
    BOMB, b'<!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>', b'<!DOCTYPE r [<!ENTITY x SYSTEM "http://127.0.0.1/">]><r>&x;</r>',
    b"<?php x?><r/>", b"<r>&undefined;</r>", b"", b"<r>", b"<r/><r/>", b"<a>" * 20 + b"</a>" * 20, b"<r>" + b"<a/>" * 5_000 + b"</r>",
    b"<r>" + b"x" * 5_000 + b"</r>", b"<r>\xff</r>", b'<?xml version="1.0" encoding="utf-16"?><r/>\0',
])  # fmt: skip
def test_xml_that_wants_too_much_or_is_none(bad: bytes) -> None:
    with pytest.raises(DeviceFormatError) as refused:
        parse_xml(bad)
    assert refused.value.reason_code == "wsbd-format"


@pytest.mark.parametrize("bad", [
    b"<other/>", b"<result/>", b"<result><status>fine</status></result>",
    b"<result><status>success</status><sessionId>../../x</sessionId></result>",
    b"<result><status>success</status><captureIds>" + b"<element>a</element>" * 17 + b"</captureIds></result>",
    b"<result><status>success</status><metadata><item><key>a</key></item></metadata></result>",
    b"<result><status>success</status><metadata>" + b"<item><key>a</key><value>1</value></item>" * 2 + b"</metadata></result>",
    b"<result><status>success</status><sensorData>&#33;</sensorData></result>",
])  # fmt: skip
def test_a_result_that_is_none(bad: bytes) -> None:
    with pytest.raises(DeviceFormatError):
        read_result(bad)


def test_pixels_and_facts_of_a_capture(service: WsbdSimulator) -> None:
    device = opened(service)
    taken = device.capture(INDEX)
    (image,) = taken.images
    assert np.array_equal(image.pixels, picture(1, FingerPosition.RIGHT_INDEX, 1))
    assert (image.ppi, image.encoding, image.position) == (500, "image/png", FingerPosition.RIGHT_INDEX)
    assert (taken.source, taken.identity.serial) == (Source.SIMULATED, "SIM-WSBD-1")
    device.close()
    assert service._sessions == set()
    assert service._holder == ""


@pytest.mark.parametrize(
    "lost", ["lost-session", "lost-lock", "needs-initialization", "needs-configuration", "sensor-busy", "preparing-download"]
)
def test_what_is_lost_once_is_made_again_and_the_capture_succeeds(service: WsbdSimulator, lost: str) -> None:
    device = opened(service)
    service.inject(lost)
    assert device.capture(INDEX).images
    device.close()


def test_a_lock_of_another_is_never_stolen(service: WsbdSimulator) -> None:
    first = opened(service)
    second = scanner(service.url)  # type: ignore[attr-defined]
    with pytest.raises(DeviceBusyError) as refused:
        second.open()
    assert refused.value.reason_code == "wsbd-locked"
    assert first.capture(INDEX).images
    first.close()
    second.open()
    second.close()


def test_cancel_and_timeout_free_the_sensor(service: WsbdSimulator) -> None:
    device = opened(service)
    done = threading.Event()
    service.inject("waits")
    other = threading.Thread(target=_cancel_until, args=(device, done))
    other.start()
    with pytest.raises(DeviceCancelledError):
        device.capture(replace(INDEX, deadline_s=20.0))
    done.set()
    other.join()
    assert device.capture(INDEX).images
    service.inject("sensor-timeout")
    with pytest.raises(DeviceTimeoutError):
        device.capture(INDEX)
    assert device.capture(INDEX).images
    device.close()


def _cancel_until(device: WsbdScanner, done: threading.Event) -> None:
    while not done.wait(0.05):
        device.cancel()


def test_addresses(service: WsbdSimulator) -> None:
    for url, code in (("http://192.0.2.7/x", "device-remote-plain"), ("http://sensor.example/", "device-remote-plain"),
                      ("ftp://127.0.0.1/", "wsbd-address"), ("127.0.0.1", "wsbd-address"), ("http://u:p@127.0.0.1/", "wsbd-address")):  # fmt: skip
        with pytest.raises(DeviceError) as refused:
            WsbdScanner(url)
        assert refused.value.reason_code == code
    with pytest.raises(DeviceError) as refused:
        WsbdScanner.discover({"url": "https://127.0.0.1:1/", "ca_file": "/nonexistent"})
    assert refused.value.reason_code == "device-tls"
    assert WsbdScanner.discover({}) == []
    service.stop()
    absent = scanner(service.url)  # type: ignore[attr-defined]
    assert absent.describe().error_code == "device-not-found", "a sensor that is off is a row with its reason"
    with pytest.raises(DeviceNotFoundError):
        absent.open()


def test_what_it_cannot_take(service: WsbdSimulator) -> None:
    device = opened(service)
    for request in (CaptureRequest(FingerPosition.RIGHT_INDEX, Impression.LIVE_ROLLED), CaptureRequest(modality="iris")):
        with pytest.raises(UnsupportedCommandError):
            device.capture(request)
    device.close()


def test_a_picture_of_another_resolution_than_the_service_said_is_not_used(service: WsbdSimulator) -> None:
    device = opened(service)
    service.inject("other-resolution")
    with pytest.raises(DeviceFormatError):
        device.capture(INDEX)
    assert device.capture(INDEX).images
    device.close()


def test_another_machine_is_reached_over_tls_with_the_sites_certificate_only(tmp_path: Path) -> None:
    certificate, context = _server_certificate(tmp_path)
    body = INFO
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_serve_tls, args=(listener, context, answer))
        thread.start()
        url = f"https://127.0.0.1:{listener.getsockname()[1]}/"
        with pytest.raises(DeviceError) as refused:
            WsbdScanner(url).learn()
        assert refused.value.reason_code == "device-tls"
        known = WsbdScanner(url, tls=ssl.create_default_context(cafile=str(certificate)))
        known.learn()
        assert known.describe().identity is not None
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def _serve_tls(listener: socket.socket, context: ssl.SSLContext, answer: bytes) -> None:
    with contextlib.suppress(OSError):
        while True:
            plain, _ = listener.accept()
            with plain, contextlib.suppress(OSError), context.wrap_socket(plain, server_side=True) as client:
                client.recv(65_536)
                client.sendall(answer)


def _server_certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sensor")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    certificate, private = folder / "sensor.pem", folder / "sensor.key"
    certificate.write_bytes(built.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, private)
    return certificate, context
