"""What a model costs: rows of ModelPrice first, then the built-in table, then a cautious default."""

import re
from dataclasses import dataclass

from prospects.llm.models import ModelPrice

# Public list prices in US dollars per million tokens (input, output), without discounts for cached input or batches,
# as of June 2026. They change: a row in ModelPrice (admin → Model prices) wins over this table.
PRICES_AS_OF = "June 2026"
BUILT_IN: dict[str, tuple[float, float]] = {
    "gpt-5.5": (5.00, 30.00),
    "gpt-5.4": (2.50, 15.00),
    "gpt-5.4-mini": (0.75, 4.50),
    "gpt-5.4-nano": (0.20, 1.25),
    "gpt-5.2": (1.75, 14.00),
    "gpt-5.2-pro": (21.00, 168.00),
    "gpt-5.1": (1.25, 10.00),
    "gpt-5": (1.25, 10.00),
    "gpt-5-mini": (0.25, 2.00),
    "gpt-5-nano": (0.05, 0.40),
    "gpt-5-pro": (15.00, 120.00),
    "gpt-4.1": (2.00, 8.00),
    "gpt-4.1-mini": (0.40, 1.60),
    "gpt-4.1-nano": (0.10, 0.40),
    "gpt-4o": (2.50, 10.00),
    "gpt-4o-mini": (0.15, 0.60),
    "gpt-4-turbo": (10.00, 30.00),
    "gpt-4": (30.00, 60.00),
    "gpt-3.5-turbo": (0.50, 1.50),
    "o1": (15.00, 60.00),
    "o1-pro": (150.00, 600.00),
    "o3": (2.00, 8.00),
    "o3-pro": (20.00, 80.00),
    "o3-mini": (1.10, 4.40),
    "o4-mini": (1.10, 4.40),
    "claude-opus-4": (15.00, 75.00),
    "claude-sonnet-4": (3.00, 15.00),
    "claude-haiku-4": (1.00, 5.00),
    "gemini-2.5-pro": (1.25, 10.00),
    "gemini-2.5-flash": (0.30, 2.50),
    "gemini-2.5-flash-lite": (0.10, 0.40),
}
# For a model that nobody knows: dear enough that a budget holds. A model of one's own gets a row with its true price.
DEFAULT = (5.00, 30.00)
# What a name may add and still be the same model: versions, dates and channels. "o3-pro" is another one than "o3".
_SAME_MODEL = re.compile(r"(?:-(?:\d+|chat|codex|latest|preview|exp))*")


@dataclass(frozen=True, slots=True)
class Price:
    """Micro-dollars per million tokens, and where they are from: "set", "built in" or "default"."""

    input_micros_per_million: int
    output_micros_per_million: int
    origin: str

    def cost(self, *, input_tokens: int, output_tokens: int) -> int:
        """Micro-dollars, rounded up."""
        product = input_tokens * self.input_micros_per_million + output_tokens * self.output_micros_per_million
        return -(-product // 1_000_000)


def price_of(model: str) -> Price:
    """The price that counts for the model. One statement."""
    row = ModelPrice.objects.filter(model=model).first()
    if row:
        return Price(row.input_micros_per_million, row.output_micros_per_million, "set")
    return built_in_price(model)


def built_in_price(model: str) -> Price:
    """From the table: the name itself, or the longest listed one that it continues ("gpt-5-mini-2025-08-07")."""
    name = model.lower().rpartition("/")[2]
    known = max((known for known in BUILT_IN if _is_same(name, known)), key=len, default="")
    dollars = BUILT_IN.get(known, DEFAULT)
    return Price(round(dollars[0] * 1_000_000), round(dollars[1] * 1_000_000), "built in" if known else "default")


def _is_same(name: str, known: str) -> bool:
    return name.startswith(known) and _SAME_MODEL.fullmatch(name, len(known)) is not None
