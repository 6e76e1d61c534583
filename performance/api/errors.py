"""The family of errors that a person or a program asking for something may be told.

Every app's `errors.py` derives from `DomainError`. Its text is one sentence that says what is wrong and what to do;
the API makes problem details of it (`performance.api.problems`), pages and commands print `str(error)`.
"""

import re
from collections.abc import Mapping
from typing import ClassVar

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class DomainError(Exception):
    """The request can't be granted as it stands."""

    # `code` and `title` follow from the class's name and docstring unless it sets them.
    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"
    title: ClassVar[str] = "Bad request"
    exit_status: ClassVar[int] = 1

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        words = _WORD_START.sub(" ", cls.__name__)
        if "code" not in cls.__dict__:
            cls.code = words.lower().replace(" ", "_")
        if "title" not in cls.__dict__:
            cls.title = words.capitalize()

    def __init__(self, detail: str = "", **members: object) -> None:
        """`detail` is the message (by default the class's docstring), `members` go into the problem details."""
        super().__init__(detail or (type(self).__doc__ or "").strip().partition("\n")[0])
        self.members: Mapping[str, object] = members


class NotFound(DomainError):
    """There is no such thing here."""

    status = 404
    title = "Not found"


class Conflict(DomainError):
    """The state it is in doesn't allow this."""

    status = 409
