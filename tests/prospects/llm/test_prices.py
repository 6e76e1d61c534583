"""What a call costs: a set price first, then the built-in table, then a cautious default that says so."""

import pytest

from prospects.llm import tokens
from prospects.llm.models import ModelPrice
from prospects.llm.prices import BUILT_IN, DEFAULT, built_in_price, price_of


@pytest.mark.django_db
def test_a_set_price_wins_over_the_built_in_one() -> None:
    ModelPrice.objects.create(model="gpt-5-mini", input_micros_per_million=7, output_micros_per_million=9)

    price = price_of("gpt-5-mini")

    assert (price.input_micros_per_million, price.output_micros_per_million, price.origin) == (7, 9, "set")


@pytest.mark.parametrize(
    ("model", "listed"),
    [
        ("gpt-5-mini", "gpt-5-mini"),
        ("gpt-5-mini-2025-08-07", "gpt-5-mini"),
        ("openai/gpt-4.1-nano", "gpt-4.1-nano"),
        ("GPT-5", "gpt-5"),
        ("claude-sonnet-4-5", "claude-sonnet-4"),
        ("gemini-2.5-flash-preview-05-20", "gemini-2.5-flash"),
        ("o3-pro-2025-06-10", "o3-pro"),
    ],
)
def test_a_dated_or_prefixed_name_has_the_price_of_its_model(model: str, listed: str) -> None:
    price = built_in_price(model)

    assert price.origin == "built in"
    assert price.input_micros_per_million == round(BUILT_IN[listed][0] * 1_000_000)


@pytest.mark.parametrize(
    "model", ["llama3", "gpt-50", "my-gpt-5", "gpt-5.5-pro", "o3-deep-research", "gpt-4o-audio-preview"]
)
def test_an_unknown_or_dearer_kind_of_model_has_the_default_price_and_says_so(model: str) -> None:
    price = built_in_price(model)

    assert price.origin == "default"
    assert price.output_micros_per_million == round(DEFAULT[1] * 1_000_000)


def test_costs_are_rounded_up_to_a_micro_dollar() -> None:
    price = built_in_price("gpt-5-mini")

    assert price.cost(input_tokens=1, output_tokens=0) == 1
    assert price.cost(input_tokens=1_000_000, output_tokens=1_000_000) == 2_250_000
    assert price.cost(input_tokens=0, output_tokens=0) == 0


@pytest.mark.parametrize(
    ("text", "real"),
    [
        # Counted with the o200k vocabulary.
        ("The quick brown fox jumps over the lazy dog.", 10),
        ("Wir frieren Erbsen in unserem Werk in Peoria ein und liefern sie selbst aus.", 20),
        ("冷凍エンドウ豆を製造しています。", 13),
        ("", 0),
    ],
)
def test_tokens_are_estimated_rather_too_many(text: str, real: int) -> None:
    assert real <= tokens.count(text) <= 2 * real + 2
