"""The frame of the admin's pages: Unfold's, at less effort."""

import re
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import unfold
from django.contrib import admin
from django.http import HttpRequest
from django.template import engines
from django.template.loader import get_template
from django.test import Client, RequestFactory
from django.test.utils import override_script_prefix
from unfold.sites import UnfoldAdminSite

from performance.access.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def asked(path: str, user: User) -> HttpRequest:
    request = RequestFactory().get(path)
    request.user = user
    return request


@pytest.mark.parametrize(
    "path",
    [
        "/admin/",
        "/admin/performance/",
        "/admin/performance/statements/7/",
        "/admin/performance/job/",
        "/admin/prospects/company/3/change/",
    ],
)
@pytest.mark.parametrize("permissions", [[], ["performance.view_metricbucket", "prospects.view_company"]])
def test_the_sidebar_is_what_unfold_makes_of_it(path: str, permissions: list[str]) -> None:
    request = asked(path, make_user(is_staff=True, permissions=permissions))

    ours, unfolds = admin.site.get_sidebar_list(request), UnfoldAdminSite().get_sidebar_list(request)

    assert told(ours) == told(unfolds)
    assert any(line["has_permission"] for group in ours[1:] for line in group["items"]) is bool(permissions)


def told(navigation: list[dict[str, Any]]) -> list[object]:
    """As the template reads it."""
    lines = [(group["title"], group.get("separator"), line) for group in navigation for line in group["items"]]
    return [
        (title, separator, line["title"], line["icon"], str(line["link"]), line["active"], line["has_permission"])
        for title, separator, line in lines
    ]


def test_addresses_are_those_of_where_the_site_is_mounted() -> None:
    here = link_of("Queues")
    with override_script_prefix("/assay/"):
        mounted = link_of("Queues")

    assert (here, mounted) == ("/admin/performance/queues/", "/assay/admin/performance/queues/")


def link_of(title: str) -> str:
    lines = [line for group in admin.site.get_sidebar_list(asked("/", User())) for line in group["items"]]
    return next(str(line["link"]) for line in lines if line["title"] == title)


def test_the_list_of_apps_is_made_for_whoever_looks_at_it() -> None:
    request = asked("/admin/", make_user(is_staff=True, permissions=["performance.view_job"]))

    with patch("django.contrib.admin.sites.reverse") as addressed:
        admin.site.each_context(request)
    apps = list(admin.site.each_context(request)["available_apps"])

    addressed.assert_not_called()
    assert [model["object_name"] for app in apps for model in app["models"]] == ["Job"]
    assert apps == UnfoldAdminSite.get_app_list(admin.site, request)


@pytest.mark.parametrize("path", ["/admin/", "/admin/performance/job/"])
def test_the_sidebar_looks_as_unfold_draws_it(path: str) -> None:
    request = asked(path, make_user(is_staff=True, permissions=["performance.view_job", "prospects.view_company"]))
    context = admin.site.each_context(request)

    drawn = get_template("unfold/helpers/app_list.html").render(context, request)

    theirs = Path(unfold.__file__).parent / "templates/unfold/helpers/app_list.html"
    unfolds = engines["django"].from_string(theirs.read_text(encoding="utf-8")).render(context, request)
    assert tight(drawn) == tight(unfolds)
    assert drawn.count("<li>") == 5


def tight(markup: str) -> str:
    """Without the space that isn't seen."""
    return re.sub(r"\s*([<>])\s*", r"\1", re.sub(r"\s+", " ", markup))


def found(client: Client, term: str) -> list[tuple[str, str]]:
    """Each address that the sidebar's search gives, with its words."""
    answer = client.get("/admin/search/", {"s": term})
    assert answer.status_code == 200
    texts = re.findall(r'<a href="([^"]+)".*?>([^<]+)<span', answer.content.decode(), re.DOTALL)
    return [(address, words.strip()) for address, words in texts]


def test_the_search_finds_pages_and_models_once_each(client: Client) -> None:
    client.force_login(make_user(is_staff=True, permissions=["performance.view_metricbucket", "performance.view_job"]))

    assert found(client, "QUEUES") == [("/admin/performance/queues/", "Queues")]
    assert found(client, "job") == [("/admin/performance/job/", "Jobs")]
    assert found(client, "job") == [("/admin/performance/job/", "Jobs")]


@pytest.mark.parametrize("term", ["", "  ", "no such thing", "queues", "job", "<b>"])
def test_the_search_finds_nothing_that_one_may_not_see(client: Client, term: str) -> None:
    client.force_login(make_user(is_staff=True))

    assert found(client, term) == []


def test_the_search_is_for_staff(client: Client) -> None:
    client.force_login(make_user())

    assert client.get("/admin/search/", {"s": "job"}).status_code == 302


def test_a_filter_with_a_nul_is_told_as_one_that_cant_be_read(client: Client) -> None:
    client.force_login(make_user(is_staff=True, is_superuser=True))

    answer = client.get("/admin/performance/job/", {"kind": "a\0b"}, follow=True)

    assert answer.status_code == 200
    assert answer.redirect_chain == [("/admin/performance/job/?e=1", 302)]
