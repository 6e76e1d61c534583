"""Each list of searches is read by its index, in order."""

import pytest
from django.db import connection

from prospects.search.models import SearchQuery, SearchResult, SearchSession
from tests.factories import make_user

pytestmark = pytest.mark.django_db
MANY = """
INSERT INTO prospects_searchsession (title, engine, country, language, per_query, allow, deny, owner_id)
SELECT '', 'searxng', '', '', 10, '[]', '[]', CASE WHEN n %% 100 = 0 THEN %(owner)s END FROM generate_series(1, 4000) n;
INSERT INTO prospects_searchquery (session_id, position, text, state, key, is_cached, cost_micros, result_count, error,
    searched_at)
SELECT id, 0, 'acme', 'done', md5(id::text), false, 0, 3, '', now() FROM prospects_searchsession;
INSERT INTO prospects_searchresult (query_id, session_id, rank, title, snippet, url, domain, is_denied)
SELECT id, session_id, rank, '', '', '', 'site-' || (id * 7 + rank) % 5000 || '.com', false
FROM prospects_searchquery, generate_series(1, 3) rank;
ANALYZE prospects_searchsession, prospects_searchquery, prospects_searchresult
"""


@pytest.fixture
def session() -> SearchSession:
    person = make_user()
    with connection.cursor() as cursor:
        for statement in MANY.split(";"):
            cursor.execute(statement, {"owner": person.pk} if "%(owner)s" in statement else None)
    first: SearchSession = SearchSession.objects.filter(owner=person).order_by("pk")[0]
    return first


def test_every_index_serves_its_list(session: SearchSession) -> None:
    query = session.queries.get()
    site = SearchResult.objects.filter(query=query).values_list("domain", flat=True)[0]
    recent = ("-created_at", "-id")
    lists = {
        "searchsession_created": SearchSession.objects.order_by(*recent)[:50],
        "searchsession_owner": SearchSession.objects.filter(owner=session.owner).order_by("-created_at")[:20],
        "searchquery_position": SearchQuery.objects.filter(session=session).order_by("position"),
        "searchquery_key": SearchQuery.objects.filter(key=query.key, state="done").order_by("-searched_at")[:1],
        "searchresult_session": SearchResult.objects.sites(session.pk),
        "searchresult_rank": SearchResult.objects.filter(query=query).order_by("rank"),
        "searchresult_domain": SearchResult.objects.filter(domain=site).order_by("-id")[:20],
    }

    plans = {index: rows.explain() for index, rows in lists.items()}

    assert {index for index, plan in plans.items() if index not in plan} == set(), plans
