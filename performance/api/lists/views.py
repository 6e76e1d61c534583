"""What a list or a detail of the API is: which rows, in which shape. The rest is the same for all.

    class ProspectsView(ListView[Prospect]):
        required_permissions = {"GET": ["prospects.view_prospect"]}
        serializer_class = ProspectInListSerializer      # the schema's: it describes the shape
        shape = PROSPECT_IN_LIST
        queryset = Prospect.objects.present()
        filterset_class = ProspectFilterSet
        ordering = ("-created_at", "-id")
        orderings = {"created_at": ("created_at", "id"), "name": ("company__name", "id")}

A write is answered by a serializer, or by `answer_with` of a detail. What is asked first and most is `is_busy`: it
is rehearsed on each connection that a web process begins with.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache, partial
from typing import Any, ClassVar, TypeVar, cast

from django.db.models import Model, QuerySet
from django.http import Http404
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response

from performance.api.finished import FinishedJson
from performance.api.lists.asked import FIELDS, ORDERING, PAGING, ordering_of, page_of, shape_of
from performance.api.lists.compiled import compiled
from performance.api.lists.envelope import answer_of, array_of, with_members
from performance.api.lists.expressions import Given
from performance.api.lists.filters import MAX_ID, Filters
from performance.api.lists.schema import Pages
from performance.api.lists.shape import Shape
from performance.api.lists.statement import Wanted, keys_of
from performance.api.lists.totals import Totals
from performance.api.pagination import Listing

M = TypeVar("M", bound=Model)


class ListView(generics.ListAPIView[M]):
    """A list. Each of `orderings` has an index, or its rows are few; the last of its fields is unique, none is null.

    `parent` is a queryset that must not be empty, or the answer is 404; it is asked only where the list is empty.
    """

    pagination_class = Pages
    shape: ClassVar[Shape]
    ordering: ClassVar[Sequence[str]] = ("-id",)
    orderings: ClassVar[Mapping[str, Sequence[str]]] = {}
    carried: ClassVar[Sequence[str]] = ()
    filterset_class: ClassVar[type[Filters] | None] = None
    # A list that is no longer than that has no pages, and is a bare array.
    most: ClassVar[int | None] = None
    is_busy: ClassVar[bool] = False
    parameters: ClassVar[Collection[str]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        names = {FIELDS, *(PAGING if cls.most is None else ()), *((ORDERING,) if cls.orderings else ())}
        cls.parameters = frozenset(names | set(cls.filterset_class.filters() if cls.filterset_class else ()))
        if cls.most is not None:
            cls.pagination_class = None  # type: ignore[assignment]  # DRF takes None for no paging

    @classmethod
    def prepare(cls) -> None:
        """Compile what its pages have in common; `performance.api.reads.rehearsing` calls it."""
        rows = _all_of(cls)
        model: type[Model] = rows.model
        if cls.rows is ListView.rows:
            Wanted(cls.shape, cls.ordering, cls.carried).prepare(rows)
            keys_of(rows)
        else:
            compiled(cls.shape, model)

    @classmethod
    def rehearse(cls) -> None:
        """Send what its pages send, for none of its rows: the first one and one by number, counted and not."""
        parts, wanted = [_all_of(cls)], Wanted(cls.shape, cls.ordering, cls.carried)
        for skip in (0, 1):
            wanted.fetch(parts, limit=0, skip=skip, count=Totals(parts).statement)
            wanted.fetch(parts, limit=0, skip=skip)

    def rows(self) -> Sequence[QuerySet[M]]:
        """The list, as one queryset or as several that share no row. One that is the same object each time is compiled
        once.
        """
        return [_all_of(type(self))]

    def usual(self, query: Mapping[str, str]) -> Sequence[str]:
        """The ordering where none is asked for."""
        return self.ordering

    def counted(self, parts: Sequence[QuerySet[M]]) -> Sequence[QuerySet[Any]]:
        """As many rows as the list has, where others are counted with less effort."""
        return parts

    def parent(self) -> QuerySet[Any] | None:
        return None

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        query = request.query_params.dict()
        ordering = ordering_of(query, default=self.usual(query), others=self.orderings)
        wanted = Wanted(shape_of(self.shape, query), ordering, self.carried)
        parts = self._filtered(self.rows(), query)
        if self.most is not None:
            return _finished(FinishedJson(array_of(wanted.fetch(parts, limit=self.most).texts)))
        page = page_of(Listing(request.path.rstrip("/"), parts, wanted, self.counted(parts)), query)
        if not page.texts and (parent := self.parent()) is not None and not parent.exists():
            raise Http404
        return _finished(answer_of(page, request._request, ordering=ordering))

    def _filtered(self, parts: Sequence[QuerySet[M]], query: Mapping[str, str]) -> Sequence[QuerySet[M]]:
        if self.filterset_class is None or not (asked := self.filterset_class.read(query)):
            return parts
        return [self.filterset_class.narrowed(part, asked) for part in parts]


def tagged(*templates: str) -> Callable[[Mapping[str, Any]], tuple[str, ...]]:
    """`cache_tags` of one thing: `tagged("prospect:{prospect_id}")` is filled in from the URL."""
    return partial(_filled, templates)


def _filled(templates: Sequence[str], kwargs: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(template.format(**kwargs) for template in templates)


class DetailView(generics.RetrieveAPIView[M]):
    """One row: of `queryset`, whose `lookups` are what the URL says, {kwarg: field}."""

    shape: ClassVar[Shape]
    lookups: ClassVar[Mapping[str, str]]
    is_busy: ClassVar[bool] = False
    parameters: ClassVar[Collection[str]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.parameters = frozenset({FIELDS})

    @classmethod
    def prepare(cls) -> None:
        """Compile what it sends; `performance.api.reads.rehearsing` calls it."""
        Wanted(cls.shape, ("pk",)).prepare(_one_of(cls))

    @classmethod
    def rehearse(cls) -> None:
        """Send what it sends, for a row that isn't there."""
        Wanted(cls.shape, ("pk",), given=dict.fromkeys(cls.lookups, 0)).fetch([_one_of(cls)], limit=1)

    @Pages.fields
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return _finished(FinishedJson(self.body(shape_of(self.shape, request.query_params.dict()))))

    def body(self, shape: Shape | None = None) -> bytes:
        """The row as JSON. Raises Http404."""
        shape = shape or self.shape
        if any(isinstance(each, int) and each > MAX_ID for each in self.kwargs.values()):
            raise Http404
        found = Wanted(shape, ("pk",), given=self.kwargs).fetch([_one_of(type(self))], limit=1)
        if not found.texts:
            raise Http404
        computed = {name: source.of(int(found.places[0][0])) for name, source in shape.computed}
        return with_members(found.texts[0], computed)


@cache
def _all_of(view: type[ListView[M]]) -> QuerySet[M]:
    """A view's own queryset, as one object. Never evaluated, or it would keep what it found."""
    queryset: Any = view.queryset
    return cast("QuerySet[M]", queryset.all())


@cache
def _one_of(view: type[DetailView[M]]) -> QuerySet[M]:
    """The row that the URL's kwargs name when the statement is sent."""
    queryset: Any = view.queryset
    named = {field: Given(name) for name, field in view.lookups.items()}
    return cast("QuerySet[M]", queryset.filter(**named))


def _finished(answer: FinishedJson) -> Response:
    """DRF lets any answer of Django's through, and types none but its own."""
    return cast(Response, answer)
