"""The page where a statement is pasted and its plan drawn."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_http_methods

from performance.api.errors import DomainError
from performance.audit.services import actor_of, audited_effect
from performance.console.page import console, render_page
from performance.database.plans.services import Analysis, analysed
from performance.database.plans.trees import Step
from performance.database.slow_queries import fingerprint


@dataclass(frozen=True, slots=True)
class Line:
    """A step as the page draws it: `depth` steps to the right, `percent` of the plan's cost its own."""

    step: Step
    depth: int
    percent: float
    is_costliest: bool

    @property
    def indent(self) -> str:
        """What stands before the step, of blanks that browsers keep."""
        return "\u00a0" * (3 * (self.depth - 1)) + "└ " if self.depth else ""


@require_http_methods(["GET", "HEAD", "POST"])
@console("performance.analyze_query")
def plan_page(request: HttpRequest) -> HttpResponse:
    """A statement comes by POST alone: it is on record who had which one planned."""
    sql = request.POST.get("sql", "")
    analysis, refusal = _planned(request, sql) if request.method == "POST" else (None, "")
    context = {
        "sql": sql,
        "refusal": refusal,
        "analysis": analysis,
        "lines": _lines(analysis) if analysis else [],
        "fingerprint": fingerprint(sql) if analysis else "",
    }
    return render_page(request, "performance/console/plan.html", context, title="Explain")


def _planned(request: HttpRequest, sql: str) -> tuple[Analysis | None, str]:
    """The analysis, or why there is none."""
    try:
        with audited_effect("query.analyze", subject=fingerprint(sql), by=actor_of(request), details={"sql": sql}):
            return analysed(sql), ""
    except DomainError as error:
        return None, str(error)


def _lines(analysis: Analysis) -> list[Line]:
    """Depth first, as it is read."""
    lines, waiting = list[Line](), [(analysis.plan, 0)]
    while waiting:
        step, depth = waiting.pop()
        lines.append(Line(step, depth, 100 * step.share, step is analysis.costliest))
        waiting += [(each, depth + 1) for each in reversed(step.inputs)]
    return lines


addresses = [path("", plan_page, name="console-plans")]
