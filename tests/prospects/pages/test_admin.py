"""The admin: by permission, with actions that call services."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from performance.access.models import ApiToken, User
from performance.admin.base import EstimatingPaginator
from performance.flags.models import Flag
from performance.jobs.models import Batch
from prospects.companies.models import Company, Prospect
from prospects.exports.models import Export
from tests.factories import (
    make_batch,
    make_company,
    make_job,
    make_prospect,
    make_run,
    make_user,
)

pytestmark = pytest.mark.django_db


def test_the_sidebar_shows_only_what_a_role_may_see(staff: Client) -> None:
    page = staff.get("/admin/").content.decode()

    assert reverse("admin:prospects_prospect_changelist") in page
    assert reverse("admin:performance_storedfile_changelist") not in page
    assert staff.get(reverse("admin:performance_storedfile_changelist")).status_code == 403


def test_a_list_never_counts_beyond_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        make_batch()
    monkeypatch.setattr("performance.admin.base.MOST_COUNTED", 3)

    filtered = EstimatingPaginator(Batch.objects.filter(kind="qualification.run").order_by("id"), 50)

    assert filtered.count == 3


def act(client: Client, model: str, action: str, *ids: int) -> str:
    response = client.post(
        reverse(f"admin:{model}_changelist"), {"action": action, "_selected_action": ids}, follow=True
    )
    return response.content.decode()


def test_batches_are_paused_and_what_cannot_be_is_said(staff: Client) -> None:
    running, finished = make_batch(total=1), make_batch(state="finished", finished_at=timezone.now())

    page = act(staff, "performance_batch", "pause", running.pk, finished.pk)

    running.refresh_from_db()
    assert running.state == "paused"
    assert "1 paused." in page
    assert f"{finished.pk}: " in page


def test_dead_letters_are_redriven(staff: Client) -> None:
    batch = make_batch(total=1, dead=1, state="finished", finished_at=timezone.now())
    job = make_job(batch=batch, state="dead", error="boom")

    page = act(staff, "performance_job", "redrive", job.pk)

    job.refresh_from_db()
    assert job.state == "ready"
    assert "1 jobs are to be tried again." in page


def test_selected_prospects_go_to_the_form_that_shows_the_cost(staff: Client) -> None:
    prospect = make_prospect()

    response = staff.post(
        reverse("admin:prospects_prospect_changelist"),
        {"action": "qualify_selected", "_selected_action": [prospect.pk]},
    )

    assert response["Location"] == f"/runs/new/?ids={prospect.pk}"


def test_runs_are_exported(staff: Client) -> None:
    run = make_run()

    page = act(staff, "prospects_qualificationrun", "export_csv", run.pk)

    assert Export.objects.get().run_id == run.pk
    assert "1 to be exported" in page


def test_somebody_without_the_right_has_no_such_action() -> None:
    client = Client()
    client.force_login(make_user(is_staff=True, permissions=["performance.view_batch"]))
    batch = make_batch(total=1)

    act(client, "performance_batch", "pause", batch.pk)

    batch.refresh_from_db()
    assert batch.state == "running"


def test_what_a_person_types_into_a_company_is_theirs(staff: Client) -> None:
    company = make_company(name="Acme", provenance={"city": {"source": "import:1", "method": "file"}})
    prospect = make_prospect(company=company)
    address = reverse("admin:prospects_company_change", args=[company.pk])
    form = staff.get(address).context["adminform"].form
    typed = {name: form[name].value() or "" for name in form.fields} | {"city": "Chicago", "technologies": "[]"}
    management = {f"keys-{name}": 0 for name in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")}

    response = staff.post(address, typed | management)

    stored = Company.objects.get(pk=company.pk)
    assert response.status_code == 302
    assert stored.city == "Chicago"
    assert (stored.provenance["city"]["method"], stored.provenance["city"]["source"]) == ("person", "ada")
    assert Prospect.objects.get(pk=prospect.pk).edited_at is not None


def test_flags_are_edited_by_those_who_may(staff: Client) -> None:
    flag, _ = Flag.objects.get_or_create(name="silk")
    address = reverse("admin:performance_flag_change", args=[flag.pk])

    staff.post(address, {"name": "silk", "rollout": "percentage", "percentage": 5, "description": ""})

    flag.refresh_from_db()
    assert (flag.rollout, flag.percentage) == ("percentage", 5)


def test_a_token_is_shown_once_and_works(staff: Client) -> None:
    owner = make_user(permissions=["prospects.view_prospect"])

    page = staff.post(
        reverse("admin:performance_apitoken_add"),
        {"user": owner.pk, "name": "crm", "scopes": "prospects.view_prospect"},
        follow=True,
    ).content.decode()

    token = ApiToken.objects.get()
    assert (token.user, token.name, token.scopes) == (owner, "crm", ["prospects.view_prospect"])
    assert "shown this once" in page


def test_an_administrator_cannot_make_themselves_a_superuser(staff: Client) -> None:
    other = make_user()
    address = reverse("admin:performance_user_change", args=[other.pk])

    staff.post(address, {"username": other.username, "is_active": "on", "is_superuser": "on"})

    assert not User.objects.get(pk=other.pk).is_superuser
