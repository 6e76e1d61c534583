"""From a company's own description the LLM drafts a profile, which waits as a version until a person activates it."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from performance.jobs.kinds import ClaimedJob, Finished
from performance.jobs.models import Job
from prospects.icp.generate import GenerateKind, request_draft
from prospects.icp.models import IdealCustomerProfile
from prospects.icp.profile import Profile
from prospects.prompts.content import Content
from prospects.prompts.services import activate, save_version, sync_built_in
from tests.prospects.llm.conftest import MemoryLedger
from tests.servers.openai_server import RunningServer, running_openai_server

TEXT = "We lease refrigerated trucks to food producers in the Midwest."


@pytest.fixture
def server(settings: Any) -> Iterator[RunningServer]:
    with running_openai_server() as running:
        settings.OPENAI_BASE_URL = running.base_url
        yield running


@pytest.mark.django_db
def test_companies_without_latin_letters_in_their_names_get_profiles_of_their_own(settings: Any) -> None:
    settings.OPENAI_BASE_URL = "http://127.0.0.1:9/v1"

    for name in ("食品株式会社", "冷蔵株式会社"):
        request_draft(name=name, description=TEXT)

    titles = IdealCustomerProfile.objects.order_by("pk").values_list("title", flat=True)
    assert list(titles) == ["食品株式会社's customers", "冷蔵株式会社's customers"]


@pytest.mark.django_db
def test_a_draft_is_asked_for_with_the_repair_prompt_in_use(settings: Any) -> None:
    settings.OPENAI_BASE_URL = "http://127.0.0.1:9/v1"
    activate(save_version(name="qualify-repair", content=Content("", "Once more: {{ problem }}", {})))

    assert request_draft(name="Acme", description=TEXT).batch.params["repair"] == "Once more: {{ problem }}"


@pytest.mark.django_db(transaction=True)
def test_a_draft_becomes_a_version_that_is_not_yet_current(server: RunningServer) -> None:
    sync_built_in()
    batch = request_draft(name="Acme", description=TEXT).batch
    row = Job.objects.get(batch=batch)
    claimed = ClaimedJob(
        id=row.pk,
        batch_id=batch.pk,
        subject_id=row.subject_id,
        fence=1,
        attempt=1,
        input=row.input,
        params=batch.params,
    )

    kind = GenerateKind()
    prepared = replace(claimed, prepared=kind.prepare([claimed])[row.pk])
    draft = asyncio.run(kind.run(prepared, MemoryLedger()))
    kind.store([Finished(prepared, draft, run_ms=1, cost_micros=0, ledger_hits=0)])

    icp = IdealCustomerProfile.objects.get(slug="acme-s-customers")
    version = icp.versions.get()
    assert (icp.current, version.origin, version.number) == (None, "llm", 1)
    assert Profile.from_json(version.content) == draft.profile
    assert version.completeness > 0
