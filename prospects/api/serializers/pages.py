"""Shapes of pages and of what they said."""

from typing import Any

from rest_framework import serializers

from performance.api.lists.derived import shape_like
from performance.api.lists.shape import Shape
from prospects.pages.models import Page


class PageInListSerializer(serializers.ModelSerializer[Page]):
    """A URL and what became of it when it was last asked. `text_id` is the hash of what it last said."""

    text_id = serializers.UUIDField(allow_null=True)
    language = serializers.CharField(source="text.language", default=None, allow_null=True, help_text="ISO 639")

    class Meta:
        model = Page
        fields = [
            "id", "site", "url", "outcome", "code", "reason", "status", "kind", "title", "language", "text_id",
            "change", "depth", "byte_count", "elapsed_ms", "first_seen_at", "fetched_at", "changed_at", "text_at",
        ]  # fmt: skip


class PageSerializer(PageInListSerializer):
    """A page with its links on its own site, and what its headers and its markup said."""

    links = serializers.ListField(child=serializers.URLField())
    facts = serializers.DictField(
        help_text="etag, last_modified, content_type, charset, canonical, redirects, flags, externals, where they are"
    )

    class Meta(PageInListSerializer.Meta):
        fields = [*PageInListSerializer.Meta.fields, "final_url", "links", "facts"]


class BlockSerializer(serializers.Serializer[Any]):
    """Characters `start` to before `end` that markup holds together."""

    kind = serializers.CharField(help_text="address, footer, heading, tr, li or p")
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    classes = serializers.CharField()


class PageTextSerializer(serializers.Serializer[Any]):
    """What a page said: `visible_length` characters that readers see, then what only its markup says, a line each."""

    id = serializers.UUIDField(source="hash")
    text = serializers.CharField()
    visible_length = serializers.IntegerField()
    language = serializers.CharField()
    blocks = BlockSerializer(many=True)


PAGE_IN_LIST: Shape = shape_like(PageInListSerializer)
PAGE: Shape = shape_like(PageSerializer, links="links", facts="facts")
