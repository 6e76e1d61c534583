"""The hunt: through the series of all busy endpoints and queries, what changed is written down, once.

Ten-minute points tell within an hour or two, hours over two weeks what ten minutes are too noisy for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from performance.regressions.hunting import LEAST_CHANGE, MOST_P, ChangePoint, change_points
from performance.regressions.models import Deploy, Regression
from performance.regressions.seasons import adjusted, profile
from performance.regressions.series import HOUR, TEN_MINUTES, Point, Subject, all_series, title_of

# The paper's level is for one series at a time that somebody looks at. A cut is tried at a hundred places, in hundreds
# of series: with a hundredth of it none of 300 series of noise had a change point, with the paper's one in seven.
CONFIRMED_P = MOST_P / 100
# Of a shorter series there is nothing to compare with.
LEAST_POINTS = 12
# A change point may move so many steps when more points are known.
_SAME_WITHIN = 3
# Points on either side with which a change that isn't found any more was none.
_ENOUGH_TO_TAKE_BACK = 24
_ALONE = "SELECT pg_try_advisory_xact_lock(hashtext('performance.regressions'))"


@dataclass(frozen=True, slots=True)
class Found:
    """A change of a subject, at the step from `at` on."""

    at: datetime
    point: ChangePoint
    calls_per_hour: float


def hunt(*, at: datetime) -> int:
    """How many changes are new. Idempotent; where another process is at it, nothing is done."""
    hours = all_series(HOUR, at=at)
    usual = {subject: profile([(each.at, each.mean_ms) for each in points]) for subject, points in hours.items()}
    new = 0
    for step_s, found in ((TEN_MINUTES, all_series(TEN_MINUTES, at=at)), (HOUR, hours if at.minute < 10 else {})):
        for subject, points in found.items():
            if len(points) >= LEAST_POINTS:
                values = adjusted([(each.at, each.mean_ms) for each in points], usual.get(subject, {}))
                cuts = change_points(values, most_p=CONFIRMED_P, least=LEAST_CHANGE)
                new += _Hunt(subject, step_s, points, cuts, at).write()
    return new


@dataclass(frozen=True, slots=True)
class _Hunt:
    """What was found in one series."""

    subject: Subject
    step_s: int
    points: Sequence[Point]
    cuts: Sequence[ChangePoint]
    at: datetime

    @transaction.atomic
    def write(self) -> int:
        if not _is_alone():
            return 0
        known = list(Regression.objects.of(self.subject.kind, self.subject.name))
        if not known and not self.cuts:
            return 0
        new = [each for each in self._found() if not self._confirm(each, known)]
        for each in new:
            self._make(each)
        self._end(known)
        self._take_back(known)
        return len(new)

    def _found(self) -> list[Found]:
        edges = [*(each.index for each in self.cuts), len(self.points)]
        return [
            Found(self.points[cut.index].at, cut, self._calls_per_hour(cut.index, end))
            for cut, end in zip(self.cuts, edges[1:], strict=True)
        ]

    def _calls_per_hour(self, start: int, end: int) -> float:
        calls = sum(each.n for each in self.points[start:end])
        return calls * HOUR / ((end - start) * self.step_s)

    def _confirm(self, found: Found, known: Sequence[Regression]) -> bool:
        """Whether it was known; then what is known of it now is kept."""
        for each in known:
            if self._is_same(found, each):
                if each.step_s == self.step_s:
                    Regression.objects.filter(pk=each.pk).update(**_figures(found))
                return True
        return False

    def _is_same(self, found: Found, known: Regression) -> bool:
        apart = abs((found.at - known.changed_at).total_seconds())
        within = _SAME_WITHIN * max(self.step_s, known.step_s)
        return apart <= within and (found.point.change > 0) == known.is_slower

    def _make(self, found: Found) -> None:
        Regression.objects.create(
            kind=self.subject.kind,
            subject=self.subject.name,
            title=title_of(self.subject),
            step_s=self.step_s,
            changed_at=found.at,
            deploy=_deploy_before(found.at, step=timedelta(seconds=self.step_s)),
            found_at=self.at,
            **_figures(found),
        )

    def _end(self, known: Sequence[Regression]) -> None:
        """What is as fast as it was before, since the last change."""
        if not self.cuts:
            return
        last = self._found()[-1]
        for each in known:
            is_over = each.is_slower and each.ended_at is None and last.at > each.changed_at
            if is_over and last.point.after < each.before_ms * (1 + LEAST_CHANGE):
                Regression.objects.filter(pk=each.pk).update(ended_at=last.at)

    def _take_back(self, known: Sequence[Regression]) -> None:
        """What more points don't bear out, though there are enough of them on either side, was chance."""
        for each in known:
            if each.step_s != self.step_s or each.acknowledged_at or any(self._is_same(f, each) for f in self._found()):
                continue
            before = sum(point.at < each.changed_at for point in self.points)
            if min(before, len(self.points) - before) >= _ENOUGH_TO_TAKE_BACK:
                Regression.objects.filter(pk=each.pk).delete()


def _figures(found: Found) -> Mapping[str, float]:
    point = found.point
    return {
        "before_ms": point.before,
        "after_ms": point.after,
        "change": point.change,
        "p": point.p,
        "calls_per_hour": found.calls_per_hour,
    }


def _deploy_before(changed_at: datetime, *, step: timedelta) -> Deploy | None:
    """The newest of those that may be why: within the step in which it changed, or the one before."""
    near: Deploy | None = (
        Deploy.objects.filter(at__gt=changed_at - step, at__lt=changed_at + step).order_by("-at", "-pk").first()
    )
    return near


def _is_alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_ALONE)
        row = cursor.fetchone()
    return bool(row and row[0])
