"""Celery's parent forks whenever a child is to be replaced, whatever its other threads are at."""

import os
import subprocess
import sys

import pytest
from django.conf import settings


@pytest.mark.timeout(90)
def test_a_child_that_was_forked_amid_the_first_look_works_and_ends() -> None:
    """Else a child waits for ever for a lock that the parent's thread held, and the worker never ends."""
    found = subprocess.run(
        [sys.executable, "-m", "tests.performance.system.forking"],
        cwd=settings.BASE_DIR,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )

    assert found.stdout == "0 of 10 hang\n", found.stderr
