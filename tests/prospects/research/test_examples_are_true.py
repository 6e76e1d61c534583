"""What the schema shows of research and searches is what may be sent, and what comes."""

from typing import Any

import pytest
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from performance.jobs.views import ProgressSerializer
from prospects.api.research_answers import RESULT_EXAMPLE, STATISTICS_EXAMPLE, STATUS_EXAMPLE
from prospects.api.research_examples import EXTRACT_EXAMPLES, STARTED_EXAMPLE, SUBMIT_EXAMPLES
from prospects.api.search_examples import SEARCH_EXAMPLES, SESSION_EXAMPLE
from prospects.api.serializers import research, research_results, search
from prospects.extraction.fields import FIELDS
from prospects.extraction.found import METHODS
from tests import factories

ASKED = [
    *((research.ExtractSerializer, each) for each in EXTRACT_EXAMPLES),
    *((research.BatchSubmitSerializer, each) for each in SUBMIT_EXAMPLES),
    *((search.SearchRequestSerializer, each) for each in SEARCH_EXAMPLES),
]
ANSWERED: list[tuple[type[serializers.Serializer[Any]], dict[str, Any]]] = [
    (research.ResearchInListSerializer, STARTED_EXAMPLE.value["research"]),
    (research.ResearchSerializer, STATUS_EXAMPLE.value),
    (ProgressSerializer, STATUS_EXAMPLE.value["progress"]),
    (research_results.CompanyResultSerializer, RESULT_EXAMPLE.value),
    (research_results.FoundValueSerializer, RESULT_EXAMPLE.value["values"]["email"][0]),
    (research_results.StatisticsSerializer, STATISTICS_EXAMPLE.value),
    (research_results.IndustrySerializer, STATISTICS_EXAMPLE.value["industries"][0]),
    (search.SearchSessionSerializer, SESSION_EXAMPLE.value),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("shape", "example"), ASKED, ids=lambda each: getattr(each, "name", None))
def test_what_is_shown_may_be_sent(shape: type[serializers.Serializer[Any]], example: OpenApiExample) -> None:
    factories.make_icp(slug="midwest-food")

    asked = shape(data=example.value)

    assert asked.is_valid(), asked.errors
    assert example.value.keys() <= asked.fields.keys()


@pytest.mark.parametrize(("shape", "shown"), ANSWERED, ids=lambda each: getattr(each, "__name__", ""))
def test_what_is_shown_has_the_members_of_what_comes(
    shape: type[serializers.Serializer[Any]], shown: dict[str, Any]
) -> None:
    assert shown.keys() == shape().fields.keys()


def test_fields_and_methods_that_are_shown_exist() -> None:
    [(name, [value])] = RESULT_EXAMPLE.value["values"].items()

    assert {name, *STATISTICS_EXAMPLE.value["coverage"]} <= FIELDS.keys()
    assert value["method"] in METHODS
