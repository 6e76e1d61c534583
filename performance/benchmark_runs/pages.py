"""What the machine can do: the latest figures, and having them measured."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from performance.api.errors import DomainError
from performance.audit.services import actor_of
from performance.benchmark_runs import services
from performance.benchmark_runs.models import BenchmarkRun
from performance.benchmarks.areas import NAMES
from performance.console.page import console, render_page

LATELY = 20


@require_safe
@console()
def benchmark_page(request: HttpRequest) -> HttpResponse:
    context = {**_context(), "areas": NAMES, "may_run": request.user.has_perm("performance.run_benchmark")}
    return render_page(request, "performance/console/benchmark.html", context, title="Benchmark")


@require_safe
@console()
def runs_fragment(request: HttpRequest) -> HttpResponse:
    return render(request, "performance/console/_benchmark_runs.html", _context())


@require_POST
@console("performance.run_benchmark")
def ask(request: HttpRequest) -> HttpResponse:
    try:
        services.ask(request.POST.get("area", ""), by=actor_of(request))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "It is measured as soon as a worker takes it up.")
    return redirect("console-benchmark")


def _context() -> dict[str, object]:
    runs = list(BenchmarkRun.objects.select_related("asked_by").order_by("-created_at", "-pk")[:LATELY])
    return {"runs": runs, "latest": next((run for run in runs if run.state == BenchmarkRun.State.DONE), None)}


addresses = [
    path("", benchmark_page, name="console-benchmark"),
    path("runs", runs_fragment, name="console-benchmark-runs"),
    path("ask", ask, name="console-benchmark-ask"),
]
