"""Shapes of tokens and people."""

from typing import Any

from rest_framework import serializers

from performance.access.models import ApiToken
from performance.access.services import MAX_TOKEN_LIFE
from performance.api.examples import asked_as
from performance.api.lists.derived import shape_like


@asked_as("To read prospects", {"name": "crm", "scopes": ["prospects.view_prospect"], "days": 90})
class TokenRequestSerializer(serializers.Serializer[Any]):
    """What a token is to be."""

    name = serializers.CharField(max_length=100, default="", allow_blank=True, help_text="What it is for")
    scopes = serializers.ListField(
        child=serializers.RegexField(r"^[a-z_]+\.[a-z_]+$", max_length=100),
        default=list,
        max_length=100,
        help_text='Permissions ("prospects.view_prospect") that it is narrowed to; empty: all its user may do',
    )
    days = serializers.IntegerField(default=90, min_value=1, max_value=MAX_TOKEN_LIFE.days, help_text="Its life")


@asked_as(
    "To read prospects",
    {"username": "ada", "password": "correct horse battery", "name": "crm", "scopes": ["prospects.view_prospect"]},
)
class TokenSignInSerializer(TokenRequestSerializer):
    """The same, by name and password."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=4096, trim_whitespace=False, write_only=True)


class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    """A token without its secret; `token_key` is how it begins."""

    class Meta:
        model = ApiToken
        fields = ["token_key", "name", "scopes", "created", "expiry", "last_used_at"]


TOKEN = shape_like(TokenSerializer)


class NewTokenSerializer(TokenSerializer):
    """A token with its secret, which is shown this once."""

    token = serializers.CharField()

    class Meta(TokenSerializer.Meta):
        fields = [*TokenSerializer.Meta.fields, "token"]


class MeSerializer(serializers.Serializer[Any]):
    """Who is asking."""

    username = serializers.CharField()
    roles = serializers.ListField(child=serializers.CharField())
    permissions = serializers.ListField(child=serializers.CharField())
    token = TokenSerializer(allow_null=True)
