"""What Celery is told of every task, for CELERY_TASK_ANNOTATIONS."""

from collections.abc import Mapping
from typing import Any


class SurviveALostChild:
    """A task whose child was killed is sent anew, thrice at most, and then is a dead letter.

    By itself Celery puts the same message back for ever, so that one that takes all memory kills one child after the
    other. Of tasks that are acknowledged late, that is: another one may not be done twice.
    """

    def annotate(self, task: Any) -> Mapping[str, object] | None:
        return {"retry_on_worker_lost": True, "default_retry_delay": 0} if task.acks_late else None

    def annotate_any(self) -> None:
        return None
