"""What a list is made of is declared beside each model: a write through its service changes the cached list.

The lists stand here for whatever shows the model: a value kept under the tags that views use.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from performance.access.models import ApiToken, User
from performance.access.services import issue_token, revoke_tokens
from performance.cache.declared import declared
from performance.cache.entries import Fresh, fetch
from performance.flags.models import Flag
from performance.flags.services import change_flag
from performance.jobs import control
from performance.jobs.models import Batch
from prospects.companies.correcting import edit_prospect
from prospects.companies.models import Company, Prospect
from prospects.companies.upsert import upsert_prospects
from prospects.exports.models import Export
from prospects.exports.services import request_export
from prospects.icp.models import ICPVersion, IdealCustomerProfile
from prospects.icp.services import archive
from prospects.intake import services as intake
from prospects.intake.models import Import
from prospects.prompts.content import Content
from prospects.prompts.models import Prompt
from prospects.prompts.services import activate, save_version
from prospects.qualification.models import Fit
from prospects.qualification.services import override_fit
from tests.factories import make_batch, make_fit, make_prospect, make_run, make_user

pytestmark = pytest.mark.django_db(transaction=True)
SCHEMA = {"type": "object", "additionalProperties": False, "properties": {}, "required": []}
Kept = Callable[[], list[Any]]


def kept(rows: Callable[[], Any], *tags: str) -> Kept:
    """A list as a view keeps it, read once."""

    def read() -> list[Any]:
        value: list[Any] = fetch(f"test.list:{'.'.join(tags)}", tags=tags, compute=lambda: Fresh(list(rows()))).value
        return value

    read()
    return read


def test_prospects_and_one_of_them_by_a_persons_hand() -> None:
    prospect, other, somebody = make_prospect(), make_prospect(), make_user()
    names = kept(lambda: Company.objects.order_by("pk").values_list("name", flat=True), "prospects")
    one = kept(
        lambda: Prospect.objects.filter(pk=prospect.pk).values_list("notes", flat=True), f"prospect:{prospect.pk}"
    )
    run = kept(lambda: Company.objects.order_by("pk").values_list("name", flat=True), "run:7")
    calls = kept(lambda: [timezone.now()], f"prospect:{other.pk}")
    untouched = calls()

    edit_prospect(prospect.pk, person={"notes": "Ask Kim"}, company={"name": "Renamed"}, by=somebody, at=timezone.now())

    assert names()[0] == run()[0] == "Renamed"
    assert one() == ["Ask Kim"]
    assert calls() == untouched


def test_prospects_made_of_domains() -> None:
    found = kept(lambda: Company.objects.values_list("domain", flat=True), "prospects")

    upsert_prospects(["acme.com"], source="", owner=None)

    assert found() == ["acme.com"]


def test_prospects_of_an_import_and_its_undoing(tmp_path: Path) -> None:
    found = kept(lambda: Company.objects.values_list("name", flat=True), "prospects")
    imports = kept(lambda: Import.objects.values_list("state", flat=True), "imports")
    run = intake.receive(name="a.csv", chunks=[b"Company,Domain\nAcme,acme.com\n"])
    states = [imports()]

    intake.parse(run.pk)
    one = kept(lambda: Import.objects.values_list("state", flat=True), f"import:{run.pk}")
    intake.commit(run.pk)
    committed = found()
    states.append(one())
    intake.undo(run.pk)

    assert (committed, found()) == (["Acme"], [])
    assert [*states, imports(), one()] == [["uploaded"], ["committed"], ["undone"], ["undone"]]


def test_a_file_that_cannot_be_read() -> None:
    run = intake.receive(name="a.xlsx", chunks=[b"PK\x03\x04 broken"])
    one = kept(lambda: Import.objects.values_list("state", flat=True), f"import:{run.pk}")

    with pytest.raises(intake.IntakeError):
        intake.parse(run.pk)

    assert one() == ["failed"]


def test_a_persons_own_score() -> None:
    fit = make_fit(score=50)
    prospects = kept(lambda: Fit.objects.values_list("score", flat=True), "prospects")
    ranking = kept(lambda: Fit.objects.values_list("score", flat=True), f"run:{fit.qualification.run_id}")

    override_fit(prospect=fit.prospect, icp=fit.icp, score=90, reason="Met them", by=make_user())

    assert prospects() == ranking() == [90]


def test_runs_and_batches_as_they_are_paused_resumed_and_cancelled() -> None:
    run = make_run(batch=make_batch(kind="qualification.run"))
    lists = [
        kept(lambda: Batch.objects.values_list("state", flat=True), tag)
        for tag in ("batches", f"batch:{run.pk}", "runs", f"run:{run.pk}")
    ]
    seen = []
    for change in (
        lambda: control.pause(run.pk, reason="Wait"),
        lambda: control.resume(run.pk),
        lambda: control.pause(run.pk, reason="Wait"),
    ):
        change()
        seen.append([each() for each in lists])

    assert seen == [[["paused"]] * 4, [["running"]] * 4, [["paused"]] * 4]


def test_exports() -> None:
    run = make_run(batch=make_batch(state="finished"))
    exports = kept(lambda: Export.objects.values_list("format", flat=True), "exports")

    request_export(run, format="csv")

    assert exports() == ["csv"]


def test_profiles_and_their_versions() -> None:
    run = make_run()
    icp = run.icp_version.icp
    profiles = kept(
        lambda: IdealCustomerProfile.objects.filter(archived_at=None).values_list("slug", flat=True), "icps"
    )
    versions = kept(lambda: ICPVersion.objects.order_by("number").values_list("number", flat=True), f"icp:{icp.slug}")

    ICPVersion.objects.create(icp=icp, number=9, content={}, content_hash="9")
    archive(slug=icp.slug, at=timezone.now())

    assert (profiles(), versions()[-1]) == ([], 9)


def test_prompts_and_their_versions() -> None:
    Prompt.objects.all().update(active=None)
    Prompt.objects.all().delete()
    prompts = kept(lambda: Prompt.objects.values_list("name", "active__number"), "prompts")
    content = {"system": "s", "template": "{{ profile }}", "schema": SCHEMA, "description": ""}
    version = save_version(name="own", content=Content(**content))
    first = prompts()
    other = save_version(name="own", content=Content(**content | {"system": "other"}))
    one = kept(lambda: Prompt.objects.values_list("active__number", flat=True), "prompt:own")

    activate(other)

    assert (first, prompts(), one()) == ([("own", version.number)], [("own", other.number)], [other.number])


def test_flags() -> None:
    Flag.objects.create(name="new", rollout="off")
    flags = kept(lambda: Flag.objects.values_list("name", "rollout"), "flags")

    change_flag("new", rollout="on", percentage=0)

    assert flags() == [("new", "on")]


def test_tokens() -> None:
    user = make_user()
    tokens = kept(lambda: ApiToken.objects.values_list("name", flat=True), "tokens")
    issued = issue_token(user=user, name="ci")
    made = tokens()

    revoke_tokens(user_id=user.pk, token_key=issued.token.token_key)

    assert (made, tokens()) == (["ci"], [])


def test_a_new_name_of_an_owner_is_shown_everywhere_and_a_sign_in_changes_nothing() -> None:
    user = make_user(permissions=[])
    owners = kept(lambda: User.objects.values_list("username", flat=True), "whatever")
    seen_at = kept(lambda: [timezone.now()], "whatever", "else")
    before = seen_at()

    user.last_login = timezone.now()
    user.save(update_fields=["last_login"])
    signed_in = seen_at()
    user.username = "renamed"
    user.save()

    assert signed_in == before
    assert "renamed" in owners()
    assert Permission.objects.exists()


def test_every_model_that_lists_show_is_declared() -> None:
    shown = {"Batch", "Flag", "ApiToken", "User"}
    shown |= {"Company", "Prospect", "Import", "Export", "IdealCustomerProfile", "ICPVersion", "Prompt"}
    shown |= {"PromptVersion", "QualificationRun", "Fit"}

    assert shown <= {label.partition(".")[2] for label in declared()}
