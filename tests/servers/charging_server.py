"""A server that charges for answers and keeps a ledger, in its own process: what the fault tests trust.

    python -m tests.servers.charging_server --latency 0.5 --fault 429=0.05 --fault hang=0.01

prints its URL as the first line. `POST /charge {"key": …}` charges and answers; `GET /ledger` is charges by key;
`POST /control {"faults": …, "latency": …, "reset": true}` changes it.
"""

import argparse
import asyncio
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import orjson
from aiohttp import web

ROOT = Path(__file__).resolve().parents[2]
# A fault before the charge is honest; one after it leaves the client in doubt about a call that it has paid.
BEFORE = ("429", "500", "503", "reset_before")
AFTER = ("hang", "reset_after", "truncated", "garbage")
COST_MICROS = 100


class ChargingServer:
    """Charges 100 micro-dollars an answer. `faults` are probabilities by name, drawn from a seeded generator."""

    def __init__(self, *, latency_s: float, faults: Mapping[str, float], seed: int) -> None:
        self.latency_s = latency_s
        self.faults = dict(faults)
        self.charges: Counter[str] = Counter()
        self.served: Counter[str] = Counter()
        self._draw = random.Random(seed)

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes(
            [
                web.post("/charge", self.charge),
                web.get("/ledger", self.ledger),
                web.post("/control", self.control),
            ]
        )
        return app

    async def charge(self, request: web.Request) -> web.StreamResponse:
        key = orjson.loads(await request.read())["key"]
        fault = self._fault()
        self.served[fault or "ok"] += 1
        if fault in BEFORE:
            return self._refuse(request, fault)
        await asyncio.sleep(self.latency_s)
        self.charges[key] += 1
        answer = orjson.dumps({"answer": f"answer to {key}", "cost_micros": COST_MICROS})
        if fault == "hang":
            await asyncio.sleep(3600)
        if fault == "reset_after":
            return self._cut(request)
        if fault == "truncated":
            return await self._truncate(request, answer)
        if fault == "garbage":
            return web.Response(body=b"<html>not json</html>", content_type="application/json")
        return web.Response(body=answer, content_type="application/json")

    async def ledger(self, request: web.Request) -> web.Response:
        return web.Response(body=orjson.dumps({"charges": self.charges, "served": self.served}))

    async def control(self, request: web.Request) -> web.Response:
        wish = orjson.loads(await request.read())
        self.faults = wish.get("faults", self.faults)
        self.latency_s = wish.get("latency", self.latency_s)
        if wish.get("reset"):
            self.charges.clear()
            self.served.clear()
        return web.Response(text="ok")

    def _fault(self) -> str | None:
        roll = self._draw.random()
        for name, share in self.faults.items():
            roll -= share
            if roll < 0:
                return name
        return None

    def _refuse(self, request: web.Request, fault: str) -> web.StreamResponse:
        if fault == "reset_before":
            return self._cut(request)
        headers = {"Retry-After": "0.5"} if fault == "429" else {}
        return web.Response(status=int(fault), headers=headers, text="no")

    def _cut(self, request: web.Request) -> web.Response:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    async def _truncate(self, request: web.Request, answer: bytes) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(len(answer)), "Content-Type": "application/json"})
        # The client may have been killed meanwhile.
        with suppress(ConnectionError):
            await response.prepare(request)
            await response.write(answer[: len(answer) // 2])
        self._cut(request)
        return response


@contextmanager
def charging_server(*, latency_s: float, faults: Mapping[str, float] | None = None, seed: int = 1) -> Iterator[str]:
    """The URL of a server of one's own, ended afterwards."""
    command = [sys.executable, "-m", "tests.servers.charging_server", "--latency", str(latency_s), "--seed", str(seed)]
    for name, share in (faults or {}).items():
        command += ["--fault", f"{name}={share}"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


async def _serve(server: ChargingServer, port: int) -> None:
    runner = web.AppRunner(server.app(), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port, backlog=4096)
    await site.start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fault", action="append", default=[])
    options = parser.parse_args()
    faults = {name: float(share) for name, share in (each.split("=") for each in options.fault)}
    server = ChargingServer(latency_s=options.latency, faults=faults, seed=options.seed)
    asyncio.run(_serve(server, options.port))


if __name__ == "__main__":
    main()
