"""What reads are measured against: the least that Django can answer, and the list as DRF's own parts make it."""

from django.http import HttpRequest, JsonResponse
from knox.auth import TokenAuthentication
from rest_framework import generics, serializers
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer

from prospects.companies.models import Company, Prospect
from prospects.qualification.models import Fit

ROWS = 50


def trivial(request: HttpRequest) -> JsonResponse:
    """Nobody is asked for, nothing is counted or looked up; the middleware is everybody's."""
    return JsonResponse({"ok": True})


class PlainFitSerializer(serializers.ModelSerializer[Fit]):
    icp = serializers.CharField(source="icp.slug")
    qualification_id = serializers.IntegerField()

    class Meta:
        model = Fit
        fields = [
            *("icp", "score", "level", "override_score", "override_reason", "override_at"),
            *("qualification_id", "updated_at"),
        ]


class PlainCompanySerializer(serializers.ModelSerializer[Company]):
    class Meta:
        model = Company
        fields = [
            *("id", "name", "domain", "industry", "employees_min", "employees_max", "revenue_min", "revenue_max"),
            *("city", "region", "country"),
        ]


class PlainProspectSerializer(serializers.ModelSerializer[Prospect]):
    company = PlainCompanySerializer()
    fits = PlainFitSerializer(many=True)

    class Meta:
        model = Prospect
        fields = ["id", "company", "person_name", "person_title", "source", "created_at", "fits"]


class PlainPages(CursorPagination):
    page_size = ROWS
    ordering = ("-created_at", "-id")


class PlainProspectsView(generics.ListAPIView[Prospect]):
    """The rows and the fields of `GET /api/v1/prospects`, of whoever has a token. No limit is counted."""

    authentication_classes = (TokenAuthentication,)
    permission_classes = (IsAuthenticated,)
    throttle_classes = ()
    filter_backends = ()
    renderer_classes = (JSONRenderer,)
    pagination_class = PlainPages
    serializer_class = PlainProspectSerializer
    queryset = (
        Prospect.objects.filter(archived_at__isnull=True)
        .select_related("company")
        .defer("company__description", "company__provenance")
        .prefetch_related("fits__icp")
    )
