"""Names are looked up as the system does, and those whose name servers are silent keep no other waiting."""

import asyncio
import threading
import time
from collections.abc import Sequence

import pytest

from performance.outbound.errors import NameNotFound
from performance.outbound.lookup import SystemLookup


def test_a_name_of_this_machine_is_found_and_one_that_is_none_is_not() -> None:
    async def both() -> Sequence[str]:
        with SystemLookup() as lookup:
            with pytest.raises(NameNotFound, match="it is no name"):
                await lookup("a" * 64 + ".example")
            return await lookup("localhost")

    assert set(asyncio.run(both())) <= {"127.0.0.1", "::1"}


def test_a_hundred_silent_names_keep_no_other_waiting() -> None:
    over = threading.Event()

    def addresses(host: str) -> Sequence[str]:
        if host.startswith("silent"):
            over.wait(20)
        return ["127.0.0.1"]

    async def last() -> float:
        with SystemLookup(addresses) as lookup:
            silent = [asyncio.ensure_future(lookup(f"silent{number}.example")) for number in range(100)]
            await asyncio.sleep(0)
            began = time.monotonic()
            await lookup("acme.example")
            took = time.monotonic() - began
            over.set()
            await asyncio.gather(*silent)
            return took

    assert asyncio.run(last()) < 5
