"""The tus 1.0 endpoint: creation, termination, checksum, expiration. Authenticate, then check, only then read the body."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import re
from typing import TYPE_CHECKING, Final, Literal

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from station.errors import StorageError

if TYPE_CHECKING:
    from station.intake.app import Server
    from station.intake.uploads import Upload

VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,termination,checksum,expiration"
ALGORITHMS: Final = "sha256,sha1"
WRITE_BYTES: Final = 1 << 20
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


def answer(status: int, text: str = "", **headers: str) -> Response:
    """Return an answer with the headers every tus answer has; `Enrollment-Intake` tells it from a page of the network."""
    common = {"Tus-Resumable": VERSION, "Enrollment-Intake": "1", "Cache-Control": "no-store"}
    named = {k.replace("_", "-"): v for k, v in headers.items()}
    return Response(text, status, common | named, media_type="text/plain" if text else None)


class TusEndpoint:
    """The endpoint's methods, one per verb."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._uploads = server.uploads
        self._settings = server.intake.settings

    async def options(self, _: Request) -> Response:
        """What this endpoint can do."""
        return answer(204, Tus_Version=VERSION, Tus_Extension=EXTENSIONS, Tus_Checksum_Algorithm=ALGORITHMS,
                      Tus_Max_Size=str(self._settings.package_limit_bytes))  # fmt: skip

    async def create(self, request: Request) -> Response:
        """POST: begin an upload of one package."""
        station = self._server.station_of(request)
        if station is None:
            return answer(401)
        if request.headers.get("Tus-Resumable") != VERSION:
            return answer(412, Tus_Version=VERSION)
        length = _number(request.headers.get("Upload-Length"))
        metadata = _metadata(request.headers.get("Upload-Metadata", ""))
        if length is None or length == 0 or metadata is None:
            return answer(400)
        manifest, sha256 = metadata.get("manifest", ""), metadata.get("sha256", "")
        if not _SHA256.fullmatch(manifest) or not _SHA256.fullmatch(sha256):
            return answer(400)
        if length > self._settings.package_limit_bytes:
            return answer(413, Tus_Max_Size=str(self._settings.package_limit_bytes))
        return await asyncio.to_thread(self._begin, station, length, manifest, sha256)

    def _begin(self, station: str, length: int, manifest: str, sha256: str) -> Response:
        server, intake = self._server, self._server.intake
        row = intake.store.package(manifest[:32])
        if row is not None and row["station"] == station:
            return answer(409)
        own = server.uploads.for_package(manifest[:32], station)
        if own is not None and own.complete:
            return answer(409)
        if own is not None and (own.length, own.manifest, own.sha256) == (length, manifest, sha256):
            return self._created(own)  # asked again after a lost answer: the same upload goes on
        if own is None and len(server.uploads.open_of(station)) >= self._settings.open_uploads_per_station:
            return answer(429, Retry_After="30")
        if len(server.uploads) >= self._settings.open_uploads:
            return answer(503, Retry_After="30")
        if intake.files.free_bytes() < self._settings.min_free_bytes + length:
            return answer(507, Retry_After="600")
        day_ago = intake.now_ms() - 86_400_000
        if intake.store.packages_since(station, day_ago) >= self._settings.packages_per_day:
            return answer(429, Retry_After="3600")
        if own is not None:
            server.uploads.remove(own)
        upload = server.uploads.create(station=station, length=length, manifest=manifest, sha256=sha256, created=intake.now_ms(),
                                       now=intake.clock.monotonic())  # fmt: skip
        return self._created(upload)

    def _created(self, upload: Upload) -> Response:
        return answer(201, Location=f"/files/{upload.id}", Upload_Expires=self._expires(upload))

    def _expires(self, upload: Upload) -> str:
        from email.utils import formatdate

        return formatdate(upload.created / 1000 + self._settings.upload_expires_s, usegmt=True)

    async def head(self, request: Request) -> Response:
        """HEAD: what is there."""
        upload = self._own(request)
        if isinstance(upload, Response):
            return upload
        return answer(
            200, Upload_Offset=str(upload.offset), Upload_Length=str(upload.length), Upload_Expires=self._expires(upload)
        )

    async def delete(self, request: Request) -> Response:
        """DELETE: the station gives an upload up."""
        upload = self._own(request)
        if isinstance(upload, Response):
            return upload
        if upload.complete or not upload.busy.acquire(blocking=False):
            return answer(423)
        try:
            await asyncio.to_thread(self._uploads.remove, upload)
        finally:
            upload.busy.release()
        return answer(204)

    def _own(self, request: Request) -> Upload | Response:
        station = self._server.station_of(request)
        if station is None:
            return answer(401)
        if request.headers.get("Tus-Resumable") != VERSION:
            return answer(412, Tus_Version=VERSION)
        upload = self._uploads.get(request.path_params["upload"])
        return upload if upload is not None and upload.station == station else answer(404)

    async def patch(self, request: Request) -> Response:
        """PATCH: more bytes. Everything is checked before the body is read; 204 only after fsync."""
        upload = self._own(request)
        if isinstance(upload, Response):
            return upload
        if request.headers.get("Content-Type") != "application/offset+octet-stream":
            return answer(415)
        offset = _number(request.headers.get("Upload-Offset"))
        if offset is None:
            return answer(400)
        checksum = _checksum(request.headers.get("Upload-Checksum"))
        if checksum is False:
            return answer(400)
        if not upload.busy.acquire(blocking=False):
            return answer(423)
        try:
            if offset != upload.offset:
                return answer(409, Upload_Offset=str(upload.offset))
            said = _number(request.headers.get("Content-Length"))
            if said is not None and offset + said > upload.length:
                return answer(413)
            return await self._receive(request, upload, checksum or None)
        finally:
            upload.busy.release()

    async def _receive(self, request: Request, upload: Upload, checksum: tuple[str, bytes] | None) -> Response:
        start, clock = upload.offset, self._server.intake.clock
        digest = hashlib.new(checksum[0], usedforsecurity=False) if checksum else None
        pending, whole = bytearray(), True
        body = request.stream()
        try:
            while True:
                async with asyncio.timeout(self._settings.idle_s):
                    piece = await anext(body, None)
                if piece is None:
                    break
                if upload.offset + len(pending) + len(piece) > upload.length:
                    return answer(413)
                pending += piece
                if digest is not None:
                    digest.update(piece)
                if len(pending) >= WRITE_BYTES:
                    await asyncio.to_thread(self._uploads.append, upload, bytes(pending), clock.monotonic())
                    pending.clear()
        except (ClientDisconnect, TimeoutError):
            whole = False  # the line broke: what arrived is kept, the package's own hash judges the end
        try:
            return await asyncio.to_thread(self._settle, upload, bytes(pending), start,
                                           (checksum[1], digest.digest()) if checksum and digest and whole else None)  # fmt: skip
        except StorageError:
            return answer(507, Retry_After="60")

    def _settle(self, upload: Upload, pending: bytes, start: int, sums: tuple[bytes, bytes] | None) -> Response:
        now = self._server.intake.clock.monotonic()
        if sums is not None and sums[0] != sums[1]:
            self._uploads.truncate(upload, start)
            return answer(460, "checksum mismatch")
        if pending:
            self._uploads.append(upload, pending, now)
        self._uploads.sync(upload)
        if upload.complete:
            self._uploads.finish(upload)
            self._server.handover.take(upload)
        return answer(204, Upload_Offset=str(upload.offset), Upload_Expires=self._expires(upload))


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None


def _metadata(text: str) -> dict[str, str] | None:
    """Return the creation metadata, None when it is not well formed."""
    result: dict[str, str] = {}
    if len(text) > 2000:
        return None
    for pair in filter(None, (p.strip() for p in text.split(","))):
        key, _, value = pair.partition(" ")
        try:
            result[key] = base64.b64decode(value, validate=True).decode("utf-8")
        except (binascii.Error, ValueError):
            return None
    return result


def _checksum(text: str | None) -> tuple[str, bytes] | Literal[False] | None:
    """Return (algorithm, sum), None when none was given, False when it is not one we know."""
    if text is None:
        return None
    name, _, value = text.partition(" ")
    try:
        wanted = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return False
    return (name, wanted) if name in ALGORITHMS.split(",") and len(wanted) == {"sha256": 32, "sha1": 20}[name] else False
