"""A value is checked against its field, and brought to the form in which COPY takes it. Pure.

What a field's `clean` would refuse is refused here, and besides what it would quietly turn into something else: text
for a number, a number for text, a time without a zone.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

from django.core import validators
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.utils.timezone import is_naive

Read = Callable[[Any], Any]
AnyField: TypeAlias = "models.Field[Any, Any]"

_LENGTH = (validators.MaxLengthValidator, validators.ProhibitNullCharactersValidator)
# A field that is derived from another stands before it.
_KINDS: "tuple[tuple[type[AnyField], tuple[type, ...], str], ...]" = (
    (models.BooleanField, (bool,), "true or false"),
    (models.FloatField, (int, float), "a number"),
    (models.DecimalField, (Decimal, int, str), "a decimal number"),
    (models.DateTimeField, (datetime, str), "a date and time"),
    (models.DateField, (date, str), "a date"),
    (models.TimeField, (time, str), "a time"),
    (models.DurationField, (timedelta, str), "a duration"),
    (models.UUIDField, (UUID, str), "a UUID"),
    (models.BinaryField, (bytes, bytearray, memoryview), "bytes"),
)
_NUL_IN_JSON = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


class Unfit(ValueError):
    """The value can't be kept in its field; the text completes a sentence that begins with the field's name."""


def reader(field: AnyField) -> Read:
    """Checks a value that isn't None for this field, and gives what psycopg writes into COPY. It raises Unfit."""
    if isinstance(field, models.ForeignKey):
        return _reference(field)
    if isinstance(field, models.CharField | models.TextField):
        return _text(field)
    if isinstance(field, models.IntegerField):
        return _whole(field)
    if isinstance(field, models.JSONField):
        return _json(field)
    return _other(field)


def refuse_unstorable(value: object) -> None:
    """PostgreSQL keeps no NUL, and UTF-8 no lone surrogate. Looks into lists and objects. Raises Unfit."""
    if isinstance(value, str):
        _storable(value)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            refuse_unstorable(key)
            refuse_unstorable(inner)
    elif isinstance(value, list | tuple | set):
        for inner in value:
            refuse_unstorable(inner)


def _storable(text: str) -> str:
    if "\x00" in text:
        raise Unfit("holds a NUL character, which can't be stored")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise Unfit("holds half of a surrogate pair, which can't be stored") from error
    return text


def _text(field: AnyField) -> Read:
    longest = field.max_length
    also = _also(field, except_for=_LENGTH)

    def read(value: Any) -> str:
        if not isinstance(value, str):
            raise Unfit("must be text")
        if longest is not None and len(value) > longest:
            raise Unfit(f"is longer than {longest} characters")
        if not value and not field.blank:
            raise Unfit("must not be empty")
        _storable(value)
        if also and value:
            _run(also, value)
        return value

    return read


def _whole(field: AnyField) -> Read:
    bounds = [one for one in field.validators if isinstance(one, validators.BaseValidator)]
    # What the column holds is asked of the database: the validators that say so are added to the others by who asks for
    # them first, while another thread may have those already.
    low, high = connection.ops.integer_field_range(field.get_internal_type())
    least = max([low, *(_limit(one) for one in bounds if isinstance(one, validators.MinValueValidator))])
    most = min([high, *(_limit(one) for one in bounds if isinstance(one, validators.MaxValueValidator))])
    also = _also(field, except_for=(validators.MinValueValidator, validators.MaxValueValidator))

    def read(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise Unfit("must be a whole number")
        if not least <= value <= most:
            raise Unfit(f"must be from {least} to {most}")
        if also:
            _run(also, value)
        return value

    return read


def _limit(validator: validators.BaseValidator) -> int:
    limit = validator.limit_value
    return int(limit() if callable(limit) else limit)


def _json(field: "models.JSONField[Any, Any]") -> Read:
    def read(value: Any) -> str:
        wrapped = field.get_db_prep_save(value, connection)
        try:
            text = json.dumps(getattr(wrapped, "obj", wrapped), cls=field.encoder, ensure_ascii=False, allow_nan=False)
        except (TypeError, ValueError, RecursionError) as error:
            raise Unfit("can't be written as JSON") from error
        if _NUL_IN_JSON.search(text):
            raise Unfit("holds a NUL character, which can't be stored")
        return _storable(text)

    return read


def _reference(field: "models.ForeignKey[Any, Any]") -> Read:
    """The key of the row it names, or the row itself; whether there is one is asked of the database."""
    target = field.target_field
    inner = reader(target)

    def read(value: Any) -> Any:
        if isinstance(value, models.Model):
            value = getattr(value, target.attname)
            if value is None:
                raise Unfit("names a row that isn't stored yet")
        return inner(value)

    return read


def _other(field: AnyField) -> Read:
    allowed, said = next(((types, said) for kind, types, said in _KINDS if isinstance(field, kind)), ((object,), ""))

    def read(value: Any) -> Any:
        if not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed and said):
            raise Unfit(f"must be {said}")
        refuse_unstorable(value)
        try:
            cleaned = field.clean(value, None)
        except ValidationError as error:
            raise Unfit(_lowered(error)) from error
        if isinstance(cleaned, datetime) and is_naive(cleaned):
            raise Unfit("needs a time zone")
        return field.get_db_prep_save(cleaned, connection)

    return read


def _also(field: AnyField, *, except_for: tuple[type, ...]) -> list[Callable[[Any], None]]:
    """What else the field demands: its choices, and validators of its own."""
    own: list[Callable[[Any], None]] = [one for one in field.validators if not isinstance(one, except_for)]
    if field.choices:
        own.append(lambda value: field.validate(value, None))  # it looks at no instance
    return own


def _run(checks: Iterable[Callable[[Any], None]], value: object) -> None:
    for check in checks:
        try:
            check(value)
        except ValidationError as error:
            raise Unfit(_lowered(error)) from error


def _lowered(error: ValidationError) -> str:
    """Django's own words, to stand after the field's name."""
    text = " ".join(error.messages).strip()
    return f"is not acceptable: {text[:1].lower()}{text[1:].rstrip('.')}"
