"""Typed settings from the environment and the file."""

from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.conf import settings

from config.env import ROOT, BadVariable, Env, env, read_file

EXAMPLE = ROOT / ".env.example"


def make(**environ: str) -> Env:
    return Env(environ, {})


@pytest.mark.parametrize(
    ("read", "raw", "expected"),
    [
        (lambda env: env.str("X", "a"), " b ", "b"),
        (lambda env: env.int("X", 1, minimum=1, maximum=20), "1_0", 10),
        (lambda env: env.float("X", 1.0, minimum=0), "2.5", 2.5),
        (lambda env: env.bool("X", False), "Yes", True),
        (lambda env: env.bool("X", True), "off", False),
        (lambda env: env.list("X", ["a"]), "b, c,,", ["b", "c"]),
        (lambda env: env.choice("X", "a", choices=["a", "b"]), "b", "b"),
        (lambda env: env.url("X", None, schemes=["redis"]), "redis://:p@h:1/0", "redis://:p@h:1/0"),
        (lambda env: env.zone("X", "UTC"), "Europe/Berlin", "Europe/Berlin"),
        (lambda env: env.ports("X", [80]), "443, 8443", [443, 8443]),
        (
            lambda env: env.networks("X", []),
            "10.0.0.0/8,fd00::/8",
            [ip_network("10.0.0.0/8"), ip_network("fd00::/8")],
        ),
    ],
)
def test_a_good_value_becomes_its_type(read: Callable[[Env], object], raw: str, expected: object) -> None:
    assert read(make(X=raw)) == expected


@pytest.mark.parametrize("environ", [{}, {"X": ""}, {"X": "  "}])
def test_an_absent_or_empty_value_gives_the_default(environ: dict[str, str]) -> None:
    assert make(**environ).int("X", 7) == 7
    assert make(**environ).list("X", ["a"]) == ["a"]
    assert make(**environ).str("X", None) is None


@pytest.mark.parametrize(
    ("read", "raw", "sentence"),
    [
        (
            lambda env: env.int("X", 1, minimum=1, maximum=20),
            "21",
            "X is '21', but it must be a whole number from 1 to 20.",
        ),
        (lambda env: env.int("X", 1, minimum=1), "1.5", "X is '1.5', but it must be a whole number of at least 1."),
        (lambda env: env.int("X", 1, maximum=3), "4", "X is '4', but it must be a whole number of at most 3."),
        (lambda env: env.float("X", 1.0), "nan", "X is 'nan', but it must be a number."),
        (lambda env: env.bool("X", True), "maybe", "X is 'maybe', but it must be true or false."),
        (lambda env: env.choice("X", "a", choices=["a", "b"]), "c", "X is 'c', but it must be one of a, b."),
        (
            lambda env: env.url("X", None),
            "ftp://u:secret@h/",
            "X is 'ftp://…@h/', but it must be a URL that begins with http:// or https://.",
        ),
        (
            lambda env: env.url("X", None),
            "http://h:port/",
            "X is 'http://h:port/', but it must be a URL that begins with http:// or https://.",
        ),
        (
            lambda env: env.url("X", None),
            "http:/v1",
            "X is 'http:/v1', but it must be a URL that begins with http:// or https://.",
        ),
        (
            lambda env: env.url("X", None),
            "http:///v1",
            "X is 'http:///v1', but it must be a URL that begins with http:// or https://.",
        ),
        (
            lambda env: env.url("X", None),
            "ftp://h/x?password=secret",
            "X is 'ftp://h/x?…', but it must be a URL that begins with http:// or https://.",
        ),
        (
            lambda env: env.url("X", None),
            "ftp://u:se://cr?et@h/x",
            "X is 'ftp://…', but it must be a URL that begins with http:// or https://.",
        ),
        (
            lambda env: env.ports("X", []),
            "80, 65536",
            "X is '80, 65536', but it must be a list of ports from 1 to 65535, separated by commas.",
        ),
        (
            lambda env: env.networks("X", []),
            "10.0.0.1/8",
            "X is '10.0.0.1/8', but it must be a list of networks such as 10.0.0.0/8, separated by commas.",
        ),
        (
            lambda env: env.zone("X", "UTC"),
            "Mars/Phobos",
            "X is 'Mars/Phobos', but it must be the name of a time zone, such as Europe/Berlin.",
        ),
        (
            lambda env: env.zone("X", "UTC"),
            "../etc/passwd",
            "X is '../etc/passwd', but it must be the name of a time zone, such as Europe/Berlin.",
        ),
    ],
)
def test_a_bad_value_is_one_sentence(read: Callable[[Env], object], raw: str, sentence: str) -> None:
    with pytest.raises(BadVariable) as refused:
        read(make(X=raw))

    assert str(refused.value) == sentence


def test_the_process_wins_over_the_file() -> None:
    env = Env({"A": "process"}, {"A": "file", "B": "file"})

    assert (env.str("A", None), env.str("B", None)) == ("process", "file")


def test_a_file_is_read_as_a_shell_would(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(
        "# a comment\n\nexport A=1\nB = 'two words # kept'\nC=\"x\" # dropped\nD=plain # dropped\nE=a=b\nno pair\n"
    )

    assert read_file(file) == {"A": "1", "B": "two words # kept", "C": "x", "D": "plain", "E": "a=b"}
    assert read_file(tmp_path / "absent") == {}


def test_what_was_asked_for_is_written_down_without_secrets() -> None:
    env = make()
    env.int("WORKERS", 2, minimum=1, maximum=8, help="How many")
    env.url("DATABASE_URL", "postgresql://assay:secret@127.0.0.1/assay", schemes=["postgresql"])
    env.str("SECRET_KEY", "secret", secret=True)

    workers = env.declared["WORKERS"]
    assert (workers.allowed, workers.default, workers.help) == ("a whole number from 1 to 8", 2, "How many")
    assert [(each.default, each.is_secret) for each in env.declared.values()][1:] == [(None, True), (None, True)]


def test_who_asks_again_takes_nothing_from_what_was_declared() -> None:
    env = make()
    env.url("DATABASE_URL", None, help="Where PostgreSQL is")

    env.str("DATABASE_URL", None)

    assert env.declared["DATABASE_URL"].help == "Where PostgreSQL is"


def test_the_example_file_names_settings_that_exist() -> None:
    named = {line.removeprefix("#").split("=")[0] for line in EXAMPLE.read_text().splitlines() if "=" in line}

    assert settings.configured
    assert {name for name in named if name not in env.declared} == set()
