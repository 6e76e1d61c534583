"""One deploy for each change of the code's version, however many processes start at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from django.conf import LazySettings
from django.db import connection

from performance.regressions.deploys import begin_noting, note_deploy, version_of
from performance.regressions.models import Deploy

AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
COMMIT, OTHER = "0123456789abcdef" * 2 + "01234567", "f" * 40


def versions() -> list[str]:
    return list(Deploy.objects.order_by("pk").values_list("version", flat=True))


@pytest.mark.django_db
def test_a_version_is_noted_when_it_changes_and_when_it_comes_back(settings: LazySettings) -> None:
    for minute, version in enumerate(["1.0", "1.0", "1.1", "1.1", "1.0", ""]):
        settings.RELEASE = version or "1.0"
        note_deploy(at=AT + timedelta(minutes=minute))

    assert versions() == ["1.0", "1.1", "1.0"]


@pytest.mark.django_db(transaction=True)
def test_eight_that_start_at_once_note_one(settings: LazySettings) -> None:
    settings.RELEASE = "2.0"
    at_once = Barrier(8)

    def start(number: int) -> None:
        at_once.wait()
        try:
            note_deploy(at=AT + timedelta(milliseconds=number))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(start, range(8)))

    assert versions() == ["2.0"]


@pytest.mark.django_db(transaction=True)
def test_a_web_process_that_starts_notes_it_in_a_thread_of_its_own(settings: LazySettings) -> None:
    settings.RELEASE = "3.0"

    begin_noting()
    for thread in threading.enumerate():
        if thread.name == "deploy":
            thread.join(timeout=10)

    assert versions() == ["3.0"]


@pytest.mark.django_db
def test_without_a_version_nothing_is_noted(settings: LazySettings, tmp_path: Path) -> None:
    settings.RELEASE, settings.BASE_DIR = "", tmp_path

    assert note_deploy(at=AT) is None
    assert versions() == []


def written(directory: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return directory


@pytest.mark.parametrize(
    "files",
    [
        {".git/HEAD": COMMIT},
        {".git/HEAD": "ref: refs/heads/main\n", ".git/refs/heads/main": f"{COMMIT}\n"},
        {
            ".git/HEAD": "ref: refs/heads/main",
            ".git/packed-refs": f"# pack\n{OTHER} refs/tags/a\n{COMMIT} refs/heads/main",
        },
        {
            ".git": "gitdir: first/.git/worktrees/w\n",
            "first/.git/worktrees/w/HEAD": "ref: refs/heads/side",
            "first/.git/worktrees/w/commondir": "../..",
            "first/.git/refs/heads/side": COMMIT,
        },
    ],
)
def test_the_commit_is_read_as_git_keeps_it(files: dict[str, str], tmp_path: Path, settings: LazySettings) -> None:
    settings.RELEASE = ""

    assert version_of(written(tmp_path, files)) == COMMIT[:12]


@pytest.mark.parametrize("head", ["", "ref: refs/heads/none", "rubbish", "\x00\xff"])
def test_what_is_no_commit_is_no_version(head: str, tmp_path: Path, settings: LazySettings) -> None:
    settings.RELEASE = ""

    assert version_of(written(tmp_path, {".git/HEAD": head})) == ""


def test_a_release_wins_and_fits(tmp_path: Path, settings: LazySettings) -> None:
    settings.RELEASE = "v" * 200 + "\x00"

    assert version_of(tmp_path) == "v" * 100
