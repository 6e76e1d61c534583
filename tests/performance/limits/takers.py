"""Starting processes that take tokens (`taker.py`), and talking to them."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import IO, Any


class Taker:
    """One such process, as what goes to it and what comes of it."""

    def __init__(self, told: IO[str], said: IO[str]) -> None:
        self._told, self._said = told, said

    def await_ready(self) -> None:
        assert self._answer_line() == "ready\n"

    def take(self, identity: str, number: int) -> list[tuple[bool, int, int]]:
        """(is_allowed, remaining, retry_after_s) of each."""
        self.tell("take", identity, number)
        return [(is_allowed, left, retry) for is_allowed, left, retry in self.answer()]

    def tell(self, verb: str, identity: str, number: float) -> None:
        self._told.write(f"{verb} {identity} {number}\n")
        self._told.flush()

    def answer(self) -> list[Any]:
        answer: list[Any] = json.loads(self._answer_line())
        return answer

    def _answer_line(self) -> str:
        return self._said.readline()


@contextmanager
def takers(number: int, **environ: str) -> Iterator[list[Taker]]:
    """So many processes, ready; ended afterwards. As those of a web server, one forks the others once all is loaded."""
    with ExitStack() as opened:
        pipes = [(_pipe(opened), _pipe(opened)) for _ in range(number)]
        theirs = [(told[0].fileno(), said[1].fileno()) for told, said in pipes]
        first = subprocess.Popen(
            [sys.executable, "-m", "tests.performance.limits.taker", *(f"{told},{said}" for told, said in theirs)],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", **environ},
            pass_fds=[each for pair in theirs for each in pair],
            start_new_session=True,
        )
        try:
            for told, said in pipes:
                told[0].close()
                said[1].close()
            started = [Taker(told[1], said[0]) for told, said in pipes]
            for each in started:
                each.await_ready()
            yield started
        finally:
            os.killpg(first.pid, signal.SIGKILL)
            first.wait()


def _pipe(opened: ExitStack) -> tuple[IO[str], IO[str]]:
    source, sink = os.pipe()
    return opened.enter_context(os.fdopen(source, "r")), opened.enter_context(os.fdopen(sink, "w"))
