"""What lists can be narrowed to."""

from typing import Any

import django_filters
from django import forms
from django.db.models import BigIntegerField, QuerySet, Value
from django.db.models.functions import Cast

from performance.jobs.models import Batch, Job
from prospects.api.serializers.prospects import MAX_ID, filter_of
from prospects.exports.models import Export
from prospects.icp.models import IdealCustomerProfile
from prospects.intake.models import Import, ImportRow
from prospects.qualification.models import FitLevel, Qualifier


class IdFilter(django_filters.NumberFilter):
    """An id: a whole number that a bigint holds."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, min_value=1, max_value=MAX_ID, **kwargs)


class CountryFilter(django_filters.CharFilter):
    field_class = forms.RegexField


class ProspectFilterSet(django_filters.FilterSet):
    """Prospects, as `ProspectQuerySerializer` describes it for a run."""

    q = django_filters.CharFilter(max_length=200, help_text="In the name, the domain or the person's name")
    icp = django_filters.ModelChoiceFilter(
        queryset=IdealCustomerProfile.objects.all(),
        to_field_name="slug",
        help_text="Slug of a profile: only prospects with a fit for it, and of their fits only that",
    )
    level = django_filters.ChoiceFilter(choices=FitLevel.choices, help_text="Level of the fit")
    country = CountryFilter(regex=r"^[A-Za-z]{2}$", help_text="ISO 3166-1 alpha-2")
    industry = django_filters.CharFilter(max_length=200, help_text="In the industry")
    source = django_filters.CharFilter(max_length=120, help_text="The source, exactly")
    import_run = IdFilter(help_text="Id of an import")

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "")}
        wanted = filter_of(asked)
        found: QuerySet[Any] = queryset.matching(wanted)  # type: ignore[attr-defined]
        narrowed: QuerySet[Any] = found.annotate(asked_icp=Cast(Value(wanted.icp), BigIntegerField()))
        return narrowed


class RunFilterSet(django_filters.FilterSet):
    """Runs."""

    state = django_filters.ChoiceFilter(field_name="batch__state", choices=Batch.State.choices)
    qualifier = django_filters.ChoiceFilter(
        choices=[choice for choice in Qualifier.choices if "fallback" not in choice[0]]
    )
    icp = django_filters.CharFilter(field_name="icp_version__icp__slug", max_length=80, help_text="Slug of a profile")


class JobFilterSet(django_filters.FilterSet):
    """Jobs that are stuck."""

    state = django_filters.ChoiceFilter(choices=[(Job.State.DEAD, "dead"), (Job.State.PARKED, "parked")])


class ImportFilterSet(django_filters.FilterSet):
    """Imports."""

    state = django_filters.ChoiceFilter(choices=Import.State.choices)
    source = django_filters.CharFilter(max_length=120, help_text="The source, exactly")


class ImportRowFilterSet(django_filters.FilterSet):
    """Lines of a file."""

    outcome = django_filters.ChoiceFilter(field_name="settled__outcome", choices=ImportRow.Outcome.choices)


class ExportFilterSet(django_filters.FilterSet):
    """Exports."""

    run = IdFilter(field_name="run_id", help_text="Id of a run")
    format = django_filters.ChoiceFilter(choices=Export.Format.choices)
