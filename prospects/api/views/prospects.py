"""Prospects: the list, one, corrections by hand, and a person's own score."""

from collections.abc import Mapping, Sequence

from django.db.models import BigIntegerField, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from performance.access.permissions import user_of
from performance.api.finished import FinishedJson
from performance.api.lists.views import DetailView, ListView, tagged
from performance.api.parsing import body_of
from performance.api.reads.mixin import CachedReads
from performance.cache.rows import members_of
from prospects.api.filters import ProspectFilterSet
from prospects.api.serializers.prospects import (
    PROSPECT,
    PROSPECT_IN_LIST,
    QUALIFICATION,
    FitSerializer,
    OverrideSerializer,
    ProspectEditSerializer,
    ProspectInListSerializer,
    ProspectSerializer,
    QualificationSerializer,
)
from prospects.companies.correcting import edit_prospect
from prospects.companies.models import Prospect
from prospects.icp.models import IdealCustomerProfile
from prospects.qualification.models import Qualification
from prospects.qualification.services import override_fit

_PRESENT: QuerySet[Prospect] = Prospect.objects.present().annotate(asked_icp=Cast(Value(None), BigIntegerField()))


class ProspectsView(CachedReads, ListView[Prospect]):
    """Prospects that aren't archived, newest first."""

    cache_tags = (members_of("prospects"),)
    cache_rows = "prospects"
    required_permissions = {"GET": ["prospects.view_prospect"]}
    serializer_class = ProspectInListSerializer
    shape = PROSPECT_IN_LIST
    queryset = _PRESENT
    filterset_class = ProspectFilterSet
    ordering = ("-created_at", "-id")
    orderings = {"created_at": ("created_at", "id"), "name": ("company__name", "id"), "id": ("id",)}
    carried = ("asked_icp",)
    is_busy = True

    def usual(self, query: Mapping[str, str]) -> Sequence[str]:
        # As its filter reads it: of nothing but blanks, nothing is looked for and nothing has a rank.
        return ("-rank", "id") if query.get("search", "").strip() else self.ordering


class ProspectView(CachedReads, DetailView[Prospect]):
    """One prospect."""

    cache_tags = tagged("prospect:{prospect_id}")
    required_permissions = {
        "GET": ["prospects.view_prospect"],
        "PATCH": ["prospects.change_prospect", "prospects.change_company"],
    }
    serializer_class = ProspectSerializer
    shape = PROSPECT
    lookups = {"prospect_id": "pk"}
    queryset = Prospect.objects.all()
    is_busy = True

    @extend_schema(
        request=ProspectEditSerializer,
        responses=ProspectSerializer,
        description="Correct it by hand. What is given for the company is locked: no import overwrites it.",
    )
    def patch(self, request: Request, prospect_id: int) -> FinishedJson:
        changes = body_of(request, ProspectEditSerializer, partial=True)
        company = changes.pop("company", {})
        edit_prospect(prospect_id, person=changes, company=company, by=user_of(request), at=timezone.now())
        return FinishedJson(self.body())


class ProspectHistoryView(CachedReads, ListView[Qualification]):
    """Every verdict on one prospect, newest first."""

    cache_tags = tagged("prospect:{prospect_id}")
    required_permissions = {"GET": ["prospects.view_prospect", "prospects.view_qualification"]}
    serializer_class = QualificationSerializer
    shape = QUALIFICATION
    queryset = Qualification.objects.all()
    ordering = ("-created_at", "-id")
    orderings = {"created_at": ("created_at", "id")}

    def rows(self) -> list[QuerySet[Qualification]]:
        return [self.get_queryset().filter(prospect=self.kwargs["prospect_id"])]

    def parent(self) -> QuerySet[Prospect]:
        prospects: QuerySet[Prospect] = Prospect.objects.filter(pk=self.kwargs["prospect_id"])
        return prospects


class OverrideView(APIView):
    """A person's own score of one prospect for one profile; it survives later runs."""

    required_permissions = {"PUT": ["prospects.change_fit"]}

    @extend_schema(request=OverrideSerializer, responses=FitSerializer)
    def put(self, request: Request, prospect_id: int, slug: str) -> Response:
        asked = body_of(request, OverrideSerializer)
        prospect = generics.get_object_or_404(Prospect, pk=prospect_id)
        icp = generics.get_object_or_404(IdealCustomerProfile, slug=slug)
        fit = override_fit(prospect=prospect, icp=icp, by=user_of(request), **asked)
        return Response(FitSerializer(fit).data)
