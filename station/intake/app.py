"""The intake's web server: routes, and nothing that decides anything."""

from __future__ import annotations

import asyncio
import hmac
import logging
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from station.errors import StationError, StorageError
from station.intake import page
from station.intake.enrollment import Doors, NotAdmittedError, enroll, name_operators, rotate
from station.intake.handover import Handover
from station.intake.service import Intake
from station.intake.settings import MAX_REQUEST_BYTES
from station.intake.tus import TusEndpoint, answer
from station.intake.uploads import Uploads
from station.package import cbor

log = logging.getLogger(__name__)
_PACKAGE: Final = re.compile(r"[0-9a-f]{32}")
ADMIN_FILE: Final = "admin.token"
LONGEST_WAIT_S: Final = 30
SWEEP_S: Final = 300.0

Handler = Callable[[Request], Awaitable[Response]]


class Server:
    """One intake behind HTTP. `app` is the ASGI application; `close()` ends it in order."""

    def __init__(self, intake: Intake) -> None:
        self.intake = intake
        self.uploads = Uploads(intake.files, intake.clock.monotonic())
        self.doors = Doors(intake)
        self._waiters: dict[str, set[asyncio.Event]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self.handover = Handover(intake, self.uploads, on_answer=self._answered, threads=intake.settings.verifiers)
        self._admin = _admin_token(intake)
        tus = TusEndpoint(self)
        routes = [
            _route("/files", tus.options, "OPTIONS"), _route("/files", tus.create, "POST"),
            _route("/files/{upload}", tus.options, "OPTIONS"), _route("/files/{upload}", tus.head, "HEAD"),
            _route("/files/{upload}", tus.patch, "PATCH"), _route("/files/{upload}", tus.delete, "DELETE"),
            _route("/v1/challenge", self.challenge, "GET"), _route("/v1/session", self.session, "POST"),
            _route("/v1/enroll", self.enroll, "POST"), _route("/v1/rotate", self.rotate, "POST"),
            _route("/v1/operators", self.operators, "POST"), _route("/v1/packages/{package}", self.package, "GET"),
            _route("/v1/notices", self.notices, "GET"), _route("/v1/status", self.status, "GET"),
            _route("/metrics", self.metrics, "GET"), _route("/health", self.health, "GET"),
            _route("/", self.page, "GET"), _route("/receipt", self.receipt, "GET"), _route("/stations", self.stations, "GET"),
        ]  # fmt: skip
        self.app = Starlette(routes=routes, lifespan=self._lifespan,
                             exception_handlers={HTTPException: _plain, StationError: _refused, Exception: _fault})  # fmt: skip

    def close(self) -> None:
        """Finish what is being verified, close files. Unfinished uploads stay for the next start."""
        self.handover.close()
        self.uploads.close()

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        self._loop = asyncio.get_running_loop()
        sweeper = asyncio.create_task(self._sweep())
        yield
        sweeper.cancel()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            before = self.intake.clock.monotonic() - self.intake.settings.upload_expires_s
            await asyncio.to_thread(self.uploads.expire, before)

    # -- stations ----------------------------------------------------------------------------------------------------------

    def station_of(self, request: Request) -> str | None:
        """Return the station a request's token stands for."""
        return self.doors.station(request.headers.get("Authorization", ""))

    async def challenge(self, _: Request) -> Response:
        """A challenge to sign."""
        return _json({"challenge": self.doors.challenge(), "intake": self.intake.settings.name})

    async def session(self, request: Request) -> Response:
        """A signed challenge for a token."""
        token, _ = await asyncio.to_thread(self.doors.sign_in, await _body(request))
        return _json({"token": token, "seconds": self.intake.settings.session_s})

    async def enroll(self, request: Request) -> Response:
        """A one-time code for a place among the stations."""
        return _cbor(await asyncio.to_thread(enroll, self.intake, await _body(request)))

    async def operators(self, request: Request) -> Response:
        """A station names its operators."""
        station = self.station_of(request)
        if station is None:
            return answer(401)
        return _json({"operators": await asyncio.to_thread(name_operators, self.intake, station, await _body(request))})

    async def rotate(self, request: Request) -> Response:
        """A station's next key."""
        station = self.station_of(request)
        if station is None:
            return answer(401)
        await asyncio.to_thread(rotate, self.intake, station, await _body(request))
        return _json({})

    async def package(self, request: Request) -> Response:
        """The answer to one package, for its own station; `wait` seconds at most for one that is being verified."""
        station = self.station_of(request)
        if station is None:
            return answer(401)
        package_id = request.path_params["package"]
        if not _PACKAGE.fullmatch(package_id):
            return answer(404)
        wait = request.query_params.get("wait", "0")
        until = self.intake.clock.monotonic() + min(int(wait) if wait.isascii() and wait.isdigit() and len(wait) < 4 else 0,
                                                    LONGEST_WAIT_S)  # fmt: skip
        event = asyncio.Event()
        self._waiters.setdefault(package_id, set()).add(event)
        try:
            while True:
                event.clear()
                upload = self.uploads.for_package(package_id, station)  # before the database: it goes only after its row is there
                found = await asyncio.to_thread(self.intake.answer_for, package_id, station)
                working = upload is not None and upload.complete
                if found is not None and not working:
                    return _cbor(found)
                if not working:
                    return answer(404)
                left = until - self.intake.clock.monotonic()
                if left <= 0:
                    return answer(202)
                try:
                    async with asyncio.timeout(left):
                        await event.wait()
                except TimeoutError:
                    continue
        finally:
            waiting = self._waiters.get(package_id, set())
            waiting.discard(event)
            if not waiting:
                self._waiters.pop(package_id, None)

    def _answered(self, package_id: str) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake, package_id)

    def _wake(self, package_id: str) -> None:
        for event in self._waiters.get(package_id, ()):
            event.set()

    async def notices(self, request: Request) -> Response:
        """Signed notices for a station after a number."""
        station = self.station_of(request)
        if station is None:
            return answer(401)
        text = request.query_params.get("after", "0")
        after = int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
        found = await asyncio.to_thread(self.intake.store.notices, station, after, 5)
        return _cbor(cbor.encode([[n, m] for n, m in found]))

    # -- people and machines -----------------------------------------------------------------------------------------------

    async def status(self, _: Request) -> Response:
        """Counts only."""
        return _json(await asyncio.to_thread(self._counts))

    def _counts(self) -> dict[str, Any]:
        totals = self.intake.store.totals()
        return {"intake": self.intake.settings.name, "production": self.intake.settings.production, **totals,
                "uploads": len(self.uploads), "waiting": self.handover.waiting,
                "public_key": self.intake.public.to_text()}  # fmt: skip

    async def health(self, _: Request) -> Response:
        """200 while the database answers and the disk has room."""
        await asyncio.to_thread(self.intake.store.totals)
        room = self.intake.files.free_bytes() > self.intake.settings.min_free_bytes
        return _json({"ok": room}, 200 if room else 503)

    async def metrics(self, request: Request) -> Response:
        """Figures in Prometheus' text form, for the administrator."""
        if not self._is_admin(request):
            return _ask_admin()
        counts = self.handover.counts
        lines = [f'intake_packages_total{{result="{k}"}} {counts[k]}' for k in ("accepted", "repeated", "refused", "altered")]
        lines += [f"intake_bytes_total {counts['bytes']}", f"intake_uploads_open {len(self.uploads)}",
                  f"intake_waiting {self.handover.waiting}", f"intake_verify_seconds_total {self.handover.seconds:.6f}",
                  f"intake_disk_free_bytes {self.intake.files.free_bytes()}"]  # fmt: skip
        return Response("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")

    async def page(self, _: Request) -> Response:
        """The small page: look up a receipt."""
        counts = await asyncio.to_thread(self._counts)
        return page.html(page.front(counts))

    async def receipt(self, request: Request) -> Response:
        """A package by its receipt number."""
        number = re.sub(r"[^0-9a-f]", "", request.query_params.get("number", "")[:64].lower())
        row = await asyncio.to_thread(self.intake.store.by_receipt, number) if number else None
        return page.html(page.found(row), 200 if row else 404)

    async def stations(self, request: Request) -> Response:
        """Health of the stations, for the administrator."""
        if not self._is_admin(request):
            return _ask_admin()
        rows = await asyncio.to_thread(self.intake.store.stations)
        return page.html(page.health(rows, self.intake.now_ms()))

    def _is_admin(self, request: Request) -> bool:
        import base64
        import binascii

        kind, _, value = request.headers.get("Authorization", "").partition(" ")
        try:
            given = base64.b64decode(value, validate=True).partition(b":")[2] if kind == "Basic" else value.encode()
        except (binascii.Error, ValueError):
            return False
        return hmac.compare_digest(given, self._admin)


