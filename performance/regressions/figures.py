"""What the console shows of regressions: the changes of the last weeks, and one subject's series with its deploys."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from performance.console.charts import Chart, Line, Mark
from performance.metrics.looks import once_a_look
from performance.regressions.models import Deploy, Regression
from performance.regressions.series import HOUR, TEN_MINUTES, Point, series_of

LATELY = timedelta(days=30)
SEEN_FOR = timedelta(hours=20)
MOST_CHANGES, MOST_DEPLOYS = 100, 20


def changes(*, at: datetime) -> Sequence[Regression]:
    """What changed lately, newest first."""
    return list(Regression.objects.lately(at=at, within=LATELY)[:MOST_CHANGES])


@once_a_look
def slower(*, at: datetime) -> Sequence[Regression]:
    """What changed up to `at`, is slower still and wasn't acknowledged: what costs most first."""
    return list(Regression.objects.open().filter(changed_at__lte=at).select_related("deploy"))


def deploys() -> Sequence[Deploy]:
    return list(Deploy.objects.order_by("-at", "-pk")[:MOST_DEPLOYS])


def chart(regression: Regression, *, at: datetime) -> Chart | None:
    """The subject's mean time, with its changes and the deploys marked: by ten minutes while what was before can be
    seen in them, else by hours. None where its measurements are gone.
    """
    is_young = regression.step_s == TEN_MINUTES and regression.changed_at > at - SEEN_FOR
    step_s, title = (TEN_MINUTES, "By ten minutes") if is_young else (HOUR, "By the hour")
    points = series_of(regression.kind, regression.subject, step_s, at=at)
    return _chart(points, regression, title=title) if len(points) > 1 else None


def _chart(points: Sequence[Point], regression: Regression, *, title: str) -> Chart:
    start, end = points[0].at, points[-1].at
    marks = [Mark(at=each.at, label=each.version) for each in Deploy.objects.filter(at__gte=start, at__lte=end)]
    changed = Regression.objects.of(regression.kind, regression.subject).filter(changed_at__gte=start)
    marks += [Mark(at=each.changed_at, label=f"{each.change:+.0%}") for each in changed]
    values = [round(each.mean_ms, 3) for each in points]
    return Chart(
        title=title,
        unit="ms",
        times=[each.at for each in points],
        lines=[Line(label="mean", values=values)],
        marks=_apart(marks, by=(end - start) / 12),
    )


def _apart(marks: Sequence[Mark], *, by: timedelta) -> list[Mark]:
    """In order; labels that would lie upon each other are one."""
    found: list[Mark] = []
    for each in sorted(marks, key=lambda mark: mark.at):
        if found and each.at - found[-1].at < by:
            found[-1] = Mark(at=each.at, label=f"{found[-1].label}, {each.label}")
        else:
            found.append(each)
    return found
