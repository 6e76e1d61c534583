"""What lists can be narrowed to."""

from collections.abc import Mapping
from typing import Any

import django_filters
from django import forms
from django.db.models import BigIntegerField, QuerySet, Value
from django.db.models.functions import Cast
from drf_spectacular.utils import extend_schema_field

from performance.api.lists.filters import Filters, IdFilter
from performance.jobs.models import Batch, Job
from prospects.api.serializers.prospects import filter_of
from prospects.companies.finding.hits import MOST_FOUND
from prospects.exports.models import Export
from prospects.icp.models import IdealCustomerProfile
from prospects.intake.models import Import, ImportRow
from prospects.qualification.models import FitLevel, Qualifier


class CountryFilter(django_filters.CharFilter):
    field_class = forms.RegexField


class ProspectFilterSet(Filters):
    """Prospects, as `ProspectQuerySerializer` describes it for a run."""

    search = django_filters.CharFilter(
        max_length=200,
        help_text="Words, their beginnings or parts, of the name, the domain or the person's name; what is spelt alike "
        f"where nothing has them. Up to {MOST_FOUND} of each, the best first unless said",
    )
    q = django_filters.CharFilter(max_length=200, help_text="In the name, the domain or the person's name")
    icp = extend_schema_field(str)(  # type: ignore[type-var]  # it marks filters as well
        django_filters.ModelChoiceFilter(
            queryset=IdealCustomerProfile.objects.all(),
            to_field_name="slug",
            help_text="Slug of a profile: only prospects with a fit for it, and of their fits only that",
        )
    )
    level = django_filters.ChoiceFilter(choices=FitLevel.choices, help_text="Level of the fit")
    country = CountryFilter(regex=r"^[A-Za-z]{2}$", help_text="ISO 3166-1 alpha-2")
    industry = django_filters.CharFilter(max_length=200, help_text="In the industry")
    source = django_filters.CharFilter(max_length=120, help_text="The source, exactly")
    import_run = IdFilter(help_text="Id of an import")

    @classmethod
    def narrowed(cls, queryset: QuerySet[Any], asked: Mapping[str, Any]) -> QuerySet[Any]:
        wanted = filter_of(asked)
        found: Any = queryset.matching(wanted)  # type: ignore[attr-defined]  # of our querysets
        if search := asked.get("search"):
            found = found.best_for(search)
        narrowed: QuerySet[Any] = found.annotate(asked_icp=Cast(Value(wanted.icp), BigIntegerField()))
        return narrowed


class RunFilterSet(Filters):
    """Runs."""

    state = django_filters.ChoiceFilter(field_name="batch__state", choices=Batch.State.choices)
    qualifier = django_filters.ChoiceFilter(
        choices=[choice for choice in Qualifier.choices if "fallback" not in choice[0]]
    )
    icp = django_filters.CharFilter(field_name="icp_version__icp__slug", max_length=80, help_text="Slug of a profile")


class JobFilterSet(Filters):
    """Jobs that are stuck."""

    state = django_filters.ChoiceFilter(choices=Job.State.choices, help_text="dead or parked; others aren't here")


class ImportFilterSet(Filters):
    """Imports."""

    state = django_filters.ChoiceFilter(choices=Import.State.choices)
    source = django_filters.CharFilter(max_length=120, help_text="The source, exactly")


class ImportRowFilterSet(Filters):
    """Lines of a file."""

    outcome = django_filters.ChoiceFilter(field_name="settled__outcome", choices=ImportRow.Outcome.choices)


class ExportFilterSet(Filters):
    """Exports."""

    run = IdFilter(field_name="run_id", help_text="Id of a run")
    format = django_filters.ChoiceFilter(choices=Export.Format.choices)
