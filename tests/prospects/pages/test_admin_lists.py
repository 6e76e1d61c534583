"""The admin has a page for every model, whose list and rows open, whatever is searched for."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from performance.api.models import IdempotencyKey
from performance.audit.models import AuditEntry
from performance.files.services import store
from prospects.exports.models import Export
from tests.factories import (
    make_batch,
    make_fit,
    make_import_row,
    make_job,
    make_paid_call,
    make_prospect,
    make_qualification,
    make_run,
    make_user,
    make_worker,
)

pytestmark = pytest.mark.django_db
admin.autodiscover()
OURS = [model for model in admin.site._registry if model._meta.app_label in ("performance", "prospects")]


@pytest.fixture(scope="module")
def rows(scene: None) -> None:
    """At least one row of most models."""
    run = make_run(batch=make_batch(total=2, dead=1))
    make_fit(qualification=make_qualification(run=run))
    make_job(batch=run.batch, state="dead")
    make_paid_call(batch=run.batch)
    make_worker()
    AuditEntry.objects.create(via="api", action="cache.warm", subject="all", outcome="done")
    make_import_row(prospect=make_prospect())
    Export.objects.create(run=run, format="csv")
    store(name="a.csv", content_type="text/csv", chunks=[b"a"])
    IdempotencyKey.objects.create(owner=make_user(), key="k", request_hash="h", status=201)


@pytest.fixture(scope="module")
def root(scene: None) -> Client:
    client = Client()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def test_every_model_of_ours_has_a_page() -> None:
    from django.apps import apps

    ours = {*apps.get_app_config("performance").get_models(), *apps.get_app_config("prospects").get_models()}
    # A row's outcome stands in the list of rows; what a search looks through is a prospect once more; events and
    # attempts stand on the pages of endpoints and deliveries; measurements are read through the API, by route and time.
    derived = {"RunnerSlot", "RowOutcome", "SearchText", "SearchChange", "Warming"}
    derived |= {"WebhookSecret", "WebhookEvent", "WebhookAttempt", "MetricBucket", "MetricLabels", "MetricFlush"}
    derived |= {"MetricTotal", "MetricWhole", "ProcessSample"}
    # Sizes of tables by the hour: drawn on the tables' pages.
    derived |= {"TableSample"}
    # What the last look at the indexes was of: said on their page.
    derived |= {"IndexReview"}
    # Has a page of its own in the console.
    derived |= {"BenchmarkRun"}
    # Readings stand with their rule, transitions with their alert.
    derived |= {"AlertReading", "AlertTransition"}
    # What a run keeps stands with the run.
    derived |= {"ArchivalSegment"}
    # Statements have pages of their own, in the console.
    derived |= {"Statement", "StatementCounters", "StatementDelta", "StatementSnapshot"}
    # No rows, only permissions.
    derived |= {"DatabaseConsole"}

    assert {model.__name__ for model in ours - set(OURS)} <= derived


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_lists_are_searched_for_whatever_is_typed(root: Client, rows: None, model: type) -> None:
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")

    for text in ("7", "acme", "\x00", "9" * 30):
        # As a choice in a window of its own, without the whole menu beside it.
        assert root.get(address, {"q": text, "_popup": 1}).status_code == 200, text


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_lists_and_rows_open(root: Client, rows: None, model: type) -> None:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"

    assert root.get(reverse(f"{name}_changelist")).status_code == 200
    row = model._default_manager.first()
    if row is not None:
        assert root.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200
