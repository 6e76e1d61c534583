"""An endpoint of which nothing is known is given less time: what another model answered long ago doesn't count."""

import pytest

from prospects.llm.store import remembered
from tests.factories import make_batch, make_paid_call

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("model", "state", "of_batch", "expected"),
    [
        ("gpt-5-mini", "succeeded", "running", True),
        ("gpt-5-mini", "succeeded", "paused", True),
        ("gpt-5-mini", "succeeded", "finished", False),
        ("gpt-5-mini", "unknown", "running", False),
        ("another", "succeeded", "running", False),
    ],
)
def test_only_answers_of_that_model_to_unfinished_runs_count(
    model: str, state: str, of_batch: str, expected: bool
) -> None:
    make_paid_call(batch=make_batch(state=of_batch, calls=1), model=model, state=state)

    assert remembered("http://127.0.0.1:9/v1", "gpt-5-mini").has_answered is expected
