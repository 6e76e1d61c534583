"""Crawls of one loop write together, and have their answer once it is committed."""

import asyncio
from collections.abc import Sequence

import pytest

from performance.jobs.runner.coalesce import Coalescer
from prospects.pages.models import Page
from prospects.pages.writer import writer_for_loop
from tests.prospects.pages_stored.visits import HOME, read


@pytest.mark.django_db(transaction=True)
def test_what_is_answered_is_committed() -> None:
    async def crawls() -> list[str]:
        writer = writer_for_loop()
        assert writer is writer_for_loop()
        visits = [read(f"Page {number}", url=f"{HOME}{number}") for number in range(120)]
        return await asyncio.gather(*(writer.write(visit) for visit in [*visits, visits[0]]))

    changes = asyncio.run(crawls())

    assert changes == ["new"] * 121
    assert Page.objects.count() == 120


def test_what_arrives_within_the_time_makes_one_chunk() -> None:
    chunks: list[int] = []

    async def work(items: Sequence[int]) -> Sequence[int]:
        chunks.append(len(items))
        return items

    async def ask() -> list[int]:
        coalescer: Coalescer[int, int] = Coalescer(work, size=100, gathers_s=0.05)

        async def later(number: int) -> int:
            await asyncio.sleep(number * 0.005)
            return await coalescer.ask(number)

        return await asyncio.gather(*map(later, range(5)))

    assert asyncio.run(ask()) == [0, 1, 2, 3, 4]
    assert chunks == [5]
