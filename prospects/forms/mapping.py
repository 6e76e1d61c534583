"""The mapping of a file's columns, as a form: by position, since headers may hold anything."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict

from prospects.intake.fields import FIELDS
from prospects.intake.models import Import

CONSTANT_ROWS = 3
SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: what it is taken for, and the first values in it."""

    name: str
    header: str
    field: str
    samples: list[str]


@dataclass(frozen=True, slots=True)
class Constant:
    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Mapping:
    """What a person says the columns mean."""

    columns: dict[str, str]
    constants: dict[str, str]
    is_saved: bool

    @classmethod
    def read(cls, query: QueryDict, headers: Sequence[str]) -> "Mapping":
        named = zip(query.getlist("constant-field"), query.getlist("constant-value"), strict=False)
        return cls(
            columns={header: query.get(f"column-{number}", "") for number, header in enumerate(headers)},
            constants={field: value.replace("\x00", "") for field, value in named if field and value.strip()},
            is_saved="save" in query,
        )


def columns_of(import_run: Import, rows: Sequence[Sequence[str]]) -> list[Column]:
    """The columns with their first non-empty values among `rows`."""
    return [
        Column(
            name=f"column-{number}",
            header=header,
            field=import_run.columns.get(header, ""),
            samples=[row[number] for row in rows if number < len(row) and row[number].strip()][:SAMPLES],
        )
        for number, header in enumerate(import_run.headers)
    ]


def constants_of(import_run: Import) -> list[Constant]:
    """The constants, and room for more."""
    known = [Constant(field, value) for field, value in import_run.constants.items()]
    return known + [Constant("", "")] * max(1, CONSTANT_ROWS - len(known))


FIELD_CHOICES = [("", "Keep as it came"), *[(field.name, field.label) for field in FIELDS]]
