"""What the database says against a row, in words, with the field it is about."""

import re
from collections.abc import Iterator

import psycopg
from django.db import models
from django.db.models import CheckConstraint, UniqueConstraint
from psycopg import errors

from performance.bulk.errors import RowError
from performance.bulk.reading import Line

# DETAIL, whatever language the server speaks: "Key (slug, number)=(a, 1) already exists."
_KEY = re.compile(r"\((.+?)\)=\((.*)\)")


def explained(error: BaseException, line: Line, *, model: type[models.Model]) -> RowError:
    """Constraints say it in their own words (`violation_error_message`), if they have any."""
    if not isinstance(error, psycopg.Error):
        named_by = sorted({str(one._meta.verbose_name) for one in _named_by(error)})
        return RowError(line.row, "", f"is still needed by {' and '.join(named_by)}")
    field, detail = _words(error, model)
    return RowError(line.row, field, _own_words(error, model) or detail)


def _words(error: psycopg.Error, model: type[models.Model]) -> tuple[str, str]:
    said = error.diag.message_primary or str(error)
    fields = _fields_of_key(error, model)
    field = ", ".join(fields)
    match error:
        case errors.UniqueViolation():
            return field, "is taken by another row" if len(fields) < 2 else "are taken together by another row"
        case errors.ForeignKeyViolation() if fields:
            return field, "names a row that doesn't exist, or is still named by others"
        case errors.NotNullViolation():
            return _field_of(error.diag.column_name or "", model), "must not be null"
        case errors.CheckViolation():
            name = error.diag.constraint_name or "check"
            return ", ".join(_checked(name, model)), f"breaks the rule “{name.replace('_', ' ')}”"
        case _:
            return field, said[:300]


def _named_by(error: BaseException) -> Iterator[models.Model]:
    """The rows for whose sake Django refuses to delete another."""
    for name in ("protected_objects", "restricted_objects"):
        if rows := getattr(error, name, None):
            yield from rows


def _own_words(error: psycopg.Error, model: type[models.Model]) -> str:
    named = [one for one in model._meta.constraints if one.name == error.diag.constraint_name]
    own = [one for one in named if one.violation_error_message != one.default_violation_error_message]
    return str(own[0].violation_error_message).rstrip(".") % {"name": own[0].name} if own else ""


def _fields_of_key(error: psycopg.Error, model: type[models.Model]) -> list[str]:
    named = [one for one in model._meta.constraints if one.name == error.diag.constraint_name]
    if named and isinstance(named[0], UniqueConstraint) and named[0].fields:
        return list(named[0].fields)
    found = _KEY.search(error.diag.message_detail or "")
    return [_field_of(column.strip(), model) for column in found.group(1).split(",")] if found else []


def _checked(name: str, model: type[models.Model]) -> list[str]:
    named = [one for one in model._meta.constraints if isinstance(one, CheckConstraint) and one.name == name]
    condition = getattr(named[0], "condition", None) if named else None
    return sorted(getattr(condition, "referenced_base_fields", ()))


def _field_of(column: str, model: type[models.Model]) -> str:
    plain = column.strip('"')
    return next((str(field.name) for field in model._meta.concrete_fields if field.column == plain), plain)