def _admin_token(intake: Intake) -> bytes:
    if intake.files.size(ADMIN_FILE) is None:
        intake.files.write(ADMIN_FILE, secrets.token_urlsafe(24).encode())
    return intake.files.read(ADMIN_FILE, 200).strip()


def _ask_admin() -> Response:
    return Response("", 401, {"WWW-Authenticate": 'Basic realm="intake"'})


def _route(path: str, handler: Handler, method: str) -> Route:
    return Route(path, handler, methods=[method])


async def _body(request: Request) -> bytes:
    """Read a small body; more than that is refused before it is read."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_REQUEST_BYTES:
            raise HTTPException(413)
    return bytes(body)


def _json(value: dict[str, Any], status: int = 200) -> Response:
    return JSONResponse(value, status, {"Enrollment-Intake": "1", "Cache-Control": "no-store"})


def _cbor(data: bytes) -> Response:
    return Response(data, 200, {"Enrollment-Intake": "1", "Cache-Control": "no-store"}, media_type="application/cbor")


async def _plain(_: Request, error: Exception) -> Response:
    return answer(error.status_code if isinstance(error, HTTPException) else 500)


async def _refused(_: Request, error: Exception) -> Response:
    """One status per kind of error, and no words: a stranger learns nothing."""
    if isinstance(error, NotAdmittedError):
        log.info("not admitted: %s", error.reason_code)
        return answer(403)
    if isinstance(error, StorageError):
        log.error("storage: %s", error.reason_code)
        return answer(503, Retry_After="30")
    return answer(400)


async def _fault(_: Request, error: Exception) -> Response:
    if not isinstance(error, ClientDisconnect):
        log.error("fault in a request", exc_info=error)
    return answer(500)
