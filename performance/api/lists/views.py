"""What a list or a detail of the API is: which rows, in which shape. The rest is the same for all.

    class ProspectsView(ListView[Prospect]):
        required_permissions = {"GET": ["prospects.view_prospect"]}
        serializer_class = ProspectInListSerializer      # the schema's: it describes the shape
        shape = PROSPECT_IN_LIST
        queryset = Prospect.objects.present()
        filterset_class = ProspectFilterSet
        ordering = ("-created_at", "-id")
        orderings = {"created_at": ("created_at", "id"), "name": ("company__name", "id")}

A write is answered by a serializer, or by `answer_with` of a detail.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeVar, cast

from django.db.models import Model, QuerySet
from django.http import Http404
from django_filters.filterset import FilterSet
from django_filters.utils import translate_validation
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response

from performance.api.finished import FinishedJson
from performance.api.lists.asked import FIELDS, ORDERING, PAGING, ordering_of, page_of, shape_of
from performance.api.lists.envelope import answer_of, array_of, with_members
from performance.api.lists.schema import Pages
from performance.api.lists.shape import Shape
from performance.api.lists.statement import Wanted
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
    filterset_class: ClassVar[type[FilterSet] | None] = None
    # A list that is no longer than that has no pages, and is a bare array.
    most: ClassVar[int | None] = None
    parameters: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        names = {FIELDS, *(PAGING if cls.most is None else ()), *((ORDERING,) if cls.orderings else ())}
        cls.parameters = frozenset(names | _filters(cls.filterset_class))
        if cls.most is not None:
            cls.pagination_class = None  # type: ignore[assignment]

    def rows(self) -> Sequence[QuerySet[M]]:
        """The list, as one queryset or as several that share no row."""
        return [self.get_queryset()]

    def parent(self) -> QuerySet[Any] | None:
        return None

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        query = request.query_params.dict()
        ordering = ordering_of(query, default=self.ordering, others=self.orderings)
        wanted = Wanted(shape_of(self.shape, query), ordering, self.carried)
        parts = [self._filtered(part) for part in self.rows()]
        if self.most is not None:
            return _finished(FinishedJson(array_of(wanted.fetch(parts, limit=self.most).texts)))
        page = page_of(Listing(request.path.rstrip("/"), parts, wanted), query)
        if not page.texts and (parent := self.parent()) is not None and not parent.exists():
            raise Http404
        return _finished(answer_of(page, request._request))

    def _filtered(self, queryset: QuerySet[M]) -> QuerySet[M]:
        """By what is asked of the filters. Raises ValidationError."""
        query = self.request.query_params
        if self.filterset_class is None or not _filters(self.filterset_class) & query.keys():
            return queryset
        asked = self.filterset_class(query, queryset, request=self.request)
        if not asked.is_valid():  # type: ignore[no-untyped-call]
            raise translate_validation(asked.errors)
        return cast(QuerySet[M], asked.qs)


def _filters(filterset: Any) -> set[str]:
    return set(filterset.base_filters) if filterset else set()


class DetailView(generics.RetrieveAPIView[M]):
    """One row: of `queryset`, whose `lookups` are what the URL says, {kwarg: field}."""

    shape: ClassVar[Shape]
    lookups: ClassVar[Mapping[str, str]]
    parameters: ClassVar[frozenset[str]] = frozenset({FIELDS})

    def rows(self) -> QuerySet[M]:
        return self.get_queryset().filter(**{field: self.kwargs[name] for name, field in self.lookups.items()})

    @Pages.fields
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return _finished(FinishedJson(self.body(shape_of(self.shape, request.query_params.dict()))))

    def body(self, shape: Shape | None = None) -> bytes:
        """The row as JSON. Raises Http404."""
        shape = shape or self.shape
        found = Wanted(shape, ("pk",)).fetch([self.rows()], limit=1)
        if not found.texts:
            raise Http404
        computed = {name: source.of(int(found.places[0][0])) for name, source in shape.computed}
        return with_members(found.texts[0], computed)


def _finished(answer: FinishedJson) -> Response:
    """DRF lets any answer of Django's through, and types none but its own."""
    return cast(Response, answer)
