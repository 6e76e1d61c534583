"""One PostgreSQL cluster of ours: made on the first start, reached on 127.0.0.1 only, by password.

Starting what runs is a no-op, so is stopping what doesn't. The caller sees to it that no two start at once.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from signal import Signals
from typing import ClassVar

import psutil
import psycopg

from config.stack import cluster, diagnosis, process, programs
from config.stack.errors import StackError
from config.stack.tuning import Setting
from config.stack.urls import DATABASE, USER


@dataclass(frozen=True, slots=True)
class Postgres:
    """`directory` holds the cluster; its log is beside it."""

    name: ClassVar[str] = "PostgreSQL"

    directory: Path
    port: int
    password: str
    settings: Sequence[Setting]

    @property
    def log(self) -> Path:
        return self.directory.with_name("postgres.log")

    @property
    def title(self) -> str:
        """Begins the title of each backend, so that those of a killed postmaster are known for ours."""
        return "assay-" + hashlib.sha256(str(self.directory).encode()).hexdigest()[:12]

    def running(self) -> psutil.Process | None:
        return process.serving(self.directory / "postmaster.pid", str(self.directory))

    def start(self) -> None:
        """Ready for connections on return. Raises `StackError`."""
        running = self.running()
        server = process.Server(running, self.log, since=0) if running else self._launch()
        if not server.await_ready(self.answers):
            raise diagnosis.not_started(self.name, said=server.said(), log=self.log)
        self._make_database()

    def stop(self) -> None:
        """Ends sessions, writes a checkpoint and returns when the process is gone."""
        if running := self.running():
            process.end(running, (Signals.SIGINT, 60), (Signals.SIGQUIT, 10), (Signals.SIGKILL, 10))

    def answers(self) -> bool:
        """Whether it takes connections. Raises `StackError` if it doesn't know our password."""
        try:
            self.connect("postgres").close()
        except psycopg.OperationalError as error:
            if "password authentication failed" not in str(error):
                return False
            raise StackError(
                f"The data in {self.directory} were made with another password than stack.json has: "
                "put the old file back, or give the data up with `make clean`."
            ) from error
        return True

    def connect(self, database: str = DATABASE) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=USER,
            password=self.password,
            dbname=database,
            sslmode="disable",
            autocommit=True,
            connect_timeout=5,
        )

    def _launch(self) -> process.Server:
        diagnosis.require_room(self.directory.parent)
        cluster.initialise(self.directory, user=USER, password=self.password)
        cluster.clear_leftovers(self.directory, title=self.title)
        cluster.configure(self.directory, settings=[*self._own_settings(), *self.settings])
        diagnosis.require_port(self.port, server=self.name)
        return process.launch([programs.postgres() / "postgres", "-D", self.directory], log=self.log)

    def _own_settings(self) -> list[Setting]:
        return [
            Setting("listen_addresses", "127.0.0.1", "Nobody but this machine."),
            Setting("port", str(self.port), "From the record of this checkout."),
            Setting("unix_socket_directories", "", "A socket's path has a limit that a checkout's may pass."),
            Setting("cluster_name", self.title, "Tells these processes from another cluster's."),
            Setting("password_encryption", "scram-sha-256", "The password never crosses the wire."),
        ]

    def _make_database(self) -> None:
        with self.connect("postgres") as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if known.fetchone() is None:
                connection.execute(f'CREATE DATABASE "{DATABASE}"')
