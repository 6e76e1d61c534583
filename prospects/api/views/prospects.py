"""Prospects: the list, one, corrections by hand, and a person's own score."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from performance.access.permissions import user_of
from performance.api.parsing import validated
from prospects.api.serializers.prospects import (
    FitSerializer,
    OverrideSerializer,
    ProspectEditSerializer,
    ProspectInListSerializer,
    ProspectQuerySerializer,
    ProspectSerializer,
    QualificationSerializer,
    filter_of,
)
from prospects.companies.correcting import edit_prospect
from prospects.companies.models import Prospect
from prospects.icp.models import IdealCustomerProfile
from prospects.qualification.models import Qualification
from prospects.qualification.services import override_fit


class ProspectsView(generics.ListAPIView[Prospect]):
    """Prospects that aren't archived, newest first."""

    required_permissions = {"GET": ["prospects.view_prospect"]}
    serializer_class = ProspectInListSerializer
    queryset = Prospect.objects.none()

    def get_queryset(self) -> QuerySet[Prospect]:
        asked = validated(ProspectQuerySerializer(data=self.request.query_params))
        rows: QuerySet[Prospect] = Prospect.objects.for_list(filter_of(asked))
        return rows

    @extend_schema(parameters=[ProspectQuerySerializer])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class ProspectView(generics.RetrieveAPIView[Prospect]):
    """One prospect."""

    required_permissions = {
        "GET": ["prospects.view_prospect"],
        "PATCH": ["prospects.change_prospect", "prospects.change_company"],
    }
    serializer_class = ProspectSerializer
    lookup_url_kwarg = "prospect_id"
    queryset = Prospect.objects.for_page().prefetch_related("fits__icp")

    @extend_schema(
        request=ProspectEditSerializer,
        responses=ProspectSerializer,
        description="Correct it by hand. What is given for the company is locked: no import overwrites it.",
    )
    def patch(self, request: Request, prospect_id: int) -> Response:
        changes = validated(ProspectEditSerializer(data=request.data, partial=True))
        company = changes.pop("company", {})
        edit_prospect(prospect_id, person=changes, company=company, by=user_of(request), at=timezone.now())
        return Response(ProspectSerializer(self.get_object()).data)


class ProspectHistoryView(generics.ListAPIView[Qualification]):
    """Every verdict on one prospect, newest first."""

    required_permissions = {"GET": ["prospects.view_prospect", "prospects.view_qualification"]}
    serializer_class = QualificationSerializer
    ordering = ("-created_at", "-id")
    queryset = Qualification.objects.none()

    def get_queryset(self) -> QuerySet[Qualification]:
        prospect = generics.get_object_or_404(Prospect, pk=self.kwargs["prospect_id"])
        return Qualification.objects.history(prospect.pk)


class OverrideView(APIView):
    """A person's own score of one prospect for one profile; it survives later runs."""

    required_permissions = {"PUT": ["prospects.change_fit"]}

    @extend_schema(request=OverrideSerializer, responses=FitSerializer)
    def put(self, request: Request, prospect_id: int, slug: str) -> Response:
        asked = validated(OverrideSerializer(data=request.data))
        prospect = generics.get_object_or_404(Prospect, pk=prospect_id)
        icp = generics.get_object_or_404(IdealCustomerProfile, slug=slug)
        fit = override_fit(prospect=prospect, icp=icp, by=user_of(request), **asked)
        return Response(FitSerializer(fit).data)
