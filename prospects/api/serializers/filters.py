"""Shapes of saved filters."""

from rest_framework import serializers

from performance.api.examples import asked_as
from performance.api.lists.derived import shape_like
from prospects.api.serializers.named import NamedField
from prospects.api.serializers.prospects import ProspectQuerySerializer
from prospects.filters.models import SavedFilter


class SavedFilterSerializer(serializers.ModelSerializer[SavedFilter]):
    """A filter by its name; empty members narrow nothing. `icp` is the slug of a profile."""

    q = serializers.CharField(source="search")
    icp = serializers.CharField(source="icp.slug", default=None, allow_null=True)
    import_run = serializers.IntegerField(source="import_run_id", allow_null=True)
    owner = serializers.CharField(source="owner.username", default=None, allow_null=True)

    class Meta:
        model = SavedFilter
        fields = [
            "id",
            "name",
            "q",
            "icp",
            "level",
            "country",
            "industry",
            "source",
            "import_run",
            "owner",
            "updated_at",
        ]


@asked_as("Good fits in Germany", {"name": "Good Germans", "icp": "midwest-food", "level": "good", "country": "DE"})
class SavedFilterRequestSerializer(ProspectQuerySerializer):
    """What a filter narrows to, as POST /qualify takes it, and its name."""

    name = serializers.CharField(max_length=80, help_text="Its own; by it a run or research asks for it")


def saved_filter_field() -> NamedField[SavedFilter]:
    """One that is named in a request."""
    return NamedField(
        slug_field="name", queryset=SavedFilter.objects.all(), required=False, help_text="Name of a saved filter"
    )


SAVED_FILTER = shape_like(SavedFilterSerializer)
