"""Tokens and "who am I"."""

from datetime import timedelta
from typing import Any

from django.contrib.auth import authenticate
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from performance.access.errors import TooManyAttempts, WrongCredentials
from performance.access.models import ApiToken, User
from performance.access.permissions import PersonOnly
from performance.access.serializers import (
    TOKEN,
    MeSerializer,
    NewTokenSerializer,
    TokenRequestSerializer,
    TokenSerializer,
    TokenSignInSerializer,
)
from performance.access.services import NewToken, issue_token, revoke_tokens
from performance.api.errors import NotFound
from performance.api.lists.views import ListView
from performance.api.parsing import body_of
from performance.api.reads.mixin import CachedReads


class TokenSignInView(APIView):
    """A token for a program that holds a user's name and password."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(request=TokenSignInSerializer, responses={201: NewTokenSerializer}, auth=[])
    def post(self, request: Request) -> Response:
        asked = body_of(request, TokenSignInSerializer)
        http_request = request._request
        user = authenticate(http_request, username=asked.pop("username"), password=asked.pop("password"))
        if getattr(http_request, "is_login_limited", False):
            raise TooManyAttempts(retry_after_s=60)
        if not isinstance(user, User):
            raise WrongCredentials
        return _shown_once(_issue(user, asked))


class CurrentTokenView(APIView):
    """The token that the request carries."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=None, responses={204: None}, description="Revoke the token that this request carries.")
    def delete(self, request: Request) -> Response:
        if not isinstance(request.auth, ApiToken):
            raise NotFound("This request carries no token.")
        revoke_tokens(user_id=request.auth.user_id, token_key=request.auth.token_key)
        return Response(status=204)


class TokensView(CachedReads, ListView[ApiToken]):
    """A signed-in person's own tokens; a token can't list, make or prolong tokens."""

    permission_classes = (PersonOnly,)
    serializer_class = TokenSerializer
    shape = TOKEN
    queryset = ApiToken.objects.none()
    ordering = ("-created", "digest")
    orderings = {"created": ("created", "digest")}

    def rows(self) -> list[QuerySet[ApiToken]]:
        tokens: QuerySet[ApiToken] = ApiToken.objects.filter(user_id=self.request.user.pk)
        return [tokens]

    @extend_schema(request=TokenRequestSerializer, responses={201: NewTokenSerializer})
    def post(self, request: Request) -> Response:
        asked = body_of(request, TokenRequestSerializer)
        return _shown_once(_issue(request.user, asked))


class TokenView(APIView):
    """One of one's own tokens."""

    permission_classes = (PersonOnly,)

    @extend_schema(request=None, responses={204: None}, description="Revoke a token; it is refused from then on.")
    def delete(self, request: Request, token_key: str) -> Response:
        if not revoke_tokens(user_id=request.user.pk, token_key=token_key):
            raise NotFound("You have no such token.")
        return Response(status=204)


class MeView(CachedReads, APIView):
    """Who is asking, and what they may do."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        token = request.auth if isinstance(request.auth, ApiToken) else None
        held = sorted(request.user.get_all_permissions())
        me = {
            "username": request.user.get_username(),
            "roles": sorted(request.user.groups.values_list("name", flat=True)),
            "permissions": [name for name in held if token is None or token.covers(name)],
            "token": TokenSerializer(token).data if token else None,
        }
        return Response(me)


def _issue(user: Any, asked: dict[str, Any]) -> NewToken:
    life = timedelta(days=asked["days"])
    return issue_token(user=user, name=asked["name"], scopes=asked["scopes"], life=life)


def _shown_once(issued: NewToken) -> Response:
    body = {**TokenSerializer(issued.token).data, "token": issued.text}
    return Response(body, status=201, headers={"Cache-Control": "no-store"})
