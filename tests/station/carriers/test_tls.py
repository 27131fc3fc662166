"""TLS: a wrong name is called a wrong name, never *no internet*; a client certificate is asked for and given."""

from __future__ import annotations

import datetime as dt
import ipaddress
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from station.carriers import CarrierError, LineSettings
from station.carriers.web import Web
from station.intake.serve import Tls, listen, open_intake, serve
from tests.station.intake.harness import TRIAL

NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)


def certificate(folder, name, *, san=None, issuer=None, ca=False, begin=NOW - DAY, end=NOW + DAY):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer[0].subject if issuer else subject)
               .public_key(key.public_key()).serial_number(x509.random_serial_number()).not_valid_before(begin).not_valid_after(end)
               .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
               .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False))  # fmt: skip
    if issuer:
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer[1].public_key()), critical=False
        )
    if ca:
        builder = builder.add_extension(x509.KeyUsage(True, False, False, False, False, True, True, False, False), critical=True)
    if san:
        builder = builder.add_extension(x509.SubjectAlternativeName(san), critical=False)
    made = builder.sign(issuer[1] if issuer else key, hashes.SHA256())
    stem = name.replace(" ", "-")
    (folder / f"{stem}.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / f"{stem}.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                                           serialization.NoEncryption()))  # fmt: skip
    return made, key, str(folder / f"{stem}.pem"), str(folder / f"{stem}.key")


HERE = [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    ca = certificate(folder, "test root", ca=True)
    return {
        "ca": ca,
        "good": certificate(folder, "good", san=HERE, issuer=ca),
        "name": certificate(folder, "other", san=[x509.DNSName("other.example")], issuer=ca),
        "old": certificate(folder, "old", san=HERE, issuer=ca, begin=NOW - 3 * DAY, end=NOW - DAY),
        "client": certificate(folder, "station", issuer=ca),
        "stranger": certificate(folder, "stranger", san=HERE),
    }


@pytest.fixture
def start(tmp_path):
    running = []

    def begin(tls: Tls) -> str:
        intake = open_intake(tmp_path / f"i{len(running)}", TRIAL)
        stop, ready, line = threading.Event(), threading.Event(), {}
        thread = threading.Thread(target=serve, args=(intake, listen("127.0.0.1", 0)),
                                  kwargs={"ready": lambda text: (line.update(text), ready.set()), "tls": tls, "stop": stop})  # fmt: skip
        thread.start()
        assert ready.wait(20)
        running.append((stop, thread))
        return line["url"]

    yield begin
    for stop, thread in running:
        stop.set()
        thread.join(20)


def ask(url: str, line: LineSettings) -> str:
    web = Web(url, line)
    try:
        return str(web.request("GET", "/v1/challenge").status)
    except CarrierError as error:
        return error.reason_code
    finally:
        web.close()


def test_each_certificate_fault_has_its_own_name(certificates, start) -> None:
    ca = LineSettings(ca_file=certificates["ca"][2], connect_s=3, read_s=3)
    assert ask(start(Tls(*certificates["good"][2:])), ca) == "200"
    assert ask(start(Tls(*certificates["name"][2:])), ca) == "tls-name"
    assert ask(start(Tls(*certificates["old"][2:])), ca) == "tls-expired"
    assert ask(start(Tls(*certificates["stranger"][2:])), ca) == "tls-untrusted"
    assert ask(start(Tls(*certificates["good"][2:])), LineSettings(connect_s=3, read_s=3)) == "tls-untrusted"


def test_a_client_certificate_is_demanded_and_given(certificates, start) -> None:
    url = start(Tls(*certificates["good"][2:], certificates["ca"][2]))
    bare = LineSettings(ca_file=certificates["ca"][2], connect_s=3, read_s=3)
    ours = LineSettings(ca_file=certificates["ca"][2], client_certificate=certificates["client"][2],
                        client_key=certificates["client"][3], connect_s=3, read_s=3)  # fmt: skip
    assert ask(url, ours) == "200"
    assert ask(url, bare) not in {"200", "no-network"}
