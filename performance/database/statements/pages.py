"""The pages of statements: the list, and one with its history, who sends it, and its plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from performance.console.charts import Chart, Line
from performance.console.page import console, render_page
from performance.database.statements.askers import Repeat, askers, repeated
from performance.database.statements.history import History, histories
from performance.database.statements.listing import Listed, Question, listed
from performance.database.statements.slow import ORDERINGS, NoSuchStatement, Taken, one, statement
from performance.database.statements.source import StatementsUnknown
from performance.database.statements.windows import window_of

SPANS = {"1h": timedelta(hours=1), "6h": timedelta(hours=6), "24h": timedelta(days=1), "30d": timedelta(days=30)}
ROWS = 50
# The largest id there is.
_MOST_ID = 2**63 - 1
_TITLES = {"total_ms": "Time", "mean_ms": "Mean", "calls": "Calls", "p95_change": "P95 change"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of the list."""

    row: Taken
    trend: Sequence[float | None]
    repeats: Sequence[Repeat]
    first_asker: str


@require_safe
@console()
def statements_page(request: HttpRequest) -> HttpResponse:
    over, ordering, page = _over(request), _ordering(request), _page(request)
    view = request.GET.get("view", "")[:200].replace("\x00", "")
    question = Question(over=SPANS[over], view=view, ordering=ordering, limit=ROWS, skip=(page - 1) * ROWS)
    context = {
        "spans": SPANS,
        "chosen": over,
        "view": view,
        "page": page,
        "ordering": ordering,
        "orderings": [(f"-{name}", _TITLES[name]) for name in ORDERINGS],
        "may_profile": request.user.has_perm("performance.change_flag"),
    }
    try:
        found = listed(question, at=timezone.now())
    except StatementsUnknown as error:
        context["problem"] = str(error)
    else:
        context |= {"found": found, "lines": _lines(found), **_places(request, found, page)}
    return render_page(request, "performance/console/statements.html", context, title="Statements")


@require_safe
@console()
def statement_page(request: HttpRequest, statement_id: int) -> HttpResponse:
    if statement_id > _MOST_ID:
        raise Http404
    try:
        known = statement(statement_id)
    except NoSuchStatement as error:
        raise Http404(str(error)) from error
    chosen, at = _over(request), timezone.now()
    window = window_of(SPANS[chosen], at=at)
    context = {
        "statement": known,
        "row": one(statement_id, window),
        "charts": _charts(histories([statement_id], window)[statement_id]),
        "askers": askers({known.shape}, at=at, over=SPANS[chosen]).get(known.shape, []),
        "repeats": repeated(at=at, over=SPANS[chosen]).get(known.shape, []) if known.shape else [],
        "may_explain": request.user.has_perm("performance.analyze_query") and known.is_select,
        "spans": SPANS,
        "chosen": chosen,
    }
    return render_page(request, "performance/console/statement.html", context, title="Statement")


def _lines(found: Listed) -> list[Shown]:
    lines = []
    for row in found.slow.rows:
        trend = [point.total_ms for point in found.histories[row.id].points]
        own = found.askers.get(row.shape, [])
        asker = f"{own[0].view} · {own[0].line}" if own else ""
        lines.append(Shown(row, trend, found.repeats.get(row.shape, []), asker))
    return lines


def _charts(found: History) -> list[Chart]:
    def line(label: str, values: Sequence[float | None]) -> Line:
        return Line(label=label, values=values)

    points, step_s = found.points, found.window.step_s
    return [
        Chart(
            title="How long a call takes",
            unit="ms",
            times=found.times,
            lines=[
                line("mean", [each.mean_ms for each in points]),
                line("longest known", [each.max_ms for each in points]),
            ],
        ),
        Chart(
            title="Calls",
            unit="a minute",
            times=found.times,
            lines=[line("calls", [each.calls / step_s * 60 for each in points])],
        ),
        Chart(
            title="Blocks a call",
            unit="blocks",
            times=found.times,
            lines=[
                line("in the buffers", [each.shared_hit / each.calls if each.calls else None for each in points]),
                line("read", [each.shared_read / each.calls if each.calls else None for each in points]),
                line("temporary", [each.temp_blocks / each.calls if each.calls else None for each in points]),
            ],
        ),
    ]


def _places(request: HttpRequest, found: Listed, page: int) -> dict[str, str]:
    """Where the pages before and after this one are; "" where there is none."""

    def address(number: int) -> str:
        kept = {name: request.GET[name] for name in ("over", "ordering", "view") if name in request.GET}
        return "?" + urlencode({**kept, "page": str(number)})

    return {
        "previous": address(page - 1) if page > 1 else "",
        "next": address(page + 1) if page * ROWS < found.slow.found else "",
    }


def _over(request: HttpRequest) -> str:
    asked = request.GET.get("over", "1h")
    return asked if asked in SPANS else "1h"


def _ordering(request: HttpRequest) -> str:
    asked = request.GET.get("ordering", "")
    return asked if asked.removeprefix("-") in ORDERINGS else "-total_ms"


def _page(request: HttpRequest) -> int:
    asked = request.GET.get("page", "1")
    return int(asked) if asked.isascii() and asked.isdecimal() and 0 < len(asked) < 6 and int(asked) else 1


addresses = [
    path("", statements_page, name="console-statements"),
    path("<int:statement_id>", statement_page, name="console-statement"),
]
