"""A transaction that is around others' work, and what is written down although it was undone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction

_owed: ContextVar[list[Callable[[], object]] | None] = ContextVar("owed", default=None)


@contextmanager
def one_transaction() -> Iterator[None]:
    """All inside is one transaction, with none around it. Once it is over, what `write_anyway` was given is written."""
    owed: list[Callable[[], object]] = []
    token = _owed.set(owed)
    try:
        with transaction.atomic(durable=True):
            yield
    finally:
        _owed.reset(token)
        for write in owed:
            write()


def is_around() -> bool:
    """Whether a `one_transaction` is around this."""
    return _owed.get() is not None


def write_anyway(write: Callable[[], object]) -> None:
    """What has to be kept also where the transaction around is undone: now, or else when that is over."""
    owed = _owed.get()
    if owed is None:
        write()
    else:
        owed.append(write)
