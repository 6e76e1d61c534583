"""What can be wrong with rows that come by the thousand: each fault names its row and its field."""

from collections.abc import Sequence
from dataclasses import dataclass

from performance.api.errors import DomainError

# Of an all-or-nothing request: who sees a hundred faults mends what they have in common.
MOST_ERRORS = 100


@dataclass(frozen=True, slots=True, order=True)
class RowError:
    """Why a row is refused. `row` counts from 0 in the order given; `field` is empty where the whole row is meant."""

    row: int
    field: str
    detail: str

    def __str__(self) -> str:
        return ": ".join(filter(None, [f"row {self.row}", self.field, self.detail]))

    def as_json(self) -> dict[str, object]:
        """With a JSON pointer into the request's body."""
        path = f"#/rows/{self.row}/{self.field.replace('.', '/')}" if self.field else f"#/rows/{self.row}"
        pointer = f"#/rows/{self.row}" if "," in self.field else path
        return {"row": self.row, "field": self.field, "detail": self.detail, "pointer": pointer}


class RowsRefused(DomainError):
    """Some rows can't be taken as they are, and nothing was changed."""

    status = 422

    def __init__(self, errors: Sequence[RowError]) -> None:
        """Told are the first MOST_ERRORS, in the order of the rows."""
        self.errors = sorted(errors)
        rows = len({error.row for error in errors})
        said = f"{rows} row{' is' if rows == 1 else 's are'} refused, and nothing was changed; {self.errors[0]}."
        super().__init__(said, errors=[error.as_json() for error in self.errors[:MOST_ERRORS]])


class NotBulkable(TypeError):
    """The model can't be written in bulk: its rows stand in several tables, or its key in several columns."""
