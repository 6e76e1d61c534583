"""One Valkey of ours: cache and broker, on 127.0.0.1 only, by password, its writes in an append-only file.

Starting what runs is a no-op, so is stopping what doesn't. The caller sees to it that no two start at once.
"""

import socket
from dataclasses import dataclass
from pathlib import Path
from signal import Signals
from typing import ClassVar

import psutil

from config.stack import diagnosis, process, programs
from config.stack.place import account


@dataclass(frozen=True, slots=True)
class Valkey:
    """`directory` holds its append-only file; its log is beside it."""

    name: ClassVar[str] = "Valkey"

    directory: Path
    port: int
    password: str
    memory_mb: int

    @property
    def log(self) -> Path:
        return self.directory.with_name("valkey.log")

    def running(self) -> psutil.Process | None:
        return process.serving(self.directory / "valkey.pid", f"127.0.0.1:{self.port}")

    def start(self) -> None:
        """Ready for commands on return. Raises `StackError`."""
        running = self.running()
        server = process.Server(running, self.log, since=0) if running else self._launch()
        if not server.await_ready(self.answers):
            raise diagnosis.not_started(self.name, said=server.said(), log=self.log)

    def stop(self) -> None:
        """Writes out what is in memory and returns when the process is gone."""
        if running := self.running():
            process.end(running, (Signals.SIGTERM, 30), (Signals.SIGKILL, 10))

    def answers(self) -> bool:
        """Whether it takes commands; not while it reads its file."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as wire:
                # By hand: importing a client costs each short command half a second.
                wire.sendall(f"AUTH {self.password}\r\nPING\r\nQUIT\r\n".encode())
                return b"+PONG" in wire.makefile("rb").read()
        except OSError:
            return False

    def _launch(self) -> process.Server:
        diagnosis.require_room(self.directory.parent)
        self.directory.mkdir(mode=0o700, exist_ok=True)
        account().own(self.directory)
        (self.directory / "valkey.pid").unlink(missing_ok=True)
        diagnosis.require_port(self.port, server=self.name)
        # Over its input, so that the password stands neither in a file nor in the list of processes.
        return process.launch([programs.valkey(), "-"], log=self.log, told=self._configuration())

    def _configuration(self) -> str:
        """One eviction policy for cache and broker: only keys with a TTL may go; the broker's have none."""
        return f"""
bind 127.0.0.1
port {self.port}
requirepass {self.password}
dir "{self.directory}"
pidfile "{self.directory / "valkey.pid"}"
appendonly yes
appendfsync everysec
save ""
maxmemory {self.memory_mb}mb
maxmemory-policy volatile-lru
"""
