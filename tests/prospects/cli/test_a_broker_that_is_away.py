import pytest

from performance.jobs.models import Batch
from prospects.companies.models import Company
from tests.prospects.cli.conftest import Desk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]


def test_it_is_one_sentence_and_nothing_is_brought_in(desk: Desk) -> None:
    refused = desk.run(REDIS_URL="redis://:secret@127.0.0.1:9/0")

    assert refused.returncode == 69
    assert refused.stderr.startswith("Valkey can't be used at 127.0.0.1:9, check REDIS_URL: ")
    assert len(refused.stderr.strip().splitlines()) == 1
    assert "secret" not in refused.stderr
    assert not Batch.objects.exists()
    assert not Company.objects.exists()
