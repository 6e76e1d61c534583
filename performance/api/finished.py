"""An answer whose body is JSON already: what the database or a cache made is sent, and kept, as it is."""

from collections.abc import Collection, Mapping

from django.http import HttpResponse


class FinishedJson(HttpResponse):
    """A view's answer of finished bytes: no serializer and no renderer touches them.

    `CachedReads` stores exactly `content`; DRF lets it through as any answer of Django's. `keys`, if given, are of all
    rows of a list that it shows.
    """

    def __init__(
        self,
        content: bytes,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        keys: Collection[int] | None = None,
    ) -> None:
        super().__init__(content, status=status, content_type="application/json", headers=dict(headers or {}) or None)
        self.keys = keys
