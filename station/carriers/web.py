"""Requests to one pinned address: no redirects, no ambient proxies, bounded answers, and failures named for what they are."""

from __future__ import annotations

import errno
import socket
import ssl
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx

from station.carriers.model import MAX_RESPONSE_BYTES, CarrierError

_NAME_CODES: Final = {62, 63, 64}  # X509_V_ERR_HOSTNAME_MISMATCH, _EMAIL_, _IP_ADDRESS_
_TIME_CODES: Final = {9, 10}  # not yet valid, expired
_NO_NETWORK: Final = {errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL}


@dataclass(frozen=True, slots=True)
class LineSettings:
    """How the line is reached. `ca_file` replaces the system's trust (a province's own root); the client pair is for mTLS.

    `proxy` is a configured proxy's address; the environment's is never used. Times in seconds.
    """

    proxy: str | None = None
    ca_file: str | None = None
    client_certificate: str | None = None
    client_key: str | None = None
    connect_s: float = 10.0
    read_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Reply:
    """A bounded answer."""

    status: int
    headers: httpx.Headers
    body: bytes


class Web:
    """A client for one base address. Not for several threads at once."""

    def __init__(self, base_url: str, line: LineSettings | None = None) -> None:
        line = line or LineSettings()
        parts = urlsplit(base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query or parts.fragment:
            raise CarrierError("The intake's address in the settings is not one; nothing was sent.", code="address")
        self.base_url = base_url.rstrip("/")
        self._origin = (parts.scheme, parts.hostname, parts.port)
        verify: ssl.SSLContext | bool = True
        if parts.scheme == "https":
            verify = ssl.create_default_context(cafile=line.ca_file)
            verify.minimum_version = ssl.TLSVersion.TLSv1_2
            if line.client_certificate:
                verify.load_cert_chain(line.client_certificate, line.client_key)
        self._client = httpx.Client(
            verify=verify, follow_redirects=False, trust_env=False, proxy=line.proxy,
            timeout=httpx.Timeout(line.read_s, connect=line.connect_s),
            headers={"User-Agent": "enrollment-station"},
        )  # fmt: skip

    def close(self) -> None:
        """Close connections."""
        self._client.close()

    def same_origin(self, location: str) -> str:
        """Return `location` as an absolute address of this very intake.

        Raises:
            CarrierError: ``foreign-location``: a rogue peer must not send our requests elsewhere.
        """
        absolute = urljoin(self.base_url + "/", location)
        parts = urlsplit(absolute)
        if (parts.scheme, parts.hostname, parts.port) != self._origin:
            raise CarrierError("The peer points to another address; it was not followed. Tell the technician.",
                               code="foreign-location")  # fmt: skip
        return absolute

    def here(self, location: str) -> str:
        """Return the path of a remembered `location` at this intake's present address.

        An intake that moved (another port, another name) still holds its half-done uploads; the old address must neither be
        asked nor stop the sending for good.
        """
        return urljoin(self.base_url + "/", urlsplit(location).path)

    def request(self, method: str, path: str, *, headers: dict[str, str] | None = None, content: bytes | None = None,
                read_s: float | None = None, limit: int = MAX_RESPONSE_BYTES) -> Reply:  # fmt: skip
        """Send one request to `path` (or an absolute address of the same origin) and read a bounded answer.

        Raises:
            CarrierError: the line failed; named as what it is.
        """
        url = self.same_origin(path if "://" in path else self.base_url + path)
        timeout = {} if read_s is None else {"timeout": httpx.Timeout(read_s)}
        try:
            with self._client.stream(method, url, headers=headers, content=content, **timeout) as response:  # type: ignore[arg-type]  # httpx's sentinel
                body = bytearray()
                for piece in response.iter_raw(16_384):
                    body += piece
                    if len(body) > limit:
                        raise CarrierError("The peer's answer is far too long; it was not used.", code="peer-lies")
                return Reply(response.status_code, response.headers, bytes(body))
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise explain(error) from error


def explain(error: BaseException) -> CarrierError:
    """Return what a failed request means, in the words of ui.md: a wrong certificate name is never called *no internet*."""
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and len(chain) < 10:
        chain.append(current)
        current = current.__cause__ or current.__context__
    for one in chain:
        if isinstance(one, ssl.SSLCertVerificationError):
            return _certificate(one)
    for one in chain:
        if isinstance(one, ssl.SSLError):
            return CarrierError("The server does not speak the secure protocol we expect: not sending. Tell the technician.",
                                code="tls-protocol")  # fmt: skip
        if isinstance(one, httpx.ProxyError):
            return CarrierError("The proxy in the settings does not let us through; capture goes on. Tell the technician.",
                                code="proxy")  # fmt: skip
        if isinstance(one, OSError) and one.errno in _NO_NETWORK:
            return CarrierError("No network: cable or signal. Capture goes on; everything sealed is safe.", code="no-network")
        if isinstance(one, socket.gaierror):
            return CarrierError("The intake's name was not found: no network, or its name service is down. Capture goes on.",
                                code="no-network")  # fmt: skip
    if isinstance(error, httpx.TimeoutException):
        return CarrierError("The line is too slow or the centre does not answer; trying again by itself.", code="slow-line")
    if isinstance(error, httpx.RemoteProtocolError | httpx.InvalidURL):
        return CarrierError("Something on the line answers, but not as our centre does; nothing was believed.", code="peer-lies")
    return CarrierError(
        "The centre is unreachable; the local network may be fine. Trying again by itself.", code="intake-unreachable"
    )


def _certificate(error: ssl.SSLCertVerificationError) -> CarrierError:
    if error.verify_code in _NAME_CODES:
        return CarrierError("The server's certificate has another name: not sending. Tell the technician.", code="tls-name")
    if error.verify_code in _TIME_CODES:
        return CarrierError("The server's certificate has expired, or this computer's clock is wrong: not sending. "
                            "Check the clock first.", code="tls-expired")  # fmt: skip
    return CarrierError("The server's certificate is by an issuer that is not trusted here: not sending. Tell the technician.",
                        code="tls-untrusted")  # fmt: skip


def unexpected(reply: Reply, what: str) -> CarrierError:
    """Return what an unexpected status means. `what` says in a word what was asked."""
    if reply.status in {429, 503, 507}:
        wait = _seconds(reply.headers.get("Retry-After"))
        return CarrierError(f"The centre is busy ({reply.status}); trying again by itself.", code="intake-busy", retry_after_s=wait,
                            status=reply.status)  # fmt: skip
    if reply.status == 407:
        return CarrierError("The proxy asks for a sign-in we do not have; capture goes on. Tell the technician.", code="proxy")
    if 300 <= reply.status < 400 or reply.status == 511 or "html" in reply.headers.get("Content-Type", ""):
        return CarrierError("A page of the network stands before the centre (a sign-in page?); nothing was sent. "
                            "Open the network's sign-in, or use another line.", code="captive-portal")  # fmt: skip
    if reply.status >= 500:
        return CarrierError(f"The centre reports a fault of its own ({reply.status}); trying again by itself.", code="intake-error",
                            status=reply.status)  # fmt: skip
    return CarrierError(f"The centre does not accept this request ({what}: {reply.status}); the package stays safe here.",
                        code="peer-lies", line=False, status=reply.status)  # fmt: skip


def _seconds(text: str | None) -> float | None:
    return min(float(text), 3600.0) if text and text.isascii() and text.isdigit() else None
