"""Which line, view and task a statement comes from, and which of them asks the same for each row."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.test import RequestFactory
from django.urls import ResolverMatch

from performance import tasks
from performance.database.slow_queries import METRIC, fingerprint
from performance.database.statements import callers, repeats
from performance.metrics.middleware import request_metrics
from performance.metrics.tallies import Tally, taken
from prospects.companies.models import Company, Prospect
from prospects.qualification.models import QualificationRun
from tests.factories import make_prospect, make_run

pytestmark = pytest.mark.django_db
HERE = "tests/performance/database/statements/test_callers.py"


@pytest.fixture(autouse=True)
def _nothing_counted() -> Iterator[None]:
    list(taken())
    yield
    list(taken())


def measured(name: str) -> list[tuple[Mapping[str, str], Tally]]:
    return [(dict(each.labels), tally) for each, tally in taken() if each.name == name]


def answer(view: Any) -> None:
    """A request that `view` answers, by the name "look"."""

    def inner(request: HttpRequest) -> HttpResponse:
        request.resolver_match = ResolverMatch(view, (), {}, url_name="look", route="look")
        view()
        return HttpResponse()

    request_metrics(inner)(RequestFactory().get("/look"))


def line_of(text: str) -> str:
    lines = Path(__file__).read_text().splitlines()
    [number] = [number for number, line in enumerate(lines, start=1) if line.strip().endswith(f"# {text}")]
    return f"{HERE}:{number}"


def test_a_statement_bears_its_view_its_line_and_its_shape() -> None:
    def view() -> None:
        Company.objects.filter(name="x", pk__in=[1, 2]).exists()  # the statement

    answer(view)

    [labels] = [labels for labels, _ in measured(METRIC) if "prospects_company" in labels["sql"]]
    assert (labels["view"], labels["line"]) == ("look", line_of("the statement"))
    assert len(labels["shape"]) == 16


def test_a_template_of_ours_is_the_line_of_what_it_asks_for(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rows.html").write_text("<p>\n{% for row in rows %}{{ row.company.name }}{% endfor %}</p>")
    settings.BASE_DIR = tmp_path
    # Files are judged once: what is judged here, where another tree is ours, holds for this test alone.
    monkeypatch.setattr(callers, "_judged", {})
    make_prospect()
    list(taken())

    Engine(dirs=[str(tmp_path)]).get_template("rows.html").render(Context({"rows": Prospect.objects.all()}))

    lines = {labels["line"] for labels, _ in measured(METRIC) if labels["sql"].startswith('SELECT "prospects_')}
    assert lines == {"rows.html:2"}


@pytest.fixture
def prospects() -> None:
    for _ in range(repeats.THRESHOLD + 2):
        make_prospect()
    list(taken())


def test_a_relation_that_is_followed_row_by_row_is_told_by_model_field_and_line(prospects: None) -> None:
    def view() -> None:
        for each in Prospect.objects.order_by("pk"):
            assert each.company.name  # followed

    answer(view)

    [(labels, tally)] = measured(repeats.METRIC)
    assert (labels["model"], labels["field"]) == ("prospects.Prospect", "company")
    assert (labels["view"], labels["line"]) == ("look", line_of("followed"))
    assert (tally.n, tally.high) == (1, repeats.THRESHOLD + 2)


def test_rows_that_name_another_are_told_by_their_accessor(prospects: None) -> None:
    def view() -> None:
        for each in Company.objects.order_by("pk"):
            list(each.prospects.all())

    answer(view)

    [(labels, _)] = measured(repeats.METRIC)
    assert (labels["model"], labels["field"]) == ("prospects.Company", "prospects")


def test_a_look_up_in_a_loop_is_told_by_the_statement(prospects: None) -> None:
    def view() -> None:
        for number in range(repeats.THRESHOLD):
            Company.objects.filter(domain=f"{number}.example").exists()

    answer(view)

    [(labels, _)] = measured(repeats.METRIC)
    assert (labels["model"], labels["field"]) == ("prospects.Company", "domain")


def test_what_is_joined_or_asked_in_chunks_or_by_several_lines_is_none(prospects: None) -> None:
    def view() -> None:
        for each in Prospect.objects.select_related("company"):
            assert each.company.name
        for start in range(repeats.THRESHOLD + 5):
            list(Company.objects.filter(pk__gt=start).order_by("pk")[:2])
            list(Company.objects.filter(pk__in=[start, start + 1]))
        for _ in range(repeats.THRESHOLD - 1):
            Company.objects.filter(domain="a").exists()
        for _ in range(repeats.THRESHOLD - 1):
            Company.objects.filter(domain="a").exists()

    answer(view)

    assert measured(repeats.METRIC) == []


def test_a_task_is_a_view_and_has_its_own_count(monkeypatch: pytest.MonkeyPatch) -> None:
    run = make_run()
    cache.clear()

    def look(**_: Any) -> list[Any]:
        for _number in range(repeats.THRESHOLD):
            QualificationRun.objects.filter(pk=run.pk).exists()
        return []

    monkeypatch.setattr(tasks.warming, "warm_due", look)
    tasks.warm_cache.apply()
    tasks.warm_cache.apply()

    of_task = [tally for labels, tally in measured(repeats.METRIC) if labels["view"] == "performance.tasks.warm_cache"]
    assert [(tally.n, tally.high) for tally in of_task] == [(2, repeats.THRESHOLD)]


def test_the_shape_is_that_of_the_text_as_postgresql_has_it() -> None:
    Company.objects.filter(name="50 %", pk__in=[1, 2, 3])[:7].count()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pk_of FROM (SELECT 1 AS pk_of) AS one WHERE pk_of::text LIKE '5%%' OR pk_of::text = %s", ["5"]
        )

    shapes = {labels["fingerprint"]: labels["shape"] for labels, _ in measured(METRIC)}

    assert all(shapes.values())
    assert (
        fingerprint("SELECT pk_of FROM (SELECT 1 AS pk_of) AS one WHERE pk_of::text LIKE '5%%' OR pk_of::text = %s")
        in shapes
    )
