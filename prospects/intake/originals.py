"""What came with a row, by its header, as the JSON text that a prospect keeps. Pure."""

from collections.abc import Sequence
from itertools import compress

import orjson

from prospects.intake.fields import REASON_HEADER


class Originals:
    """Writes the rows of one file, without empty cells and the reason of an earlier refusal."""

    def __init__(self, headers: Sequence[str]) -> None:
        self._headers = list(headers)
        self._names = [orjson.dumps(header).decode().replace("%", "%%") for header in headers]
        self._reasons = [header for header in headers if header == REASON_HEADER]
        # {which cells are empty: what the others are put into}.
        self._forms: dict[tuple[bool, ...], str] = {}

    def of(self, cells: Sequence[str]) -> str:
        original = dict(zip(compress(self._headers, cells), filter(None, cells), strict=True))
        for header in self._reasons:
            original.pop(header, None)
        return orjson.dumps(original).decode()

    def of_printable(self, cells: Sequence[str], row: str) -> str:
        """The same of printable cells, which `row` is in one text: where JSON escapes nothing of them they are filled
        into a form, in half the time.
        """
        if self._reasons or '"' in row or "\\" in row:
            return self.of(cells)
        is_said = tuple(map(bool, cells))
        form = self._forms.get(is_said) or self._form(is_said)
        return form % tuple(filter(None, cells))

    def _form(self, is_said: tuple[bool, ...]) -> str:
        form = "{" + ",".join(f'{name}:"%s"' for name in compress(self._names, is_said)) + "}"
        # A hostile file may have each of its rows say something else.
        if len(self._forms) < _FORMS:
            self._forms[is_said] = form
        return form


_FORMS = 1000
