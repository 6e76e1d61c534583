"""Errors as problem details (RFC 9457): the one place where an exception becomes an HTTP answer."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django_ratelimit.exceptions import Ratelimited
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import set_rollback

from performance.api.errors import DomainError
from performance.api.request_ids import current_request_id
from performance.database.outages import outage_of

MEDIA_TYPE = "application/problem+json"


def problem(
    *, status: int, code: str, detail: str, title: str = "", members: Mapping[str, object] | None = None
) -> dict[str, object]:
    """The body of a problem. `code` is stable, for programs; `detail` is a sentence, for people."""
    return {
        "type": f"urn:assay:problem:{code}",
        "title": title or HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "request_id": current_request_id(),
        **(members or {}),
    }


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER. What it doesn't know (None) crashes, is logged once, and ends as a 500 problem."""
    error = _as_known(error, context)
    if isinstance(error, DomainError):
        body = problem(
            status=error.status, code=error.code, title=error.title, detail=str(error), members=error.members
        )
        headers = _domain_headers(error)
    elif isinstance(error, exceptions.APIException):
        body, headers = _api_problem(error, context["request"]), _headers(error)
    else:
        return None
    set_rollback()
    return Response(body, status=int(str(body["status"])), headers=headers, content_type=MEDIA_TYPE)


def _domain_headers(error: DomainError) -> dict[str, str]:
    """Retry-After for an error with `retry_after_s`, and the challenge that a 401 must carry."""
    headers = {"WWW-Authenticate": "Token"} if error.status == HTTPStatus.UNAUTHORIZED else {}
    if wait := error.members.get("retry_after_s"):
        headers["Retry-After"] = str(wait)
    return headers


def _as_known(error: Exception, context: Mapping[str, Any]) -> Exception:
    """Django's own exceptions as DRF's, and the database's for whatever state it is in."""
    if isinstance(error, Http404):
        return exceptions.NotFound(_missing(context["request"].path_info, context.get("kwargs") or {}))
    if isinstance(error, Ratelimited):
        return exceptions.Throttled()
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    return outage_of(error) or error


def _missing(path: str, named: Mapping[str, object]) -> str:
    """“There is no run 7.” where the address names one thing by its id."""
    if len(named) == 1:
        name, value = next(iter(named.items()))
        if name.endswith("_id"):
            return f"There is no {name.removesuffix('_id')} {value}."
    return f"There is nothing at {path}."


def _api_problem(error: exceptions.APIException, request: Request) -> dict[str, object]:
    if isinstance(error, exceptions.ValidationError):
        place = "parameter" if request.method in {"GET", "HEAD"} else "pointer"
        errors = [{"detail": text, place: _path(path, place)} for path, text in _flat(error.detail, ())]
        detail = f"{len(errors)} {'value is' if len(errors) == 1 else 'values are'} not acceptable; see errors."
        return problem(
            status=error.status_code,
            code="invalid",
            title="Invalid request",
            detail=detail,
            members={"errors": errors},
        )
    codes = error.get_codes()
    code = codes if isinstance(codes, str) else error.default_code
    detail = error.detail if isinstance(error.detail, str) else str(error.default_detail)
    return problem(status=error.status_code, code=code, detail=detail)


def _flat(detail: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every message of a validation error with the path to what it is about."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _flat(inner, path if name == api_settings.NON_FIELD_ERRORS_KEY else (*path, str(name)))
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            # A list of dicts is about the items of a list; a list of texts is several messages about one value.
            yield from _flat(inner, (*path, str(index)) if isinstance(inner, Mapping | list) else path)
    else:
        yield path, str(detail)


def _path(path: tuple[str, ...], place: str) -> str:
    """A JSON pointer in a URI fragment (RFC 6901), or the name of a query parameter."""
    if place == "parameter":
        return ".".join(path)
    return "#" + "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in path)


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if (wait := getattr(error, "wait", None)) is not None:
        headers["Retry-After"] = str(int(wait) + 1)
    return headers
