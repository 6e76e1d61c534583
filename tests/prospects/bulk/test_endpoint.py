"""POST /api/v1/prospects/bulk."""

from typing import Any

import orjson
import pytest
from rest_framework.response import Response
from rest_framework.test import APIClient

from prospects.companies.models import Company, Prospect
from tests.factories import make_prospect, make_qualification
from tests.prospects.api.conftest import As, _limits_begin_anew, as_

__all__ = ["_limits_begin_anew", "as_"]
pytestmark = pytest.mark.django_db
URL = "/api/v1/prospects/bulk"
ROWS = [{"name": "Acme", "domain": "acme.com"}, {"name": "Zenith", "domain": "zenith.de"}]


def asked(client: APIClient, operation: str, rows: Any, **body: Any) -> Any:
    answer: Any = client.post(URL, {"operation": operation, "rows": rows, **body})
    return answer


def fault(answer: Response) -> tuple[int, Any]:
    body: Any = answer.json()  # type: ignore[attr-defined]
    return answer.status_code, [(each["pointer"], each["detail"]) for each in body["errors"]]


def test_the_answer_has_ids_outcomes_and_counts(as_: As) -> None:
    answer = asked(as_("sales"), "upsert", ROWS)

    assert answer.status_code == 200, answer.json()
    ids = list(Prospect.objects.order_by("pk").values_list("pk", flat=True))
    assert answer.json() == {
        "operation": "upsert",
        "ids": ids,
        "outcomes": ["created", "created"],
        "created": 2, "updated": 0, "unchanged": 0, "deleted": 0, "archived": 0, "refused": 0,
        "errors": [],
        "notes": [],
    }  # fmt: skip


def test_without_atomic_the_errors_are_told_beside_the_ids(as_: As) -> None:
    answer = asked(as_("sales"), "insert", [ROWS[0], {"name": 5}, ROWS[1]], atomic=False)

    body = answer.json()
    assert answer.status_code == 200
    assert [bool(pk) for pk in body["ids"]] == [True, False, True]
    assert body["errors"] == [{"row": 1, "field": "name", "detail": "must be text", "pointer": "#/rows/1/name"}]
    assert (body["created"], body["refused"]) == (2, 1)


def test_with_atomic_nothing_is_changed_and_each_fault_is_told(as_: As) -> None:
    answer = asked(as_("sales"), "upsert", [ROWS[0], {"name": 5, "colour": "red"}, ["x"]])

    assert fault(answer) == (
        422,
        [
            ("#/rows/1/colour", "is no field of a prospect; GET /api/v1/imports/fields lists them"),
            ("#/rows/1/name", "must be text"),
            ("#/rows/2", "must be an object of fields and values"),
        ],
    )
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "rows_refused"
    assert not Company.objects.exists()


def test_an_update_and_a_deletion(as_: As) -> None:
    client, prospect, used = as_("administrator"), make_prospect(), make_qualification().prospect

    updated = asked(client, "update", [{"id": prospect.pk, "company": {"country": "Germany"}}])
    deleted = asked(client, "delete", [{"id": used.pk}, {"id": prospect.pk}])

    assert (updated.status_code, updated.json()["updated"]) == (200, 1)
    assert deleted.json()["outcomes"] == ["archived", "deleted"]
    assert deleted.json()["notes"] == [{"row": 0, "detail": "a run has used it"}]
    assert list(Prospect.objects.all()) == [used]


