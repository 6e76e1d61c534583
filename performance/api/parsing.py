"""From a request's body to values, with memory and disk bounded."""

import re
from collections.abc import Mapping
from itertools import chain
from typing import IO, Any

import orjson
from django.conf import settings
from django.utils.datastructures import MultiValueDict
from rest_framework import parsers, serializers
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.utils.html import parse_html_dict

from performance.api.errors import DomainError
from performance.files.uploads import FORM_OVERHEAD_BYTES

# Deeper than any body of ours; what is read to a depth of 1,024 can't be written, hashed or shown beyond a few hundred.
MAX_DEPTH = 32
# Names of one object that are told to be unknown: a body may have a hundred thousand.
MOST_TOLD = 20
# Django's own forms send it along.
_SENT_ALONG = frozenset({"csrfmiddlewaretoken"})


class BodyTooLarge(DomainError):
    """The body is larger than this address accepts."""

    status = 413


class BoundedJSONParser(parsers.BaseParser):
    """JSON of at most DATA_UPLOAD_MAX_MEMORY_SIZE bytes and MAX_DEPTH levels; DRF's own parser looks at neither."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        content: bytes = stream.read(limit + 1)
        if len(content) > limit:
            raise BodyTooLarge(f"The body is larger than {limit // 1024 // 1024} MB.")
        try:
            body = orjson.loads(content)
        except orjson.JSONDecodeError as error:
            raise ParseError(f"The body is not JSON: {error}.") from error
        _refuse_deep(body)
        return body


class BoundedMultiPartParser(parsers.MultiPartParser):
    """A form with a file of at most UPLOAD_MAX_MB: a larger one is refused before it is written to disk."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        announced = int((parser_context or {})["request"].META.get("CONTENT_LENGTH") or 0)
        if announced > settings.UPLOAD_MAX_MB * 1024 * 1024 + FORM_OVERHEAD_BYTES:
            raise BodyTooLarge(f"The file is larger than the {settings.UPLOAD_MAX_MB} MB this installation accepts.")
        return super().parse(stream, media_type=media_type, parser_context=dict(parser_context or {}))


def _refuse_deep(body: Any) -> None:
    level = [body] if isinstance(body, dict | list) else []
    for _ in range(MAX_DEPTH):
        inner = chain.from_iterable(each.values() if isinstance(each, dict) else each for each in level if each)
        level = [each for each in inner if isinstance(each, dict | list)]
        if not level:
            return
    raise ParseError(f"The body is nested more than {MAX_DEPTH} levels deep.")


def body_of(request: Request, shape: type[serializers.Serializer[Any]], *, partial: bool = False) -> dict[str, Any]:
    """What a request's body asks for, checked. Raises ValidationError, which becomes a 400 that points at each fault: a
    name that nobody knows is one, since a limit that is misspelt would be none.
    """
    serializer = shape(data=request.data, partial=partial)
    if strange := _strangers(serializer, request.data):
        raise serializers.ValidationError(strange)
    return validated(serializer)


def _strangers(field: serializers.Field[Any, Any, Any, Any], value: Any) -> Any:
    """Unknown names, told as DRF tells faults: by name, and in a list by place. Empty where there are none."""
    if isinstance(field, serializers.Serializer) and isinstance(value, Mapping):
        members = _members(value)
        known = members.keys() & field.fields.keys()
        unknown = sorted(map(str, members.keys() - known - _SENT_ALONG))[:MOST_TOLD]
        inner = {name: found for name in known if (found := _strangers(field.fields[name], members[name]))}
        return {name: ["There is no such field."] for name in unknown} | inner
    child = getattr(field, "child", None)
    if isinstance(child, serializers.Serializer) and isinstance(value, list):
        found = [_strangers(child, each) for each in value]
        return found if any(found) else []
    return {}


def _members(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """A form names what is inside of "object" as "object.member"."""
    if not isinstance(value, MultiValueDict):
        return value
    names = {re.split(r"[.\[]", name)[0] for name in value}
    return {name: value.get(name) or parse_html_dict(value, prefix=name) for name in names}


def validated(serializer: serializers.BaseSerializer[Any]) -> dict[str, Any]:
    """What was asked for, checked. Raises ValidationError, which becomes a 400 that points at each fault."""
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
