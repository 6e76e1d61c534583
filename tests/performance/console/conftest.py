"""Whom the console lets in."""

import pytest
from django.test import Client

from tests.factories import make_user

OPERATES = ["view_metricbucket", "view_cache", "operate_cache", "analyze_query"]


@pytest.fixture
def operator(db: None) -> Client:
    client = Client()
    client.force_login(make_user(is_staff=True, permissions=[f"performance.{each}" for each in OPERATES]))
    return client


@pytest.fixture
def onlooker(db: None) -> Client:
    client = Client()
    client.force_login(make_user(is_staff=True, permissions=["performance.view_metricbucket"]))
    return client
