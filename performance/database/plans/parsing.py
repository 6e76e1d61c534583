"""SQL as PostgreSQL's own grammar reads it (libpg_query), on a thread of its own with a deep stack.

The parser goes down a level of C for each level of the text. On the stack of a web thread (2 MB) ten thousand of them
(`1+1+1…`) end the process; this one bears what `MOST_CHARACTERS` can hold, several times over.
"""

import os
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pgparse

from performance.database.plans.errors import StatementRefused, StatementUnreadable

MOST_CHARACTERS = 20_000
STACK_BYTES = 64 << 20

Node = Mapping[str, Any]

_pool: ThreadPoolExecutor | None = None
_making = threading.Lock()


def parsed(text: str) -> Sequence[Node]:
    """The statements in `text`, each {"stmt": {type: node}}. Raises StatementUnreadable and StatementRefused."""
    if len(text) > MOST_CHARACTERS:
        raise StatementRefused(f"It has {len(text):,} characters; {MOST_CHARACTERS:,} can be analysed.")
    try:
        return _parser().submit(_parse, text).result()
    except pgparse.PGQueryError as error:
        raise StatementUnreadable(f"PostgreSQL can't read it: {error.args[0]}.") from error
    except ValueError as error:
        # The parser takes C strings, and UTF-8 alone.
        raise StatementUnreadable("It holds a character that PostgreSQL stores in no text.") from error
    except RecursionError as error:
        raise StatementRefused("It is nested too deeply to be analysed.") from error


def shape_of(text: str) -> str:
    """16 hexadecimal digits, the same for the same statement with other values; "" where it can't be read."""
    if len(text) > MOST_CHARACTERS:
        return ""
    try:
        return str(_parser().submit(pgparse.fingerprint, text).result())
    except (pgparse.PGQueryError, ValueError):
        return ""


def _parse(text: str) -> Sequence[Node]:
    found: Sequence[Node] = pgparse.parse(text)
    return found


def _parser() -> ThreadPoolExecutor:
    """Made by its first caller. The size of stacks is the process's: one at a time changes it, and puts it back."""
    global _pool
    with _making:
        if _pool is None:
            before = threading.stack_size(STACK_BYTES)
            try:
                pool = ThreadPoolExecutor(1, thread_name_prefix="sql")
                # The thread begins with its first task: while the size holds.
                pool.submit(int).result()
            finally:
                threading.stack_size(before)
            _pool = pool
        return _pool


def _begin_anew() -> None:
    """In a fork, which has no thread of its parent's, and may have been forked while one held the lock."""
    global _pool, _making
    _pool, _making = None, threading.Lock()


os.register_at_fork(after_in_child=_begin_anew)