@pytest.mark.parametrize(
    ("body", "pointer", "detail"),
    [
        (b'{"operation": "upsert", "rows": []}', "#/rows", "There are no rows."),
        (b'{"operation": "upsert", "rows": {}}', "#/rows", "Expected a list of rows."),
        (b'{"operation": "upsert"}', "#/rows", "This field is required."),
        (b'{"operation": "merge", "rows": [1]}', "#/operation", '"merge" is not a valid choice.'),
        (b'{"rows": [1]}', "#/operation", "This field is required."),
        (b'{"operation": "upsert", "rows": [1], "atomic": "perhaps"}', "#/atomic", "Must be a valid boolean."),
        (b'{"operation": "upsert", "rows": [1], "atomc": true}', "#/atomc", "There is no such field."),
        (b'{"operation": "upsert", "rows": [1], "source": "\\u0000"}', "#/source", "Null characters are not allowed."),
        (
            orjson.dumps({"operation": "upsert", "rows": [1] * 10_001}),
            "#/rows",
            "At most 10,000 rows a request; these are 10,001.",
        ),
    ],
)
def test_a_body_that_is_wrong_is_400_and_points_at_it(as_: As, body: bytes, pointer: str, detail: str) -> None:
    answer: Any = as_("sales").post(URL, body, content_type="application/json")

    assert fault(answer) == (400, [(pointer, detail)])


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"operation": "upsert", "rows": [', 400, "parse_error"),
        (b'{"operation": "upsert", "rows": [{"name": "\\ud800"}]}', 400, "parse_error"),
        (b"[1]", 400, "invalid"),
        (b"[" * 100 + b"]" * 100, 400, "parse_error"),
        (b'{"rows": "' + b"x" * 10_485_760 + b'"}', 413, "body_too_large"),
    ],
)
def test_a_body_that_can_not_be_read_is_refused(as_: As, body: bytes, status: int, code: str) -> None:
    answer: Any = as_("sales").post(URL, body, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_nul_in_a_row_is_named(as_: As) -> None:
    body = b'{"operation": "upsert", "rows": [{"name": "a\\u0000b"}]}'

    answer: Any = as_("sales").post(URL, body, content_type="application/json")

    assert fault(answer) == (422, [("#/rows/0/name", "holds a NUL character, which can't be stored")])


def test_each_operation_asks_for_its_own_permissions(as_: As) -> None:
    scopes = ["prospects.view_prospect", "prospects.add_prospect"]
    prospect = make_prospect()
    clients = {"sales": as_("sales"), "token": as_("administrator", scopes=scopes), "viewer": as_("viewer")}

    statuses = {
        name: [asked(client, operation, [{"id": prospect.pk}]).status_code for operation in ("update", "delete")]
        + [asked(client, operation, [{"name": name}]).status_code for operation in ("insert", "upsert")]
        for name, client in clients.items()
    }

    assert statuses == {"sales": [200, 403, 200, 200], "token": [403, 403, 200, 403], "viewer": [403] * 4}


def test_the_same_request_with_the_same_key_is_done_once(as_: As) -> None:
    client, headers = as_("sales"), {"Idempotency-Key": "monday"}
    body = {"operation": "insert", "rows": ROWS}

    first: Any = client.post(URL, body, headers=headers)
    again: Any = client.post(URL, body, headers=headers)
    other: Any = client.post(URL, {**body, "atomic": False}, headers=headers)

    assert first.status_code == again.status_code == 200
    assert again["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()
    assert other.status_code == 409
    assert Prospect.objects.count() == 2


def test_a_request_that_was_refused_may_come_again_with_its_key(as_: As) -> None:
    client, headers = as_("sales"), {"Idempotency-Key": "monday"}
    body = {"operation": "insert", "rows": ROWS}
    Company.objects.create(name="Acme")

    refused: Any = client.post(URL, {**body, "rows": [{"name": 5}]}, headers=headers)
    mended: Any = client.post(URL, body, headers=headers)

    assert (refused.status_code, mended.status_code) == (422, 200)


def test_it_is_served_with_a_slash_too(as_: As) -> None:
    answer: Any = as_("sales").post(f"{URL}/", {"operation": "insert", "rows": ROWS})

    assert answer.status_code == 200


def test_ten_thousand_rows_in_one_request(as_: As) -> None:
    rows = [{"name": f"Company {number}", "domain": f"c{number}.com"} for number in range(10_000)]
    client = as_("sales")

    answer = asked(client, "insert", rows)
    again = asked(client, "insert", rows, atomic=False)

    assert (answer.status_code, answer.json()["created"]) == (200, 10_000)
    assert (again.status_code, len(again.json()["errors"])) == (422, 100)
