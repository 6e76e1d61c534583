"""The parser has one thread with a deep stack, however many ask at once, and another one after a fork."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

from performance.database.plans import parsing


def test_threads_that_ask_at_once_share_one_parser_and_keep_their_own_stacks() -> None:
    parsing._begin_anew()
    before = threading.stack_size()

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: parsing._parser(), range(8)))

    assert len({id(each) for each in found}) == 1
    assert threading.stack_size() == before


def test_a_forked_process_parses() -> None:
    parsing.parsed("SELECT 1")

    child = os.fork()
    if child == 0:
        os._exit(0 if len(parsing.parsed("SELECT 1; SELECT 2")) == 2 else 1)
    _, status = os.waitpid(child, 0)

    assert status == 0
