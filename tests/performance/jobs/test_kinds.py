"""Kinds of job are known by name and queue, and imported when their class is needed."""

import subprocess
import sys

import pytest
from django.conf import settings

from performance.jobs import kinds
from performance.jobs.kinds import Kind, KindPath, kind_named, queues_by_kind, register

# What a command or a pump has no use for, though some page, file or kind of job does.
HEAVY = ("openai", "aiohttp", "requests", "rest_framework.views", "unfold.admin", "xlsxwriter", "phonenumbers")
START = f"import django; django.setup(); import sys; print([name for name in {HEAVY} if name in sys.modules])"


class Other(Kind[None]):
    name = "test.other"
    queue = "imports"


def test_every_kind_is_what_it_was_registered_as() -> None:
    assert {"qualification.run", "export.run", "icp.generate", "import.parse"} <= queues_by_kind().keys()
    for name, queue in queues_by_kind().items():
        kind = kind_named(name)
        assert (kind.name, kind.queue) == (name, queue)
        assert queue in settings.QUEUES


def test_a_path_to_another_kind_is_refused() -> None:
    path = KindPath("test.other", "reports", f"{__name__}.Other")

    with pytest.raises(ValueError, match=r"Other is registered as test\.other on reports, and isn't"):
        path.load()


def test_a_second_kind_of_the_same_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds._kinds, "test.other", KindPath("test.other", "imports", "elsewhere.Other"))

    with pytest.raises(ValueError, match=r"two kinds of job are called .test\.other."):
        register(Other())


def test_a_process_starts_without_what_only_some_processes_need() -> None:
    started = subprocess.run([sys.executable, "-c", START], cwd=settings.BASE_DIR, capture_output=True, text=True)

    assert started.stdout == "[]\n", started.stderr
