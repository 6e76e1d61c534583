"""What a browser may run on our pages."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests.factories import make_user

TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))


@pytest.mark.django_db
def test_pages_allow_only_our_own_scripts_and_styles(client: Client) -> None:
    policy = client.get("/login/")["Content-Security-Policy"]

    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.django_db
def test_the_admin_may_write_its_own_styles(client: Client) -> None:
    client.force_login(make_user(is_staff=True, is_superuser=True))

    policy = client.get("/admin/")["Content-Security-Policy"]

    assert "'unsafe-inline'" in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_what_the_policy_would_refuse(path: Path) -> None:
    text = path.read_text()

    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\bsrc=)|\son\w+=|hx-on|javascript:", text)


@pytest.mark.django_db
def test_a_wrong_password_is_refused_and_too_many_are_stopped(client: Client) -> None:
    make_user(username="mira")
    attempt = {"username": "mira", "password": "wrong"}

    # More than ten within a minute, even if another minute begins meanwhile.
    answers = [client.post("/login/", attempt, REMOTE_ADDR="203.0.113.7") for _ in range(22)]
    stopped = [answer for answer in answers if answer.status_code == 429]

    assert answers[0].status_code == 200
    assert "correct username and password" in answers[0].content.decode()
    assert stopped
    assert "Too many attempts" in stopped[-1].content.decode()
