"""What endpoints are told of imports."""

import json

import pytest

from performance.webhooks.models import WebhookEvent
from performance.webhooks.services import create_endpoint
from prospects.intake import announcing, services
from prospects.intake.models import Import

CSV = b"Company,Website\nAcme,acme.example\nBeta,beta.example\n,\n"


@pytest.fixture
def parsed(transactional_db: None) -> Import:
    create_endpoint(url="https://example.com/hook", events=["import.committed"], description="", owner=None)
    run = services.receive(name="prospects.csv", chunks=[CSV], source="fair")
    return services.parse(run.pk)


def test_a_commit_is_told_once_with_its_counts(parsed: Import) -> None:
    services.commit(parsed.pk)
    run = services.commit(parsed.pk)

    event = WebhookEvent.objects.get()
    told = json.loads(event.body)["data"]
    assert event.type == "import.committed"
    assert (told["id"], told["name"], told["source"]) == (parsed.pk, "prospects.csv", "fair")
    assert (told["rows"], told["created"]) == (run.row_count, 2)
    assert set(told) == set(announcing.COMMITTED.example)
    assert told["links"]["errors"] == f"/api/v1/imports/{parsed.pk}/errors"
