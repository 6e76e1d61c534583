"""Who may see which page."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from config.roles import OPERATOR, VIEWER
from performance.views.permission import refusal
from tests.factories import make_run, make_user

# `metrics` asks for a token itself.
PUBLIC = {"livez", "readyz", "login", "logout", "metrics"}
# The API and the consoles guard themselves, and have tests of their own.
ELSEWHERE = ("admin/", "api/", "silk/", "__debug__/")

pytestmark = pytest.mark.django_db


def page_patterns(resolver: URLResolver, prefix: str = "") -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        address = prefix + str(entry.pattern)
        if address.startswith(ELSEWHERE):
            continue
        if isinstance(entry, URLResolver):
            yield from page_patterns(entry, address)
        else:
            yield entry


def test_every_page_but_the_public_ones_asks_who_is_there() -> None:
    unguarded = {
        pattern.name for pattern in page_patterns(get_resolver()) if not hasattr(pattern.callback, "permissions")
    }

    assert unguarded == PUBLIC


@pytest.mark.parametrize("name", ["dashboard", "prospects", "imports", "icps", "runs", "run-new", "jobs", "batches"])
def test_a_stranger_is_sent_to_sign_in_and_brought_back(client: Client, name: str) -> None:
    address = reverse(name)

    response = client.get(address)

    assert response.status_code == 302
    assert response["Location"] == f"/login/?next={address}"


def test_a_person_without_the_permission_is_told_which_roles_have_it(client: Client) -> None:
    client.force_login(make_user())

    response = client.get("/prospects/")

    assert response.status_code == 403
    assert "viewer, sales" in response.content.decode()


def test_the_refusal_names_the_right_in_words() -> None:
    assert refusal("performance.operate_jobs") == (
        "This needs the right to operate jobs, which these roles have: operator, administrator."
    )


def in_role(role: str) -> Client:
    user = make_user()
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


def test_a_viewer_sees_runs_but_no_way_to_change_them() -> None:
    run = make_run()
    client = in_role(VIEWER)

    page = client.get(f"/runs/{run.pk}/").content.decode()
    refused = client.post(f"/runs/{run.pk}/pause/")

    assert "Pause" not in page
    assert refused.status_code == 403
    run.batch.refresh_from_db()
    assert run.batch.state == "running"


def test_an_operator_may_pause_a_run() -> None:
    run = make_run()

    response = in_role(OPERATOR).post(f"/runs/{run.pk}/pause/", follow=True)

    run.batch.refresh_from_db()
    assert run.batch.state == "paused"
    assert "The run is paused" in response.content.decode()


def test_somebody_without_a_role_is_welcomed_and_shown_nothing(client: Client) -> None:
    client.force_login(make_user())

    assert "no role yet" in client.get("/").content.decode()
