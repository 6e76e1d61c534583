"""Amounts of money in requests."""

from math import isfinite
from typing import Any

from rest_framework import serializers

from performance.jobs.budgets import MOST_BUDGET_USD


class DollarsField(serializers.FloatField):
    """US dollars as sent, whole micro-dollars inside; from 0 to the highest budget there can be."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=MOST_BUDGET_USD, **kwargs)

    def to_internal_value(self, data: Any) -> float:
        dollars = super().to_internal_value(data)
        # "nan" is a float to Python, and passes every comparison with a bound.
        if not isfinite(dollars):
            self.fail("invalid")
        return dollars

    def run_validation(self, data: Any = serializers.empty) -> Any:
        dollars = super().run_validation(data)
        return None if dollars is None else round(dollars * 1_000_000)
