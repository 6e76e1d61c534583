"""Ideal customer profiles: read, written as JSON or TOML, and generated."""

from collections.abc import Mapping
from typing import IO, Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from performance.access.permissions import user_of
from performance.api.idempotency import idempotent
from performance.api.lists.views import DetailView, ListView, tagged
from performance.api.parsing import BoundedJSONParser, body_of
from performance.api.reads.mixin import CachedReads
from performance.cache.rows import members_of
from prospects.api.icp_examples import PROFILE_EXAMPLES
from prospects.api.serializers.icps import (
    ICP,
    ICP_IN_LIST,
    ICP_VERSION,
    DraftRequestedSerializer,
    GenerateSerializer,
    ICPInListSerializer,
    ICPSerializer,
    ICPVersionSerializer,
    ProfileSerializer,
)
from prospects.icp.errors import InvalidProfile
from prospects.icp.generate import request_draft
from prospects.icp.models import ICPVersion, IdealCustomerProfile
from prospects.icp.profile import MAX_FILE, Profile, parse_toml
from prospects.icp.services import activate, save_version

TOML = "application/toml"


class TomlParser(BaseParser):
    """`Content-Type: application/toml`, as the file that `make qualify` reads."""

    media_type = TOML

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        return parse_toml(stream.read(MAX_FILE + 1)).to_json()


class ICPsView(CachedReads, ListView[IdealCustomerProfile]):
    """Profiles in use, by title."""

    # Fits are counted.
    cache_tags = ("icps", members_of("prospects"))
    required_permissions = {
        "GET": ["prospects.view_idealcustomerprofile"],
        "POST": ["prospects.add_idealcustomerprofile"],
    }
    parser_classes = (BoundedJSONParser, TomlParser)
    serializer_class = ICPInListSerializer
    shape = ICP_IN_LIST
    queryset = IdealCustomerProfile.objects.in_use()
    ordering = ("title", "pk")
    orderings = {"title": ("title", "pk"), "updated_at": ("updated_at", "pk")}

    @extend_schema(
        request={"application/json": ProfileSerializer, "application/toml": ProfileSerializer},
        responses={201: ICPVersionSerializer},
        examples=PROFILE_EXAMPLES,
        description="Make a profile. Its slug comes from its title; a profile of that slug gets a new version, "
        "unless its content is the same.",
    )
    @idempotent
    def post(self, request: Request) -> Response:
        version = save_version(profile=_profile(request), owner=user_of(request), origin=_origin(request))
        return _saved(version)


class ICPView(CachedReads, DetailView[IdealCustomerProfile]):
    """One profile with its current version."""

    cache_tags = tagged("icp:{slug}")
    required_permissions = {
        "GET": ["prospects.view_idealcustomerprofile"],
        "PUT": ["prospects.change_idealcustomerprofile"],
    }
    parser_classes = (BoundedJSONParser, TomlParser)
    serializer_class = ICPSerializer
    shape = ICP
    lookups = {"slug": "slug"}
    queryset = IdealCustomerProfile.objects.all()

    @extend_schema(
        request={"application/json": ProfileSerializer, "application/toml": ProfileSerializer},
        responses={201: ICPVersionSerializer},
        examples=PROFILE_EXAMPLES,
        description="Give it a new version, which new runs use; the same content makes none.",
    )
    def put(self, request: Request, slug: str) -> Response:
        icp = generics.get_object_or_404(IdealCustomerProfile, slug=slug)
        version = save_version(
            profile=_profile(request), slug=icp.slug, owner=user_of(request), origin=_origin(request)
        )
        return _saved(version)


class ICPVersionsView(CachedReads, ListView[ICPVersion]):
    """The versions of a profile, newest first."""

    cache_tags = tagged("icp:{slug}")
    required_permissions = {"GET": ["prospects.view_icpversion"]}
    serializer_class = ICPVersionSerializer
    shape = ICP_VERSION
    queryset = ICPVersion.objects.all()
    ordering = ("-number",)
    orderings = {"number": ("number",)}

    def rows(self) -> list[QuerySet[ICPVersion]]:
        return [self.get_queryset().filter(icp__slug=self.kwargs["slug"])]

    def parent(self) -> QuerySet[IdealCustomerProfile]:
        profiles: QuerySet[IdealCustomerProfile] = IdealCustomerProfile.objects.filter(slug=self.kwargs["slug"])
        return profiles


class ICPVersionView(CachedReads, DetailView[ICPVersion]):
    """One version, by its number."""

    cache_tags = tagged("icp:{slug}")
    required_permissions = {"GET": ["prospects.view_icpversion"]}
    serializer_class = ICPVersionSerializer
    shape = ICP_VERSION
    lookups = {"slug": "icp__slug", "number": "number"}
    queryset = ICPVersion.objects.all()


class GenerateView(APIView):
    """A profile drafted by the LLM."""

    required_permissions = {"POST": ["prospects.add_idealcustomerprofile"]}

    @extend_schema(
        request=GenerateSerializer,
        responses={202: DraftRequestedSerializer},
        description="Have a profile drafted from what a company says of itself: 202 with the batch that makes it in "
        "Location. The draft becomes a version with origin llm, and the current one once it is activated.",
    )
    @idempotent
    def post(self, request: Request) -> Response:
        asked = body_of(request, GenerateSerializer)
        if (budget := asked.pop("budget", None)) is not None:
            asked["budget_micros"] = budget
        submission = request_draft(owner=user_of(request), **asked)
        batch_id = submission.batch.pk
        return Response({"batch_id": batch_id}, status=202, headers={"Location": f"/api/v1/batches/{batch_id}"})


class ActivateView(APIView):
    """Which version new runs use."""

    required_permissions = {"POST": ["prospects.change_idealcustomerprofile"]}

    @extend_schema(request=None, responses=ICPVersionSerializer, description="Make this version the current one.")
    def post(self, request: Request, slug: str, number: int) -> Response:
        version = generics.get_object_or_404(ICPVersion, icp__slug=slug, number=number)
        return Response(ICPVersionSerializer(activate(version_id=version.pk)).data)


def _profile(request: Request) -> Profile:
    """The profile of the body; what it says is checked by Profile itself."""
    if not isinstance(request.data, dict):
        raise InvalidProfile(["The body must be an object with a title and criteria."])
    return Profile.from_json(request.data)


def _origin(request: Request) -> str:
    return "file" if str(request.content_type).startswith(TOML) else "person"


def _saved(version: ICPVersion) -> Response:
    location = f"/api/v1/icps/{version.icp.slug}/versions/{version.number}"
    return Response(ICPVersionSerializer(version).data, status=201, headers={"Location": location})
