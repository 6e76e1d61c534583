"""A client that asks over and over: `python client.py` reads a plan from its input and writes what it saw.

In a process of its own, without Django, over plain sockets: it takes a tenth of what `aiohttp` would of the machine
that it shares with the server. It speaks as much HTTP/1.1 as our server does: kept connections and Content-Length.

The plan: `port`, `seconds`, `seed`, `warm_s` (seconds before those that count, 1 unless said); `users`, each the value
of its Authorization; `kinds`, each with a `name`, a `weight` and `requests` of [method, path, body]. With a `rate` that
many requests a second are sent, spread evenly over the users, and each is timed from when it was due, so that a server
that falls behind can't slow its clients down to look better. Without one each user asks as soon as it has its answer.
"""

import asyncio
import json
import random
import sys
import time
from collections import defaultdict
from typing import Any

Plan = dict[str, Any]
WARM_S = 1.0


class Connection(asyncio.Protocol):
    """One kept connection, one request at a time."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._wanted = -1
        self._status = 0
        self._answer: asyncio.Future[int] | None = None
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def ask(self, request: bytes) -> "asyncio.Future[int]":
        """The status of the answer, once all of its body has come."""
        self._received.clear()
        self._wanted = -1
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._wanted < 0 and (end := self._received.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._received[:end]).lower()
            self._status = int(head[9:12])
            _, _, length = head.partition(b"content-length:")
            self._wanted = end + 4 + (int(length.split(b"\r\n", 1)[0]) if length and self._status != 304 else 0)
        if 0 <= self._wanted <= len(self._received) and self._answer is not None and not self._answer.done():
            self._answer.set_result(self._status)

    def connection_lost(self, error: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error or ConnectionError("closed"))


class Load:
    """A plan at work."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._random = random.Random(plan.get("seed", 1))  # noqa: S311 - the same requests each time
        self._kinds = plan["kinds"]
        self._weights = [kind["weight"] for kind in self._kinds]
        self.took: dict[str, list[float]] = defaultdict(list)
        self.errors: dict[str, int] = defaultdict(int)
        self.cold: list[float] = []

    async def run(self) -> dict[str, Any]:
        self._begins = time.perf_counter() + 0.1
        self._counts_from = self._begins + self._plan.get("warm_s", WARM_S)
        self._ends = self._counts_from + self._plan["seconds"]
        users = self._plan["users"]
        await asyncio.gather(*(self._user(number, authorization) for number, authorization in enumerate(users)))
        return {"seconds": self._plan["seconds"], "took": self.took, "errors": self.errors, "cold": self.cold}

    async def _user(self, number: int, authorization: str) -> None:
        every = len(self._plan["users"]) / self._plan["rate"] if self._plan.get("rate") else 0.0
        due = self._begins + every * number / len(self._plan["users"])
        connection: Connection | None = None
        while due < self._ends:
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            [kind] = self._random.choices(self._kinds, self._weights)
            request = self._request(self._random.choice(kind["requests"]), authorization)
            began = due if every else time.perf_counter()
            try:
                connection = connection or await self._connected()
                status = await connection.ask(request)
            except OSError:
                connection, status = None, 0
            self._note(kind["name"], began, status)
            due = due + every if every else time.perf_counter()

    async def _connected(self) -> Connection:
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(Connection, "127.0.0.1", self._plan["port"])
        return connection

    def _request(self, request: list[str], authorization: str) -> bytes:
        method, path, body = request
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {authorization}\r\nAccept: */*\r\n"
        head += f"Accept-Encoding: {self._plan['accept_encoding']}\r\n"
        if body:
            head += f"Content-Type: application/json\r\nContent-Length: {len(body.encode())}\r\n"
        return f"{head}\r\n{body}".encode()

    def _note(self, name: str, began: float, status: int) -> None:
        ended = time.perf_counter()
        if ended >= self._ends:
            return
        if ended < self._counts_from:
            self.cold.append((ended - began) * 1000)
        elif 200 <= status < 400:
            self.took[name].append((ended - began) * 1000)
        else:
            self.errors[f"{name} {status}"] += 1


if __name__ == "__main__":
    json.dump(asyncio.run(Load(json.load(sys.stdin)).run()), sys.stdout)
