"""`manage.py`: the stack around what needs it, one sentence for a bad variable."""

from pathlib import Path

import pytest

from manage import needs_stack
from tests.config.conftest import Checkout


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], False),
        (["help"], False),
        (["migrate", "--help"], False),
        (["check", "--deploy"], False),
        (["check", "--database", "default"], True),
        (["makemigrations", "--check"], False),
        (["migrate"], True),
        (["qualify", "--file", "x.csv"], True),
        (["pump"], True),
    ],
)
def test_which_commands_need_the_stack(arguments: list[str], expected: bool) -> None:
    assert needs_stack(["manage.py", *arguments]) is expected


def test_a_bad_variable_stops_the_start_with_one_sentence(checkout: Checkout) -> None:
    refused = checkout.run("manage.py", "migrate", QUERY_SLOW_THRESHOLD="fast")

    assert refused.returncode == 78
    assert refused.stdout == ""
    assert refused.stderr == "QUERY_SLOW_THRESHOLD is 'fast', but it must be a whole number from 1 to 600000.\n"
    assert not (checkout.var / "data").exists()


@pytest.mark.parametrize("content", [None, b"DEBUG=\xff\n"])
def test_a_file_of_settings_that_cant_be_read_stops_the_start(
    checkout: Checkout, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "settings.env"
    if content is not None:
        file.write_bytes(content)

    refused = checkout.run("manage.py", "migrate", ASSAY_ENV_FILE=str(file))

    assert refused.returncode == 78
    assert refused.stderr == (
        f"ASSAY_ENV_FILE is '{file}', but it must be a file of UTF-8 text that this user can read.\n"
    )
    assert not (checkout.var / "data").exists()


def test_a_command_that_needs_no_database_starts_none(checkout: Checkout) -> None:
    done = checkout.run("manage.py", "check")

    assert done.returncode == 0, done.stderr
    assert not (checkout.var / "data").exists()


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        (
            "DATABASE_URL",
            "postgresql://u:secret@h/db?colour=red",
            "DATABASE_URL is 'postgresql://…@h/db?…', but it must be a URL that libpq can read: only libpq's "
            "parameters behind a ?, special characters percent-encoded.\n",
        ),
        (
            "DATABASE_URL",
            "postgresql://u:p%zz@h/db",
            "DATABASE_URL is 'postgresql://…@h/db', but it must be a URL that libpq can read: only libpq's "
            "parameters behind a ?, special characters percent-encoded.\n",
        ),
        (
            "OPENAI_BASE_URL",
            "llm.example/v1",
            "OPENAI_BASE_URL is 'llm.example/v1', but it must be a URL that begins with http:// or https://.\n",
        ),
    ],
)
def test_a_bad_address_stops_the_start_and_keeps_its_secrets(
    checkout: Checkout, variable: str, value: str, sentence: str
) -> None:
    refused = checkout.run("manage.py", "check", **{variable: value})

    assert refused.returncode == 78
    assert refused.stderr == sentence


def test_a_database_of_ones_own_that_is_away_is_one_sentence_without_its_password(checkout: Checkout) -> None:
    away = {"DATABASE_URL": "postgresql://u:secret@127.0.0.1:9/db", "REDIS_URL": "redis://:secret@127.0.0.1:9/0"}

    refused = checkout.run("manage.py", "migrate", **away)

    assert refused.returncode == 69
    assert refused.stderr == "PostgreSQL can't be reached at 127.0.0.1:9: check DATABASE_URL.\n"


def test_an_embedded_database_that_was_killed_starts_again_with_the_next_command(checkout: Checkout) -> None:
    kill = (
        "import os; from django.conf import settings; from django.db import connection;"
        "os.kill(int((settings.RECORD.data_dir / 'postgres' / 'postmaster.pid').read_text().split()[0]), 9);"
        "connection.cursor().execute('SELECT 1')"
    )

    killed = checkout.run("manage.py", "shell", "-c", kill)
    again = checkout.run("manage.py", "showmigrations", "--plan")

    assert killed.returncode == 69
    assert "it was ended, and starts again with the next command; why stands in " in killed.stderr
    assert again.returncode == 0, again.stderr
