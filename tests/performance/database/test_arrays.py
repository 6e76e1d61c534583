"""Lists reach PostgreSQL as they are, whoever writes them."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import DataError, connection

pytestmark = pytest.mark.django_db


def echoed(values: list[Any], kind: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT %s::{kind}[]", [values])
        (found,) = cursor.fetchone()
    return list(found)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["plain", "", "NULL", "null", "a,b", "{}", 'say "hi"', "back\\slash", "it's", " \t\n", "Größe 🎉"], "text"),
        ([None, "x", None], "text"),
        (["\\\"'", '\\"', "%s", "$1"], "text"),
        ([1, -2, 2**31, None], "bigint"),
        ([1.5, -0.25, 1e300, 1e-300, float("inf"), None], "float8"),
        ([True, False, None], "boolean"),
        ([Decimal("1.10"), None], "numeric"),
        ([datetime.date(2026, 6, 1)], "date"),
        ([["a", 'b"'], ["c", "d"]], "text"),
        ([None, None], "text"),
        ([], "text"),
    ],
)
def test_comes_back_as_it_was(values: list[Any], kind: str) -> None:
    assert echoed(values, kind) == values


def test_a_nul_is_refused_before_it_is_sent() -> None:
    with pytest.raises(DataError, match="NUL"):
        echoed(["a\x00b"], "text")


def test_a_lone_surrogate_is_refused_before_it_is_sent() -> None:
    with pytest.raises(UnicodeEncodeError):
        echoed(["\ud800"], "text")
