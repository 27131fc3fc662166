"""The register over HTTP: a small service (simulator, offline list) on loopback, and its client.

``GET /v1/people/{number}`` · ``GET /v1/old/{number}`` · ``POST /v1/search`` (JSON query) → answer as JSON. A bearer token is required when
one was given. This is the shape a site's own connector can offer; the project ships no connector to a real register.
"""

from __future__ import annotations

import hmac
import json
from typing import TYPE_CHECKING, Any, Final

import httpx

from station.errors import InputError, TransferError
from station.population.model import Answer, NameQuery, Population
from station.population.wire import answer_from_plain, answer_to_plain, query_from_plain, query_to_plain

if TYPE_CHECKING:
    from starlette.applications import Starlette

MAX_REQUEST_BYTES: Final = 20_000
MAX_ANSWER_BYTES: Final = 2_000_000


def service(population: Population, token: str = "") -> Starlette:
    """Return the service as an ASGI application."""
    from starlette.applications import Starlette
    from starlette.concurrency import run_in_threadpool
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    def allowed(request: Request) -> bool:
        given = request.headers.get("authorization", "")
        return not token or hmac.compare_digest(given.encode(), f"Bearer {token}".encode())

    def refused(status: int, code: str) -> JSONResponse:
        return JSONResponse({"error": code}, status)

    def digits_of(request: Request, length: int) -> str | None:
        number = str(request.path_params["number"])
        return number if len(number) == length and number.isascii() and number.isdigit() else None

    async def by_number(request: Request) -> JSONResponse:
        if not allowed(request):
            return refused(401, "token")
        if (number := digits_of(request, 12)) is None:
            return refused(400, "number-shape")
        return JSONResponse(answer_to_plain(await run_in_threadpool(population.by_number, number)))

    async def by_old_number(request: Request) -> JSONResponse:
        if not allowed(request):
            return refused(401, "token")
        if (number := digits_of(request, 9)) is None:
            return refused(400, "old-number-shape")
        return JSONResponse(answer_to_plain(await run_in_threadpool(population.by_old_number, number)))

    async def search(request: Request) -> JSONResponse:
        if not allowed(request):
            return refused(401, "token")
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > MAX_REQUEST_BYTES:
                return refused(413, "query-large")
        try:
            query = query_from_plain(json.loads(body))
            return JSONResponse(answer_to_plain(await run_in_threadpool(population.by_name, query)))
        except (InputError, ValueError, RecursionError) as error:
            return refused(400, error.reason_code if isinstance(error, InputError) else "population-format")

    return Starlette(routes=[
        Route("/v1/people/{number}", by_number), Route("/v1/old/{number}", by_old_number),
        Route("/v1/search", search, methods=["POST"]),
    ])  # fmt: skip


class HttpPopulation:
    """The client: a `Population` behind an address. One short time-out, no retries: the counter goes on and compares later (E14)."""

    source = "http"

    def __init__(self, address: str, token: str = "", timeout_s: float = 5.0) -> None:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        self._client = httpx.Client(base_url=address, headers=headers, timeout=timeout_s, follow_redirects=False, trust_env=False)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def by_number(self, number: str) -> Answer:
        """See `Population.by_number`."""
        return self._ask("GET", f"/v1/people/{_digits(number, 12)}")

    def by_old_number(self, number: str) -> Answer:
        """See `Population.by_old_number`."""
        return self._ask("GET", f"/v1/old/{_digits(number, 9)}")

    def by_name(self, query: NameQuery) -> Answer:
        """See `Population.by_name`."""
        return self._ask("POST", "/v1/search", query_to_plain(query))

    def _ask(self, method: str, path: str, body: Any = None) -> Answer:
        try:
            with self._client.stream(method, path, json=body) as response:
                data = b""
                for part in response.iter_bytes():
                    data += part
                    if len(data) > MAX_ANSWER_BYTES:
                        raise TransferError("The register's answer is too large; it was not read. Go on and compare later.",
                                            code="register-answer")  # fmt: skip
                status = response.status_code
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TransferError(
                "The register does not answer; the dossier goes on and is compared before sending.", code="E14"
            ) from error
        if status == 400:
            raise InputError("The register cannot use this query; nothing was looked up. Check the number or type more of the name.",
                             code="query-refused")  # fmt: skip
        if status != 200:
            raise TransferError(
                f"The register refused ({status}); the dossier goes on and is compared before sending.", code="E14"
            )
        try:
            return answer_from_plain(json.loads(data))
        except (ValueError, RecursionError) as error:
            raise TransferError("The register's answer cannot be read; the dossier goes on and is compared before sending.",
                                code="register-answer") from error  # fmt: skip


def _digits(number: str, length: int) -> str:
    if len(number) != length or not (number.isascii() and number.isdigit()):
        raise InputError(f"This number has {length} digits; nothing was looked up. Type it again.", code="number-shape")
    return number
