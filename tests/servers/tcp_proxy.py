"""A TCP proxy that spoils connections: it delays, swallows, resets and cuts off what passes through it.

It runs in a thread of the test's own process; every setting holds for open connections too, from then on.
"""

import asyncio
import socket
import struct
import threading
from collections.abc import Coroutine
from contextlib import suppress
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit, urlunsplit

CHUNK = 65_536
# On close: an RST instead of a FIN.
RESET = struct.pack("ii", 1, 0)


class TcpProxy:
    """A context in which `port` leads to `target`. `latency_s` delays each chunk of both directions.

    `is_blackhole` swallows what is sent to the target; `cut_after` resets a connection once so many bytes of answer
    have passed. `forwarded` counts the bytes of answer.
    """

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="tcp proxy", daemon=True)
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self.latency_s = 0.0
        self.is_blackhole = False
        self.cut_after: int | None = None
        self.forwarded = 0
        self.resets = 0
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self._run(self._start())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def leading_to(self, url: str) -> str:
        """The same address through this proxy."""
        parts = urlsplit(url)
        account = parts.netloc.rpartition("@")[0]
        host = f"127.0.0.1:{self.port}"
        return urlunsplit(parts._replace(netloc=f"{account}@{host}" if account else host))

    def reset(self) -> None:
        """Cut every open connection, as a router that lost its state does."""
        self._run(self._reset_all())

    def heal(self) -> None:
        """Let everything pass again; what was swallowed is lost, so its connections are cut."""
        self.latency_s, self.is_blackhole, self.cut_after = 0.0, False, None
        self.reset()

    async def _start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _end(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._reset_all()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._target)
        except OSError:
            self._cut(writer)
            return
        self._open |= {writer, far_writer}
        try:
            async with asyncio.TaskGroup() as directions:
                directions.create_task(self._pass_on(reader, far_writer, is_answer=False))
                directions.create_task(self._pass_on(far_reader, writer, is_answer=True))
        except* (OSError, _CutOffError, asyncio.CancelledError):
            self._cut(writer)
            self._cut(far_writer)
        finally:
            self._open -= {writer, far_writer}
            for each in (writer, far_writer):
                each.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_answer: bool) -> None:
        while chunk := await reader.read(CHUNK):
            if self.is_blackhole:
                continue
            if self.latency_s:
                await asyncio.sleep(self.latency_s)
            writer.write(chunk[: self.cut_after] if is_answer and self.cut_after is not None else chunk)
            await writer.drain()
            if is_answer:
                self._count(chunk)
        with suppress(OSError):
            writer.write_eof()

    def _count(self, chunk: bytes) -> None:
        self.forwarded += len(chunk)
        if self.cut_after is not None:
            self.cut_after -= len(chunk)
            if self.cut_after <= 0:
                self.cut_after = None
                raise _CutOffError

    async def _reset_all(self) -> None:
        for writer in list(self._open):
            self._cut(writer)

    def _cut(self, writer: asyncio.StreamWriter) -> None:
        self.resets += 1
        raw = writer.get_extra_info("socket")
        if raw is not None:
            with suppress(OSError):
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        writer.transport.abort()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)


class _CutOffError(Exception):
    """So much of the answer as was wanted has passed."""
