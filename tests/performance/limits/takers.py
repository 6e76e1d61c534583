"""Starting processes that take tokens (`taker.py`), and talking to them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any


class Taker:
    """One such process."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.performance.limits.taker"],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", **environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def await_ready(self) -> None:
        assert self._answer_line() == "ready\n"

    def take(self, identity: str, number: int) -> list[tuple[bool, int, int]]:
        """(is_allowed, remaining, retry_after_s) of each."""
        self.tell("take", identity, number)
        return [(is_allowed, left, retry) for is_allowed, left, retry in self.answer()]

    def tell(self, verb: str, identity: str, number: float) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{verb} {identity} {number}\n")
        self._process.stdin.flush()

    def answer(self) -> list[Any]:
        answer: list[Any] = json.loads(self._answer_line())
        return answer

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _answer_line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@contextmanager
def takers(number: int, **environ: str) -> Iterator[list[Taker]]:
    """So many processes, ready; ended afterwards."""
    started = [Taker(environ) for _ in range(number)]
    try:
        for each in started:
            each.await_ready()
        yield started
    finally:
        for each in started:
            each.end()
