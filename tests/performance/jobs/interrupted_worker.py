"""A Celery worker that is told to end at the worst time: its child has taken a wake-up, and the parent hasn't heard."""

import os
import signal
import time
from collections.abc import Callable
from typing import Any

from billiard import pool

from config.celery import app

__all__ = ["app"]
receive: Callable[..., Callable[[], Any]] = pool.Worker._make_protected_receive


def _interrupting(worker: Any, pipe: Any) -> Callable[[], Any]:
    take = receive(worker, pipe)

    def taken() -> Any:
        if message := take():
            os.kill(os.getppid(), signal.SIGTERM)
            # By now the parent has let go of whatever no child said that it has.
            time.sleep(1)
        return message

    return taken


pool.Worker._make_protected_receive = _interrupting
