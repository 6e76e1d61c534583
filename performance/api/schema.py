"""What the OpenAPI schema says of every operation: its problems, its idempotency key, its place in the list."""

from typing import Any, Literal

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from performance.api.idempotency import HEADER, MAX_KEY_LENGTH


class FieldError(serializers.Serializer[Any]):
    """One value that isn't acceptable: where it is, in the body or in the query, and why."""

    detail = serializers.CharField()
    pointer = serializers.CharField(required=False, help_text="JSON pointer into the body, e.g. #/criteria/0/weight")
    parameter = serializers.CharField(required=False, help_text="Name of the query parameter")


class Problem(serializers.Serializer[Any]):
    """Problem details (RFC 9457), with `errors` where single values are at fault."""

    type = serializers.CharField(help_text="urn:assay:problem:<code>")
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="Stable, for programs")
    detail = serializers.CharField(help_text="A sentence that says what is wrong and what to do")
    request_id = serializers.CharField(help_text="As in the header X-Request-ID and in the log")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # As an attribute, `errors` would hide the serializer's own of that name.
        return {**super().get_fields(), "errors": FieldError(many=True, required=False)}


IDEMPOTENCY_KEY = OpenApiParameter(
    HEADER,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description=f"1 to {MAX_KEY_LENGTH} characters, new for each new request. The same request sent again with the "
    "same key within 24 h does nothing and gets the first answer; another request under it gets 409.",
)
ALWAYS = {
    400: "A value or a parameter isn't acceptable; `errors` points at each",
    401: "Nobody known, or the token is revoked or expired",
    403: "The role or the token's scopes don't allow it",
    429: "Too many requests; Retry-After says when to come back",
    503: "The database can't be asked now; Retry-After says when to come back",
    504: "The database took too long for this; ask for less at once",
}


class Schema(AutoSchema):
    """DEFAULT_SCHEMA_CLASS."""

    def get_override_parameters(self) -> list[Any]:
        handler = getattr(self.view, self.method.lower(), None)
        return [IDEMPOTENCY_KEY] if getattr(handler, "is_idempotent", False) else []

    def _map_basic_serializer(self, serializer: Any, direction: Literal["request", "response"]) -> dict[str, Any]:
        schema: dict[str, Any] = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]  # it has no types
        if direction == "request":
            # `performance.api.parsing.body_of` refuses them.
            schema["additionalProperties"] = False
        return schema

    def get_tags(self) -> list[str]:
        """The first noun of the path: imports, prospects, runs …"""
        return [self.path.removeprefix("/api/v1/").partition("/")[0]]

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for status, description in self._problems().items():
            if str(status) not in bodies:
                answer = OpenApiResponse(Problem, description)
                bodies[str(status)] = self._get_response_for_code(  # type: ignore[no-untyped-call]  # it has no types
                    answer, str(status), ["application/problem+json"], direction
                )
        return dict(sorted(bodies.items()))

    def _problems(self) -> dict[int, str]:
        """With what the view says in `problems`, {status: description}, of those that only it has."""
        problems = ALWAYS | getattr(self.view, "problems", {})
        if "{" in self.path:
            problems |= {404: "There is no such thing here"}
        if self.method in {"POST", "PUT", "PATCH"}:
            problems |= {
                409: "The state, or another request under the same Idempotency-Key, is in the way",
                411: "The body comes in chunks; send it with a Content-Length",
                415: "The body's media type isn't one this address reads",
                422: "Understood, but it makes no sense here; `detail` says why",
            }
        return problems


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # it has no types
    """How ApiTokenAuthentication stands in the schema."""

    target_class = "performance.access.authentication.ApiTokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "`Token <token>`"}
