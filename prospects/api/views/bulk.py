"""Many prospects in one request."""

from collections.abc import Callable, Mapping
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from performance.access.permissions import may, user_of
from performance.api.idempotency import idempotent
from performance.api.parsing import body_of
from prospects.api.serializers.bulk import BulkOutcomeSerializer, BulkSerializer, outcome_json
from prospects.companies.bulk import services as bulk
from prospects.companies.bulk.results import BulkOutcome, Terms

# A web process isn't kept waiting for an import of a million rows.
PATIENCE_S = 3.0
_CHANGE = ["prospects.change_prospect", "prospects.change_company"]
PERMISSIONS: Mapping[str, list[str]] = {
    "insert": ["prospects.add_prospect"],
    "update": _CHANGE,
    "upsert": ["prospects.add_prospect", *_CHANGE],
    "delete": ["prospects.delete_prospect", "prospects.delete_company"],
}
_DO: Mapping[str, Callable[..., BulkOutcome]] = {
    "insert": bulk.insert,
    "update": bulk.update,
    "upsert": bulk.upsert,
    "delete": bulk.delete,
}
_DESCRIPTION = """
Insert, update, upsert or delete up to 10,000 prospects, in a body of at most 10 MB.

- **insert** and **upsert** take rows of the fields that `GET /api/v1/imports/fields` lists, and decide as an import
  does which company and person a row means and which value wins: what is null or empty changes nothing, what a person
  entered stays. `insert` refuses rows that mean a prospect that is known.
- **update** takes rows as `PATCH /api/v1/prospects/{id}` does, each with its `id`; they count as corrections by hand.
- **delete** takes rows of an `id`. What a run has used is archived instead; a company goes with its last prospect.

With `atomic` (which is so unless said otherwise) one row that is refused has all refused, with 422 and an error for
each fault. Without it the good rows are done and `errors` names the others; if none is good, 422.
"""
_EXAMPLES = [
    OpenApiExample(
        "Upsert",
        {
            "operation": "upsert",
            "atomic": False,
            "source": "crm",
            "rows": [
                {"name": "Acme Foods", "domain": "acme.com", "employees": "51-200", "country": "US"},
                {"name": "Zenith AG", "domain": "zenith.de", "person_name": "Eva Roth", "person_title": "CFO"},
            ],
        },
        request_only=True,
    ),
    OpenApiExample(
        "Update",
        {"operation": "update", "rows": [{"id": 12, "notes": "Met at the fair", "company": {"employees_min": 60}}]},
        request_only=True,
    ),
    OpenApiExample("Delete", {"operation": "delete", "rows": [{"id": 12}, {"id": 13}]}, request_only=True),
    OpenApiExample(
        "One row refused",
        {
            "operation": "upsert",
            "ids": [12, None],
            "outcomes": ["updated", "refused"],
            "created": 0,
            "updated": 1,
            "unchanged": 0,
            "deleted": 0,
            "archived": 0,
            "refused": 1,
            "errors": [{"row": 1, "field": "domain", "detail": "must be text", "pointer": "#/rows/1/domain"}],
            "notes": [{"row": 0, "detail": "changes employees"}],
        },
        response_only=True,
    ),
]


class BulkView(APIView):
    """Prospects by the thousand. Each operation asks for permissions of its own."""

    required_permissions = {"POST": ["prospects.view_prospect"]}

    @extend_schema(
        request=BulkSerializer, responses=BulkOutcomeSerializer, description=_DESCRIPTION, examples=_EXAMPLES
    )
    @idempotent
    def post(self, request: Request) -> Response:
        allowed = [name for name, needed in PERMISSIONS.items() if all(may(request, each) for each in needed)]
        if not allowed:
            raise PermissionDenied
        asked: dict[str, Any] = body_of(request, BulkSerializer)
        operation = asked["operation"]
        if operation not in allowed:
            raise PermissionDenied(f"You may not {operation} prospects.")
        terms = Terms(user_of(request), asked["source"], atomic=asked["atomic"], patience_s=PATIENCE_S)
        return Response(outcome_json(operation, _DO[operation](asked["rows"], terms=terms)))
