"""What research found of companies, and the conflicts that a person decides."""

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from performance.access.permissions import user_of
from performance.api.lists.filters import Filters, IdFilter
from performance.api.lists.views import DetailView, ListView, tagged
from performance.api.parsing import body_of
from performance.api.reads.mixin import CachedReads
from performance.audit.services import actor_of, audited
from prospects.api.serializers.company_profiles import (
    CONFLICT,
    PROFILE,
    VALUE,
    CompanyProfileSerializer,
    DecidedSerializer,
    DecisionSerializer,
    DecisionsSerializer,
    ProfileConflictSerializer,
    ProfileValueSerializer,
)
from prospects.companies.models import Company
from prospects.company_profiles.deciding import decide, decide_many
from prospects.company_profiles.facts import OFFERED
from prospects.company_profiles.models import CompanyProfile, ProfileConflict, ProfileValue
from prospects.extraction.fields import FIELDS

DECIDE = ["prospects.change_profileconflict", "prospects.change_company"]


class ValueFilterSet(Filters):
    """Values of a company."""

    field = django_filters.ChoiceFilter(choices=[(name, name) for name in FIELDS])
    is_current = django_filters.BooleanFilter(help_text="Whether the last research found it")


class ConflictFilterSet(Filters):
    """Conflicts that are open."""

    field = django_filters.ChoiceFilter(choices=[(name, name) for name in sorted(OFFERED)])
    reason = django_filters.ChoiceFilter(choices=ProfileConflict.Reason.choices)
    company = IdFilter(field_name="company_id", help_text="Id of a company")


class ProfileView(CachedReads, DetailView[CompanyProfile]):
    """What the last research of a company came to; 404 for one never researched."""

    # Its name and domain are the company's.
    cache_tags = tagged("company:{company_id}", "prospects")
    required_permissions = {"GET": ["prospects.view_companyprofile"]}
    serializer_class = CompanyProfileSerializer
    shape = PROFILE
    lookups = {"company_id": "pk"}
    queryset = CompanyProfile.objects.all()


class ValuesView(CachedReads, ListView[ProfileValue]):
    """Every value that research found for a company, each with its source; the newest first."""

    cache_tags = tagged("company:{company_id}")
    required_permissions = {"GET": ["prospects.view_profilevalue"]}
    serializer_class = ProfileValueSerializer
    shape = VALUE
    queryset = ProfileValue.objects.all()
    filterset_class = ValueFilterSet
    ordering = ("-id",)

    def rows(self) -> list[QuerySet[ProfileValue]]:
        return [self.get_queryset().filter(company=self.kwargs["company_id"])]

    def parent(self) -> QuerySet[Company]:
        companies: QuerySet[Company] = Company.objects.filter(pk=self.kwargs["company_id"])
        return companies


class ConflictsView(CachedReads, ListView[ProfileConflict]):
    """Open conflicts, newest first."""

    cache_tags = ("conflicts", "prospects")
    required_permissions = {"GET": ["prospects.view_profileconflict"]}
    serializer_class = ProfileConflictSerializer
    shape = CONFLICT
    queryset = ProfileConflict.objects.open()
    filterset_class = ConflictFilterSet
    ordering = ("-created_at", "-id")
    orderings = {"created_at": ("created_at", "id")}


class DecideConflictView(APIView):
    """A person's decision on one conflict. The same again changes nothing."""

    required_permissions = {"POST": DECIDE}

    @extend_schema(request=DecisionSerializer, responses=ProfileConflictSerializer)
    def post(self, request: Request, conflict_id: int) -> Response:
        accept = body_of(request, DecisionSerializer)["accept"]
        with audited("conflict.decide", subject=str(conflict_id), by=actor_of(request), details={"accept": accept}):
            conflict = decide(conflict_id, accept=accept, by=user_of(request), at=timezone.now())
        return Response(ProfileConflictSerializer(conflict).data)


class DecideConflictsView(APIView):
    """The same decision on up to 500 conflicts; those that can't be decided are left as they are, and named."""

    required_permissions = {"POST": DECIDE}

    @extend_schema(
        operation_id="company_conflicts_decide_many", request=DecisionsSerializer, responses=DecidedSerializer
    )
    def post(self, request: Request) -> Response:
        asked = body_of(request, DecisionsSerializer)
        subject = f"{len(asked['ids'])} conflicts"
        with audited("conflict.decide", subject=subject, by=actor_of(request), details=asked):
            done = decide_many(asked["ids"], accept=asked["accept"], by=user_of(request), at=timezone.now())
        refused = [{"id": pk, "detail": detail} for pk, detail in done.refused.items()]
        return Response({"decided": done.decided, "refused": refused})
