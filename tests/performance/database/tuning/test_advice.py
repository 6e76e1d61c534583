"""Which settings are advised against, by which figures."""

from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from config.stack import tuning
from performance.database.tables.upkeep import Limits, upkeep
from performance.database.tuning.advice import GB, Advice, advice
from performance.database.tuning.server import MB, Server, Setting
from performance.database.tuning.server import server as read
from tests.factories import make_user
from tests.performance.database.tables.test_rules import SETTINGS, table

GOOD = {
    "autovacuum": 1, "autovacuum_max_workers": 3, "autovacuum_vacuum_cost_delay": 0.002,
    "autovacuum_vacuum_cost_limit": -1, "autovacuum_work_mem": -1, "checkpoint_completion_target": 0.9,
    "checkpoint_timeout": 300, "data_checksums": 1, "effective_cache_size": 4 * GB, "fsync": 1, "full_page_writes": 1,
    "log_lock_waits": 1, "maintenance_work_mem": 256 * MB, "max_connections": 100, "max_wal_size": GB,
    "pg_stat_statements.track": 1, "random_page_cost": 1.1, "shared_buffers": GB, "statement_timeout": 15,
    "idle_in_transaction_session_timeout": 30, "track_counts": 1, "track_io_timing": 1, "vacuum_cost_limit": 200,
    "wal_compression": 0, "work_mem": 8 * MB,
}  # fmt: skip


def make_server(**fields: Any) -> Server:
    """One of 8 GB that the application shares, set well and doing well. Settings by their names."""
    own = {name: fields.pop(name) for name in list(fields) if name in GOOD}
    settings = {
        name: Setting(
            name,
            value,
            f"{value:g}",
            "postmaster" if name in ("shared_buffers", "max_connections") else "sighup",
            "client" if "timeout" in name and name != "checkpoint_timeout" else "configuration file",
            False,
        )
        for name, value in (GOOD | own).items()
        if value is not None
    }
    known: dict[str, Any] = {
        "settings": settings, "role": "assay", "memory": 8 * GB, "is_alone": False, "database_bytes": 20 * GB,
        "blocks_read": 10**6, "hit_rate": 0.995, "read_ms": 0.1, "temp_bytes_a_day": 10 * MB,
        "temp_file_bytes": 20 * MB, "checkpoints": 100, "requested_share": 0.05, "wal_bytes_a_s": 10_000,
        "full_page_share": 0.2, "connections": 0.2, "tables": [],
    }  # fmt: skip
    return Server(**(known | fields))


def changes(server: Server) -> list[Advice]:
    return [each for each in advice(server) if not each.is_fine]


def test_nothing_is_said_against_a_server_that_does_well() -> None:
    assert changes(make_server()) == []
    assert {each.setting for each in advice(make_server())} >= {"shared_buffers", "work_mem", "random_page_cost"}


@pytest.mark.parametrize(
    ("figures", "setting", "advised", "why"),
    [
        ({"hit_rate": 0.9, "shared_buffers": 128 * MB}, "shared_buffers", "1024MB", "Only 90.00% of blocks"),
        ({"shared_buffers": 5 * GB}, "shared_buffers", "2048MB", "It is 62% of the machine's"),
        ({"work_mem": 64 * MB}, "work_mem", "20MB", "100 connections that each use it once take 6400MB"),
        ({"temp_bytes_a_day": 5 * GB}, "work_mem", "20MB", "Sorts and hashes put 5120MB a day on the disk, 20MB"),
        ({"effective_cache_size": GB}, "effective_cache_size", "4096MB", "Of 8192MB both caches hold"),
        ({"maintenance_work_mem": 64 * MB}, "maintenance_work_mem", "256MB", "Index builds and vacuums"),
        ({"maintenance_work_mem": GB}, "maintenance_work_mem", "256MB", "3 autovacuum workers may use it at once"),
        ({"random_page_cost": 4}, "random_page_cost", "1.1", "A page takes 0.10 ms"),
        ({"read_ms": 6.0}, "random_page_cost", "4", "A page takes 6.0 ms"),
        ({"requested_share": 0.8, "wal_bytes_a_s": 10 * MB}, "max_wal_size", "9000MB", "80% of 100 checkpoints"),
        ({"checkpoint_completion_target": 0.5}, "checkpoint_completion_target", "0.9", "Checkpoints are spread"),
        ({"full_page_share": 0.6, "wal_bytes_a_s": 10**6}, "wal_compression", "on", "60% of the log"),
        ({"fsync": 0}, "fsync", "on", "While it is off, the next power cut"),
        ({"autovacuum": 0}, "autovacuum", "on", "Dead rows pile up"),
        ({"connections": 0.85}, "max_connections", "150", "85% of them are used"),
        ({"track_io_timing": 0}, "track_io_timing", "on", "How long reading takes"),
        ({"log_lock_waits": 0}, "log_lock_waits", "on", "Who waited for whom"),
        ({"pg_stat_statements.track": None}, "shared_preload_libraries", "pg_stat_statements", "What statements cost"),
        ({"data_checksums": 0}, "data_checksums", "on", "A disk that returns wrong bytes"),
    ],
)
def test_a_setting_is_advised_against_by_a_figure(
    figures: dict[str, Any], setting: str, advised: str, why: str
) -> None:
    (found,) = changes(make_server(**figures))

    assert (found.setting, found.advised) == (setting, advised)
    assert found.why.startswith(why)
    assert found.statement


