"""What a large run came to is counted in indexes alone, once they have been vacuumed."""

import pytest
from django.db import connection, models

from prospects.qualification.models import Qualification
from tests.prospects.qualification.large_runs import make_large_run


@pytest.mark.django_db(transaction=True)
def test_scores_and_qualifiers_are_counted_in_the_index_alone() -> None:
    large_run = make_large_run()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE prospects_qualification")

    for field in ("score", "qualifier"):
        counted = Qualification.objects.filter(run=large_run).order_by().values(field).annotate(n=models.Count("*"))
        assert "Index Only Scan" in counted.explain()
    assert "Index Only Scan" in Qualification.objects.shown_of(large_run).values("score", "prospect_id").explain()
