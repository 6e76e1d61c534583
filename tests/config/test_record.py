"""The record of a checkout: made once, private, and told apart when it can't be."""

import json
import stat

import psycopg
import pytest

from config import stack
from config.stack import urls
from tests.config.conftest import Checkout, leave, served_by

SHOW = "from config import stack; r = stack.record(); print(r.database_url, r.redis_url, r.secret_key)"


def test_processes_that_ask_at_once_get_the_same_record(checkout: Checkout) -> None:
    children = [checkout.start("-c", SHOW) for _ in range(4)]

    told = {child.communicate(timeout=60)[0] for child in children}

    assert len(told) == 1
    assert told.pop().startswith("postgresql://assay:")
    assert stat.S_IMODE((checkout.var / "stack.json").stat().st_mode) == 0o600
    assert [path.name for path in checkout.var.iterdir()] == ["stack.json"]


def test_a_directory_that_cant_be_written_is_one_sentence(checkout: Checkout) -> None:
    refused = checkout.run("-m", "config.stack", "exec", "true", ASSAY_VAR="/proc/assay")

    assert refused.returncode == 69
    assert refused.stderr == (
        "/proc/assay can't be written (No such file or directory): run as the owner of that directory, "
        "or set ASSAY_VAR to one of yours.\n"
    )


def test_a_file_in_place_of_the_directory_is_one_sentence(checkout: Checkout) -> None:
    checkout.var.write_text("a file")

    refused = checkout.run("-m", "config.stack", "exec", "true")

    assert refused.returncode == 69
    assert refused.stderr == (
        f"{checkout.var}/stack.json can't be read (Not a directory): set ASSAY_VAR to a directory of yours.\n"
    )


def test_a_damaged_record_is_one_sentence(checkout: Checkout) -> None:
    checkout.var.mkdir()
    (checkout.var / "stack.json").write_text("{}")

    refused = checkout.run("-m", "config.stack", "exec", "true")

    assert refused.returncode == 69
    assert refused.stderr.startswith(f"{checkout.var}/stack.json can't be understood")
    assert refused.stderr.count("\n") == 1


@pytest.mark.usefixtures("is_made")
def test_data_made_with_another_password_are_told(checkout: Checkout) -> None:
    holder = checkout.holder()
    served_by(holder)
    leave(holder)
    record = checkout.var / "stack.json"
    record.write_text(json.dumps({**json.loads(record.read_text()), "postgres_password": "another"}))

    refused = checkout.run("-m", "config.stack", "exec", "true")

    assert refused.returncode == 69
    assert "were made with another password than stack.json has" in refused.stderr
    assert refused.stderr.count("\n") == 1


@pytest.mark.usefixtures("is_made")
def test_a_moved_checkout_keeps_its_data(checkout: Checkout) -> None:
    first = checkout.holder()
    served_by(first)
    content = json.loads((checkout.var / "stack.json").read_text())
    url = urls.postgres(content["postgres_port"], content["postgres_password"])
    with psycopg.connect(url, autocommit=True) as session:
        session.execute("CREATE TABLE kept ()")
    leave(first)

    checkout.var = checkout.var.rename(checkout.var.with_name("moved"))
    second = checkout.holder()
    served_by(second)

    with psycopg.connect(url) as session:
        assert session.execute("SELECT count(*) FROM kept").fetchone() == (0,)


@pytest.mark.parametrize(
    "url", ["postgres://u:p%40x@h:5/db?sslmode=require", "postgresql://u:p%40x@h:5/db?sslmode=require"]
)
def test_a_database_url_becomes_djangos_names(url: str) -> None:
    assert stack.django_database(url) == {"NAME": "db", "USER": "u", "PASSWORD": "p@x", "HOST": "h", "PORT": "5"}
    assert stack.libpq_options(url) == {"sslmode": "require"}