def test_how_to_set_it_says_whether_a_restart_is_needed() -> None:
    (shared,) = changes(make_server(shared_buffers=5 * GB))
    (cost,) = changes(make_server(random_page_cost=4))

    assert (shared.statement, shared.needs_restart) == ("ALTER SYSTEM SET shared_buffers = '2048MB';", True)
    assert cost.statement == "ALTER SYSTEM SET random_page_cost = '1.1'; SELECT pg_reload_conf();"
    assert not cost.needs_restart


def test_where_more_memory_would_be_too_much_for_all_it_is_for_single_statements() -> None:
    found = {each.setting: each for each in advice(make_server(temp_bytes_a_day=5 * GB, max_connections=250))}

    assert found["work_mem"].is_fine
    assert "SET LOCAL" in found["work_mem"].why


def test_of_a_machine_that_is_not_known_nothing_is_advised_that_goes_by_it() -> None:
    found = advice(make_server(memory=None, hit_rate=0.5, shared_buffers=128 * MB))

    assert all(each.is_fine for each in found)
    assert any("DATABASE_MEMORY_MB" in each.why for each in found)


def test_what_endangers_data_comes_first() -> None:
    found = changes(make_server(random_page_cost=4, fsync=0))

    assert [(each.setting, each.is_urgent) for each in found] == [("fsync", True), ("random_page_cost", False)]


def test_big_tables_have_an_advice_of_their_own() -> None:
    big = table(table='or"ders', rows=10_000_000)

    (found,) = changes(make_server(tables=[(big, upkeep(big, Limits(SETTINGS)))]))

    assert found.statement == 'ALTER TABLE "public"."or""ders" SET (autovacuum_vacuum_scale_factor = 0.010);'
    assert found.why == "Of 10,000,000 rows 2,000,050 must be dead before autovacuum begins."


@pytest.mark.parametrize("memory_mb", [2048, 8192, 65_536])
def test_the_embedded_servers_own_settings_are_not_advised_against(memory_mb: int) -> None:
    units = {"MB": MB, "GB": GB}
    given: dict[str, float] = {}
    for each in tuning.postgres(tuning.Machine(memory_mb=memory_mb, cores=4)):
        if each.name in GOOD and each.value != "top":
            number = each.value.removesuffix("MB").removesuffix("min")
            unit = units.get(each.value[-2:], 60 if each.value.endswith("min") else 1)
            given[each.name] = (each.value == "on") if each.value in ("on", "off") else float(number) * unit

    assert changes(make_server(memory=memory_mb * MB, **given)) == []


@pytest.mark.django_db
def test_the_server_is_read_by_whoever_asks() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE scratch_advisor")
        cursor.execute("SET LOCAL ROLE scratch_advisor")
        found = read(tables=[], database_bytes=1, connections=0.1)
        cursor.execute("RESET ROLE")

    assert found.memory is not None
    assert found.value("shared_buffers") == 256 * MB
    assert found.value("fsync") == 0.0
    assert found.text("checkpoint_timeout") == "15min"
    assert found.checkpoints >= 0
    # The tests' server is minutes old: what it has counted is no rate of a day.
    assert (found.temp_bytes_a_day, found.wal_bytes_a_s) == (None, None)


@pytest.mark.django_db
def test_the_answer_has_each_setting(settings: Any) -> None:
    settings.DATABASE_MEMORY_MB = 4096
    client = APIClient()
    client.force_login(make_user(permissions=["performance.view_metricbucket"]))

    found = client.get("/api/v1/performance/database/settings").json()

    assert found["memory_bytes"] == 4096 * MB
    urgent = {each["setting"]: each for each in found["settings"] if each["is_urgent"]}
    # The tests' server is one that may lose its data.
    assert set(urgent) == {"fsync", "full_page_writes"}
    assert urgent["fsync"]["statement"] == "ALTER SYSTEM SET fsync = 'on'; SELECT pg_reload_conf();"
