"""What a worker's parent knows of a task that no child can tell. Imported by Celery's workers alone."""

from typing import Any

from billiard.einfo import ExceptionWithTraceback  # type: ignore[attr-defined]  # newer than its types
from billiard.exceptions import WorkerLostError
from celery.worker.request import Request

from performance.metrics.celery import count_outcome, queue_of


class MeasuredRequest(Request):
    """Celery sends no signal for a lost task that it puts back into its queue."""

    _already_cancelled: bool
    _already_revoked: bool

    def on_failure(self, exc_info: Any, send_failed_event: bool = True, return_ok: bool = False) -> Any:
        error = exc_info.exception
        if isinstance(error, ExceptionWithTraceback):
            error = error.exc
        # A child that ended itself is lost, too; one that was told to end by a revocation is not.
        is_ended = isinstance(error, SystemExit | KeyboardInterrupt)
        if isinstance(error, WorkerLostError) or (is_ended and not (self._already_cancelled or self._already_revoked)):
            self._count("lost")
        return super().on_failure(exc_info, send_failed_event=send_failed_event, return_ok=return_ok)

    def on_timeout(self, soft: bool, timeout: float) -> Any:
        if not soft:
            self._count("timed_out")
        return super().on_timeout(soft, timeout)

    def _count(self, outcome: str) -> None:
        count_outcome(str(self.name), queue_of(self.delivery_info), outcome)
