"""A tus 1.0 client: creation, checksum, and HEAD after anything that went wrong. Works with any tus server."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Callable, Mapping
from typing import Final

from station.carriers.model import CarrierError, Pace, Report
from station.carriers.web import Reply, Web, unexpected

VERSION: Final = "1.0.0"
CHUNK_BYTES: Final = 2_000_000
MAX_TROUBLE: Final = 8
"""So many unsuccessful steps without a new confirmed byte end this try; the uploader's back-off takes over."""

Headers = Callable[[], dict[str, str]]


class TusClient:
    """Uploads bytes to one creation address. `headers` brings authorisation for each request (it may be renewed between)."""

    def __init__(self, web: Web, path: str, *, headers: Headers | None = None, renew: Callable[[], None] | None = None,
                 pace: Pace | None = None, chunk_bytes: int = CHUNK_BYTES) -> None:  # fmt: skip
        self._web, self._path = web, path
        self._headers = headers or dict
        self._renew = renew
        self._pace = pace
        self._chunk = chunk_bytes
        self._checksums = True

    def upload(
        self, data: bytes, metadata: Mapping[str, str], *, location: str = "", report: Report, stop: threading.Event
    ) -> str:
        """Upload all of `data`, going on at `location` when the peer still has it, and return the upload's address.

        Every offset comes from the peer: after an error it is asked again, and never assumed.

        Raises:
            CarrierError: not finished; what was reported is confirmed by the peer.
        """
        trouble, offset = 0, None
        if location:
            location = self._web.here(location)
            offset = self._offset(location, len(data))
        while True:
            if stop.is_set():
                raise CarrierError("Sending was paused; it goes on at the same byte.", code="paused")
            if offset is None:
                location, offset = self._create(data, metadata), 0
                report(0, location)
            if offset == len(data):
                return location
            before = offset
            reply = self._patch(location, data, offset, stop)
            offset = self._after(reply, location, len(data), offset)
            if offset is not None and offset > before:
                trouble = 0
                report(offset, location)
                continue
            trouble += 1
            if trouble >= MAX_TROUBLE:
                raise unexpected(reply, "upload") if reply else CarrierError(
                    "The centre does not take more bytes now; trying again by itself.", code="intake-error")  # fmt: skip

    def _after(self, reply: Reply | None, location: str, size: int, offset: int) -> int | None:
        """Return the confirmed offset after one PATCH; None when the upload must be made anew."""
        if reply is not None and reply.status == 204:
            new = _number(reply.headers.get("Upload-Offset"))
            if new is None or not offset < new <= size:
                raise CarrierError("The peer confirms bytes that we did not send; nothing was believed.", code="peer-lies")
            return new
        if reply is not None and reply.status == 400 and self._checksums:
            self._checksums = False  # a server that does not know our checksum: the package's own hash still guards
            return self._offset(location, size)
        if reply is not None and reply.status in {401, 403} and self._renew is not None:
            self._renew()
            return self._offset(location, size)
        if reply is None or reply.status in {400, 404, 409, 410, 423, 460} or reply.status >= 500:
            if reply is not None and reply.status in {503, 507}:
                raise unexpected(reply, "upload")
            return self._offset(location, size)
        raise unexpected(reply, "upload")

    def _create(self, data: bytes, metadata: Mapping[str, str]) -> str:
        packed = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in metadata.items())
        for attempt in (1, 2):
            wanted = {"Upload-Length": str(len(data))} | ({"Upload-Metadata": packed} if packed else {})
            reply = self._web.request("POST", self._path, headers=self._all(wanted))
            if reply.status in {401, 403} and self._renew is not None and attempt == 1:
                self._renew()
                continue
            break
        if reply.status == 413:
            raise CarrierError(f"The package of {len(data)} bytes is over the centre's limit; it was not sent.", code="too-large",
                               line=False, bytes=len(data))  # fmt: skip
        if reply.status == 409 and reply.headers.get("Enrollment-Intake") == "1":
            raise CarrierError("The centre has this package already.", code="already-there", line=False)
        if reply.status != 201 or "Tus-Resumable" not in reply.headers or "Location" not in reply.headers:
            raise unexpected(reply, "create")
        return self._web.same_origin(reply.headers["Location"])

    def _offset(self, location: str, size: int) -> int | None:
        """Ask the peer what it has; None when it has nothing of this upload."""
        for attempt in (1, 2):
            reply = self._web.request("HEAD", location, headers=self._all({}))
            if reply.status in {401, 403} and self._renew is not None and attempt == 1:
                self._renew()
                continue
            break
        if reply.status in {404, 410}:
            return None
        if reply.status not in {200, 204} or "Tus-Resumable" not in reply.headers:
            raise unexpected(reply, "ask")
        offset, length = _number(reply.headers.get("Upload-Offset")), _number(reply.headers.get("Upload-Length"))
        if offset is None or offset > size or (length is not None and length != size):
            raise CarrierError("The peer's account of this upload cannot be true; nothing was believed.", code="peer-lies")
        return offset

    def _patch(self, location: str, data: bytes, offset: int, stop: threading.Event) -> Reply | None:
        """Send one chunk; None when the line broke under it (what arrived is asked afterwards)."""
        count = min(self._pace.chunk(self._chunk) if self._pace else self._chunk, len(data) - offset)
        if self._pace and self._pace.take(count, stop):
            raise CarrierError("Sending was paused; it goes on at the same byte.", code="paused")
        chunk = data[offset : offset + count]
        headers = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
        if self._checksums:
            headers["Upload-Checksum"] = "sha256 " + base64.b64encode(hashlib.sha256(chunk).digest()).decode()
        try:
            return self._web.request("PATCH", location, headers=self._all(headers), content=chunk)
        except CarrierError as error:
            if error.reason_code in {"intake-unreachable", "slow-line", "peer-lies"}:
                return None
            raise

    def _all(self, headers: dict[str, str]) -> dict[str, str]:
        return {"Tus-Resumable": VERSION, **self._headers(), **headers}


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None
