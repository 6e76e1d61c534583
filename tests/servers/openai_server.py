"""An OpenAI-compatible server in its own process, for tests, faults and the bench.

    python -m tests.servers.openai_server --port 0 --latency 2.0 --fault server_error=0.1

prints its base URL (http://127.0.0.1:PORT/v1) as the first line. `GET /ledger` tells what was charged; `POST /control`
changes any option (`{"latency": 0.5, "faults": {"hang": 0.1}}`), empties the ledger (`{"reset": true}`) or begins an
outage (`{"outage_s": 3, "outage_mode": "refuse"}`: the port is closed; `"error"`: 503 to everybody).
"""

import argparse
import asyncio
import hashlib
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import orjson
from aiohttp import web

from tests.servers.openai_answers import Scene, answer, quotable
from tests.servers.openai_behaviour import FAULTS, Bucket, Ledger, Options, fault_for

ROOT = Path(__file__).resolve().parents[2]


class Refusal(Exception):
    """A request that is answered with an error, worded as OpenAI words it."""

    def __init__(self, status: int, message: str, *, code: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = headers or {}


class OpenAIServer:
    """One server: its options, its ledger, its listening socket."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.ledger = Ledger()
        self.outage_until = 0.0
        self.port = 0
        self._buckets: list[Bucket] = []
        self._site: web.TCPSite | None = None
        self._runner: web.AppRunner | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._errors = 0
        self._fill_buckets()

    # --- listening ---

    async def listen(self, port: int) -> None:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_post("/v1/chat/completions", self.complete)
        app.router.add_get("/v1/models", self.list_models)
        app.router.add_get("/v1/models/{model}", self.show_model)
        app.router.add_get("/ledger", self.show_ledger)
        app.router.add_post("/control", self.control)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=0.1)
        await self._runner.setup()
        self.port = port
        await self._open()
        assert self._site
        listening = self._site._server
        assert isinstance(listening, asyncio.Server)
        self.port = listening.sockets[0].getsockname()[1]

    async def _open(self) -> None:
        assert self._runner
        self._site = web.TCPSite(self._runner, "127.0.0.1", self.port, backlog=4096, reuse_address=True)
        await self._site.start()

    async def _refuse_for(self, seconds: float) -> None:
        """Close the port and every connection, so that clients are refused; open again later."""
        assert self._site
        assert self._runner
        assert self._runner.server
        await asyncio.sleep(0.05)  # let the answer to /control out
        server = self._site._server
        assert server
        server.close()
        for connection in list(self._runner.server.connections):
            if connection.transport is not None:
                connection.transport.abort()
        await asyncio.sleep(seconds)
        self._runner._sites.remove(self._site)
        await self._open()

    # --- control ---

    async def show_ledger(self, _: web.Request) -> web.Response:
        return _json(200, self.ledger.as_json())

    async def control(self, request: web.Request) -> web.Response:
        values = orjson.loads(await request.read() or b"{}")
        if values.pop("reset", False):
            self.ledger, self.outage_until = Ledger(), 0.0
        outage_s, mode = values.pop("outage_s", 0.0), values.pop("outage_mode", "refuse")
        try:
            self.options = self.options.changed(values)
        except ValueError as error:
            return _json(400, {"error": str(error)})
        if values:
            self._fill_buckets()
        if outage_s and mode == "refuse":
            task = asyncio.ensure_future(self._refuse_for(outage_s))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif outage_s or mode == "error":
            self.outage_until = time.monotonic() + outage_s
        return _json(200, self.options.as_json())

    def _fill_buckets(self) -> None:
        options = self.options
        self._buckets = []
        if options.rate:
            self._buckets.append(Bucket(kind="requests", rate=options.rate, capacity=options.burst or options.rate))
        if options.tokens_per_s:
            per_minute = options.tokens_per_s * 60
            self._buckets.append(Bucket(kind="tokens", rate=options.tokens_per_s, capacity=per_minute))

    # --- the API ---

    async def list_models(self, request: web.Request) -> web.Response:
        try:
            self._authorise(request)
        except Refusal as refusal:
            return _refused(refusal)
        models = [_model(name) for name in self.options.models]
        return _json(200, {"object": "list", "data": models})

    async def show_model(self, request: web.Request) -> web.Response:
        try:
            self._authorise(request)
            self._check_model(request.match_info["model"])
        except Refusal as refusal:
            return _refused(refusal)
        return _json(200, _model(request.match_info["model"]))

    async def complete(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        digest = hashlib.sha256(raw).digest()
        arrival = self.ledger.arrive(digest.hex())
        try:
            self._authorise(request)
            body = self._checked(raw)
            fault = fault_for(self.options, digest=digest, arrival=arrival)
            headers = self._admit(body, fault, size=len(raw))
        except Refusal as refusal:
            self.ledger.refuse(refusal.status)
            return _refused(refusal)
        if fault == "reset_before":
            return _reset(request)
        self.ledger.charge(digest.hex())
        return await self._serve(Accepted(request, body, digest, fault, headers, self.options.says))

    async def _serve(self, accepted: "Accepted") -> web.StreamResponse:
        self.ledger.in_flight += 1
        self.ledger.peak_in_flight = max(self.ledger.peak_in_flight, self.ledger.in_flight)
        try:
            await asyncio.sleep(3600 if accepted.fault == "hang" else self.options.latency)
        finally:
            self.ledger.in_flight -= 1
        match accepted.fault:
            case "reset_after":
                return _reset(accepted.request)
            case "html":
                return web.Response(text="<html><title>502</title>", content_type="text/html")
            case "drip":
                return await _drip(accepted.request, accepted.reply())
        return web.Response(body=accepted.reply(), content_type="application/json", headers=accepted.headers)

    def _authorise(self, request: web.Request) -> None:
        if time.monotonic() < self.outage_until:
            raise Refusal(503, "The server is overloaded or not ready yet.", code="service_unavailable")
        given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        if self.options.key and given != self.options.key:
            message = (
                f"Incorrect API key provided: {given[:8]}****. You can find your API key at "
                "https://platform.openai.com/account/api-keys."
            )
            raise Refusal(401, message, code="invalid_api_key")

    def _check_model(self, name: str) -> None:
        if name not in self.options.models:
            raise Refusal(
                404, f"The model `{name}` does not exist or you do not have access to it.", code="model_not_found"
            )

    def _checked(self, raw: bytes) -> dict[str, Any]:
        try:
            body: dict[str, Any] = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise Refusal(400, "We could not parse the JSON body of your request.", code="invalid_json") from error
        self._check_model(body.get("model", ""))
        if not isinstance(body.get("messages"), list):
            raise Refusal(400, "Invalid type for 'messages': expected an array of objects.", code="invalid_type")
        wanted = (body.get("response_format") or {}).get("type")
        refused = {"json_schema": self.options.no_schema, "json_object": self.options.no_json_mode}
        if refused.get(wanted or ""):
            message = f"Invalid parameter: 'response_format' of type '{wanted}' is not supported with this model."
            raise Refusal(400, message, code="unsupported_parameter")
        return body

    def _admit(self, body: dict[str, Any], fault: str | None, *, size: int) -> dict[str, str]:
        """The rate-limit headers of an accepted request; a refused one raises."""
        if fault:
            self.ledger.faults[fault] += 1
        if fault == "rate_limited":
            raise Refusal(429, "Rate limit reached.", code="rate_limit_exceeded", headers=self._retry_after())
        if fault == "server_error":
            self._errors += 1
            status = (500, 502, 503)[self._errors % 3]
            raise Refusal(status, "The server had an error while processing your request.", code="server_error")
        headers: dict[str, str] = {}
        for bucket in self._buckets:
            amount = 1 if bucket.kind == "requests" else size / 4 + (body.get("max_completion_tokens") or 0)
            if not bucket.take(amount):
                wait = bucket.wait_s(amount)
                hint = {"Retry-After": str(max(1, round(wait))), "retry-after-ms": f"{wait * 1000:.0f}"}
                message = f"Rate limit reached for {bucket.kind}: try again in {wait:.3f}s."
                raise Refusal(429, message, code="rate_limit_exceeded", headers={**bucket.headers(), **hint})
            headers |= bucket.headers()
        return headers

    def _retry_after(self) -> dict[str, str]:
        return {"Retry-After": f"{self.options.retry_after:g}"}


@dataclass(frozen=True, slots=True)
class Accepted:
    """A charged request and the fate that was rolled for it."""

    request: web.Request
    body: dict[str, Any]
    digest: bytes
    fault: str | None
    headers: dict[str, str]
    says: str = ""

    def reply(self) -> bytes:
        message: dict[str, Any] = {"role": "assistant", "content": None, "refusal": None}
        finish = "length" if self.fault == "length" else "stop"
        if self.fault == "refusal":
            message["refusal"] = "I'm sorry, but I can't assist with that request."
        else:
            message["content"] = self._content()
        prompt = sum(len(m.get("content") or "") for m in self.body["messages"]) // 4 + 8
        completion = len(message["content"] or message["refusal"]) // 4 + 2
        return orjson.dumps(
            {
                "id": f"chatcmpl-{self.digest.hex()[:24]}",
                "object": "chat.completion",
                "created": int(time.time()),
                "model": self.body["model"],
                "choices": [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}],
                "usage": {
                    "prompt_tokens": prompt,
                    "completion_tokens": completion,
                    "total_tokens": prompt + completion,
                },
            }
        )

    def _content(self) -> str:
        if self.fault == "garbage":
            return "Certainly! Here is my view: it depends on many things, as {life} so often does."
        content = self._answer()
        return content[: len(content) // 2] if self.fault in {"length", "truncated"} else content

    def _answer(self) -> str:
        schema = _schema_of(self.body)
        if self.says:
            return self.says
        if schema is None:
            return "OK"
        scene = Scene(
            digest=self.digest, quotes=quotable(self.body["messages"]), invents=self.fault == "invented_quotes"
        )
        text = orjson.dumps(answer(schema, scene)).decode()
        # Without structured output a model likes to talk around its JSON.
        return text if self.body.get("response_format") else f"Here is the answer:\n```json\n{text}\n```"


def _schema_of(body: dict[str, Any]) -> dict[str, Any] | None:
    """The schema to follow: from response_format, or the JSON schema that stands in the system message."""
    asked = body.get("response_format") or {}
    if asked.get("type") == "json_schema":
        schema: dict[str, Any] = asked["json_schema"]["schema"]
        return schema
    system = "\n".join(m["content"] for m in body["messages"] if m["role"] == "system")
    start = system.find('{"', max(0, system.find("JSON schema")))
    try:
        return orjson.loads(system[start : system.rindex("}") + 1]) if start >= 0 else None
    except ValueError:
        return None


def _json(status: int, value: object) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(value), content_type="application/json")


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 1_760_000_000, "owned_by": "tests"}


def _refused(refusal: Refusal) -> web.Response:
    kind = {401: "invalid_request_error", 429: "requests"}.get(refusal.status, "server_error")
    kind = kind if refusal.status in {401, 429} or refusal.status >= 500 else "invalid_request_error"
    error = {"message": str(refusal), "type": kind, "param": None, "code": refusal.code}
    response = _json(refusal.status, {"error": error})
    response.headers.update(refusal.headers)
    return response


def _reset(request: web.Request) -> web.Response:
    """Send RST (not FIN): what a crashed proxy does to its clients."""
    if request.transport is not None:
        sock = request.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return web.Response()


async def _drip(request: web.Request, body: bytes) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(body))})
    await response.prepare(request)
    for position in range(len(body)):
        await response.write(body[position : position + 1])
        await asyncio.sleep(0.2)
    return response


# --- starting it ---


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server in its own process, as tests see it."""

    base_url: str
    process: subprocess.Popen[str]

    @property
    def root(self) -> str:
        return self.base_url.removesuffix("/v1")

    def ledger(self) -> dict[str, Any]:
        with urlopen(f"{self.root}/ledger", timeout=30) as reply:
            answer: dict[str, Any] = orjson.loads(reply.read())
            return answer

    def control(self, **values: Any) -> dict[str, Any]:
        request = Request(f"{self.root}/control", data=orjson.dumps(values), method="POST")
        with urlopen(request, timeout=30) as reply:
            answer: dict[str, Any] = orjson.loads(reply.read())
            return answer


@contextmanager
def running_openai_server(**options: Any) -> Iterator[RunningServer]:
    """Start the server with `options` (fields of Options, and `port`), yield it, stop it. It dies with its parent."""
    port = options.pop("port", 0)
    command = [sys.executable, "-m", "tests.servers.openai_server", "--port", str(port), "--exit-with-stdin"]
    command += ["--options", orjson.dumps(options).decode()]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        base_url = process.stdout.readline().strip()
        if not base_url:
            raise RuntimeError(f"the test server did not start (exit {process.wait()})")
        yield RunningServer(base_url, process)
    finally:
        process.kill()
        process.communicate()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--exit-with-stdin", action="store_true", help="Stop when standard input ends")
    parser.add_argument("--options", type=orjson.loads, default={}, help="All options as one JSON object")
    parser.add_argument("--fault", action="append", default=[], metavar="NAME=FRACTION", help=", ".join(FAULTS))
    parser.add_argument("--model", action="append", dest="models")
    for option in fields(Options):
        if option.name not in {"faults", "models"}:
            flag = "--" + option.name.replace("_", "-")
            if option.type is bool:
                parser.add_argument(flag, action="store_true", default=None)
            else:
                parser.add_argument(flag, type=option.type)
    return parser.parse_args()


def _options(arguments: argparse.Namespace) -> Options:
    names = [option.name for option in fields(Options) if option.name != "faults"]
    given = {name: value for name in names if (value := getattr(arguments, name)) is not None}
    faults = {name: float(share) for name, _, share in (item.partition("=") for item in arguments.fault)}
    return Options().changed({**arguments.options, **given, **({"faults": faults} if faults else {})})


async def _run(arguments: argparse.Namespace) -> None:
    server = OpenAIServer(_options(arguments))
    await server.listen(arguments.port)
    print(f"http://127.0.0.1:{server.port}/v1", flush=True)
    if arguments.exit_with_stdin:
        await asyncio.to_thread(sys.stdin.read)
    else:
        await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(_run(_arguments()))
    except KeyboardInterrupt:
        sys.exit(130)
