from dataclasses import replace
from typing import Any

import pytest

from prospects.icp.models import ICPVersion, IdealCustomerProfile
from prospects.prompts.models import PromptVersion
from prospects.qualification.errors import NoBudget, NoEndpoint, NoProspects, OutOfRange, UnknownChoice
from prospects.qualification.plan import Defaults, RunPlan, settle

ICP = IdealCustomerProfile(pk=1, title="Food")
VERSION = ICPVersion(pk=1, icp=ICP, content_hash="a" * 64)
PROMPT = PromptVersion(pk=1, content_hash="p" * 64)
DEFAULTS = Defaults(
    has_endpoint=True,
    model="gpt-5-mini",
    prompt_version=PROMPT,
    batch_size=5,
    max_concurrent_batches=10,
    max_retries=2,
    budget_micros=1_000_000,
)


def plan(**changes: Any) -> RunPlan:
    return replace(RunPlan(prospect_ids=[3, 1, 2, 3], icp_version=VERSION), **changes)


def test_gaps_are_filled_from_the_settings() -> None:
    settled = settle(plan(), defaults=DEFAULTS)

    assert settled.prospect_ids == [1, 2, 3]
    assert (settled.qualifier, settled.model, settled.prompt_version) == ("llm", "gpt-5-mini", PROMPT)
    assert (settled.concurrency, settled.budget_micros, settled.max_retries) == (50, 1_000_000, 2)
    assert settled.title == "Food"


def test_without_an_endpoint_the_rubric_judges_and_nothing_is_bought() -> None:
    settled = settle(plan(budget_micros=0), defaults=replace(DEFAULTS, has_endpoint=False))

    assert (settled.qualifier, settled.model, settled.prompt_version, settled.budget_micros) == ("rubric", "", None, 0)


@pytest.mark.parametrize(
    ("changes", "concurrency"),
    [
        ({"batch_size": 20, "max_concurrent_batches": 50}, 1000),
        ({"batch_size": 1, "max_concurrent_batches": 1}, 1),
        ({"batch_size": 20, "concurrency": 7}, 7),
        ({"concurrency": 1000}, 1000),
    ],
)
def test_concurrency_is_explicit_or_batch_size_times_batches(changes: dict[str, int], concurrency: int) -> None:
    assert settle(plan(**changes), defaults=DEFAULTS).concurrency == concurrency


@pytest.mark.parametrize(
    ("changes", "error", "sentence"),
    [
        ({"prospect_ids": []}, NoProspects, "There is nobody to qualify"),
        ({"budget_micros": 0}, NoBudget, "The budget is 0"),
        ({"budget_micros": -1}, OutOfRange, "budget in dollars is -1e-06"),
        ({"concurrency": 0}, OutOfRange, "concurrency is 0, but it must be from 1 to 1,000"),
        ({"concurrency": 1001}, OutOfRange, "concurrency is 1001"),
        ({"batch_size": 21}, OutOfRange, "batch_size is 21, but it must be from 1 to 20"),
        ({"batch_size": 20, "max_concurrent_batches": 51}, OutOfRange, "concurrency is 1020"),
        ({"max_retries": 11}, OutOfRange, "max_retries is 11, but it must be from 0 to 10"),
        ({"delay_ms": -5}, OutOfRange, "delay_ms is -5"),
        ({"qualifier": "oracle"}, UnknownChoice, "qualifier is 'oracle', but it must be one of llm, rubric"),
        ({"on_unknown": "hope"}, UnknownChoice, "on_unknown is 'hope', but it must be one of park, retry"),
        ({"priority": 4}, UnknownChoice, "priority is 4"),
    ],
)
def test_what_can_not_be_run_is_refused_in_a_sentence(
    changes: dict[str, Any], error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        settle(plan(**changes), defaults=DEFAULTS)


def test_the_llm_without_an_endpoint_is_refused() -> None:
    with pytest.raises(NoEndpoint, match="set OPENAI_API_KEY or OPENAI_BASE_URL"):
        settle(plan(qualifier="llm"), defaults=replace(DEFAULTS, has_endpoint=False))


def test_the_same_work_has_the_same_fingerprint_however_it_is_run() -> None:
    one = settle(plan(), defaults=DEFAULTS)
    other = settle(plan(prospect_ids=[2, 1, 3], concurrency=9, budget_micros=5, title="again"), defaults=DEFAULTS)

    assert one.fingerprint == other.fingerprint


@pytest.mark.parametrize(
    "changes",
    [
        {"prospect_ids": [1, 2]},
        {"qualifier": "rubric"},
        {"model": "gpt-4o"},
        {"prompt_version": PromptVersion(content_hash="q" * 64)},
        {"icp_version": ICPVersion(icp=ICP, content_hash="b" * 64)},
    ],
)
def test_other_work_has_another_fingerprint(changes: dict[str, Any]) -> None:
    assert settle(plan(), defaults=DEFAULTS).fingerprint != settle(plan(**changes), defaults=DEFAULTS).fingerprint
