"""Small steps that the tests of bulk operations share."""

from collections.abc import Callable
from typing import Any

import pytest

from performance.bulk.errors import RowError, RowsRefused
from prospects.companies.bulk.results import BulkOutcome, Terms
from tests.factories import make_user

Operation = Callable[..., BulkOutcome]


def done(operation: Operation, rows: list[Any], **terms: Any) -> BulkOutcome:
    return operation(rows, terms=Terms(**{"by": make_user(), "atomic": False} | terms))


def refused(operation: Operation, rows: list[Any], **terms: Any) -> list[RowError]:
    with pytest.raises(RowsRefused) as caught:
        operation(rows, terms=Terms(**{"by": make_user()} | terms))
    return caught.value.errors


def outcomes(outcome: BulkOutcome) -> list[str]:
    return [one.value for one in outcome.outcomes]
