"""The servers' settings for the machine."""

import pytest
from django.db import connection

from config.stack import diagnosis, tuning
from config.stack.errors import StackError
from config.stack.tuning import Machine


def values(machine: Machine) -> dict[str, str]:
    return {each.name: each.value for each in tuning.postgres(machine)}


def test_a_usual_machine() -> None:
    settings = values(Machine(memory_mb=16_384, cores=8))

    assert settings["shared_buffers"] == "2048MB"
    assert settings["effective_cache_size"] == "8192MB"
    assert settings["work_mem"] == "34MB"
    assert settings["maintenance_work_mem"] == "512MB"
    assert settings["max_wal_size"] == "2048MB"
    assert settings["max_parallel_workers_per_gather"] == "4"
    assert tuning.valkey_memory_mb(Machine(memory_mb=16_384, cores=8)) == 1024


def test_a_small_machine_gets_what_the_servers_need_at_least() -> None:
    settings = values(Machine(memory_mb=512, cores=1))

    assert settings["shared_buffers"] == "128MB"
    assert settings["work_mem"] == "4MB"
    assert settings["max_parallel_workers_per_gather"] == "1"
    assert tuning.valkey_memory_mb(Machine(memory_mb=512, cores=1)) == 64


def test_each_value_stands_below_its_reason() -> None:
    settings = tuning.postgres(Machine(memory_mb=16_384, cores=8))

    text = tuning.as_file(settings)

    assert all(each.why for each in settings)
    assert f"# {settings[0].why}\n{settings[0].name} = '{settings[0].value}'\n" in text


@pytest.mark.django_db
def test_postgresql_takes_every_setting() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, error FROM pg_file_settings WHERE error IS NOT NULL")
        assert cursor.fetchall() == []
        cursor.execute("SELECT name FROM pg_settings WHERE pending_restart")
        assert cursor.fetchall() == []
        cursor.execute("SHOW shared_preload_libraries")
        assert cursor.fetchone() == ("pg_stat_statements,auto_explain",)
        cursor.execute("SELECT DISTINCT address::text, auth_method FROM pg_hba_file_rules")
        assert cursor.fetchall() == [("127.0.0.1", "scram-sha-256")]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("x\nFATAL:  could not write: No space left on device\n", "found the disk of /d full: free some space"),
        ("FATAL:  Address already in use", "found its port taken: run `make ports`"),
        ("FATAL:  could not open: Permission denied", "may not use /d: set ASSAY_VAR to a directory on a local disk"),
        ("2026 [1] FATAL:  odd thing\nLOG:  shut down", "didn't start (odd thing): read /d/postgres.log"),
        ("", "didn't start (it said nothing): read /d/postgres.log"),
    ],
)
def test_a_server_that_ended_is_explained(said: str, sentence: str) -> None:
    error = diagnosis.not_started("PostgreSQL", said=said, log=diagnosis.Path("/d/postgres.log"))

    assert str(error).startswith(f"PostgreSQL {sentence}")
    assert "\n" not in str(error)


def test_a_full_disk_is_one_sentence() -> None:
    with pytest.raises(StackError, match=r"^The disk of /proc has 0 MB left: free at least 300 MB, or set ASSAY_VAR"):
        diagnosis.require_room(diagnosis.Path("/proc"))
