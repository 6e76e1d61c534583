"""How many tokens a call took: the server's word, where it is one."""

import pytest

from prospects.llm.lane import _counted


@pytest.mark.parametrize("said", [-1, 2**31, 10**30, 1.5, "7", True, None])
def test_a_count_that_no_column_holds_is_our_estimate(said: object) -> None:
    assert _counted({"usage": {"prompt_tokens": said}}, "prompt_tokens", 42) == 42


@pytest.mark.parametrize("said", [0, 7, 2**31 - 1])
def test_the_servers_count_is_taken(said: int) -> None:
    assert _counted({"usage": {"prompt_tokens": said}}, "prompt_tokens", 42) == said
