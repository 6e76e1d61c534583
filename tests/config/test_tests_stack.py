"""The tests' own servers."""

import os
from pathlib import Path

import psycopg
import pytest
import redis
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection

from tests.stack import throwaway_cluster


@pytest.mark.django_db
def test_the_database_is_the_throw_away_one() -> None:
    assert connection.settings_dict["NAME"].startswith("test_assay")
    assert get_user_model().objects.count() == 0


def test_the_settings_name_this_workers_own_servers() -> None:
    assert os.environ["REDIS_URL"] == settings.REDIS_URL
    assert settings.OPENAI_API_KEY == ""
    assert settings.RECORD.directory == Path(os.environ["ASSAY_TEST_DIRECTORY"]) / "var"


def test_a_cluster_of_its_own_survives_immediate_restarts() -> None:
    with throwaway_cluster() as cluster:
        with psycopg.connect(cluster.postgres.url, autocommit=True) as session:
            session.execute("CREATE TABLE kept AS SELECT 1 AS one")
        redis.from_url(cluster.valkey.url).set("kept", "1")

        cluster.postgres.restart()
        cluster.valkey.restart()

        with psycopg.connect(cluster.postgres.url) as session:
            assert session.execute("SELECT one FROM kept").fetchone() == (1,)
        assert redis.from_url(cluster.valkey.url).get("kept") == b"1"
        assert cluster.valkey.url != settings.REDIS_URL

    assert cluster.postgres.running() is None
    assert cluster.valkey.running() is None
