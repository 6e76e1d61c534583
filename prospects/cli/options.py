"""What `manage.py qualify` was asked, read from its arguments."""

import argparse
import math
import os
import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from performance.jobs.budgets import MOST_BUDGET_USD
from performance.jobs.models import Priority
from prospects.extraction.modes import DEFAULT_MODE, MODES
from prospects.qualification.errors import OutOfRange

SAMPLE_FILE = "examples/prospects.csv"
SAMPLE_ICP = "examples/icp.toml"
PRIORITIES = {label.lower(): int(value) for value, label in Priority.choices}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`budget_micros` None is the installation's default; `retry` is "", "parked" or "dead"."""

    file: Path
    icp: Path
    out: Path
    qualifier: str
    model: str
    concurrency: int | None
    budget_micros: int | None
    max_retries: int | None
    priority: int
    on_unknown: str
    retry: str
    source: str
    research: str = "auto"
    mode: str = DEFAULT_MODE

    def command(self, *, retry: str = "") -> str:
        """What to type to go on with this run, in the form it was started in."""
        changed = self._changed() | ({"retry": retry} if retry else {})
        if "MAKELEVEL" in os.environ and changed.keys() <= {"file", "icp", "out", "retry"}:
            # Of $5, make would expand $5.
            escaped = {name: shlex.quote(value.replace("$", "$$")) for name, value in changed.items()}
            return " ".join(["make qualify", *(f"{name.upper()}={value}" for name, value in escaped.items())])
        return " ".join(
            [
                f"{_python()} manage.py qualify",
                *(f"--{name.replace('_', '-')} {shlex.quote(v)}" for name, v in changed.items()),
            ]
        )

    def _changed(self) -> dict[str, str]:
        """What was given, by argument name; what is as by default isn't repeated."""
        given = {
            "file": (str(self.file), SAMPLE_FILE),
            "icp": (str(self.icp), SAMPLE_ICP),
            "out": (str(self.out), str(default_out())),
            "qualifier": (self.qualifier, ""),
            "model": (self.model, ""),
            "concurrency": ("" if self.concurrency is None else str(self.concurrency), ""),
            "budget": ("" if self.budget_micros is None else _typed(self.budget_micros), ""),
            "retries": ("" if self.max_retries is None else str(self.max_retries), ""),
            "on_unknown": (self.on_unknown, "park"),
            "source": (self.source, ""),
            "research": (self.research, "auto"),
            "mode": (self.mode, DEFAULT_MODE),
        }
        return {name: value for name, (value, default) in given.items() if value != default}


def _python() -> str:
    """The interpreter that runs this, as it is typed here."""
    if shutil.which("python") == sys.executable:
        return "python"
    path = Path(sys.executable)
    return shlex.quote(str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path))


def _typed(micros: int) -> str:
    """Dollars with all their digits: 0.15, 1234.567."""
    return f"{micros / 1_000_000:.6f}".rstrip("0").rstrip(".")


def default_out() -> Path:
    """out/ beside the data, in ./var or $ASSAY_VAR; shown from the checkout where it lies in it."""
    out = Path(settings.RECORD.directory).absolute() / "out"
    return out.relative_to(Path.cwd()) if out.is_relative_to(Path.cwd()) else out


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--file", type=Path, default=Path(SAMPLE_FILE), help="companies: CSV, XLSX or JSON Lines (%(default)s)")
    add("--icp", type=Path, default=Path(SAMPLE_ICP), help="ideal customer profile, TOML (%(default)s)")
    add("--out", type=Path, default=default_out(), help="directory for results.csv, .xlsx and .jsonl (%(default)s)")
    add(
        "--qualifier",
        default="",
        metavar="llm|rubric",
        help="who judges (the LLM where one is set up, else the rubric)",
    )
    add("--model", default="", help="the LLM's model (OPENAI_MODEL)")
    add("--concurrency", type=int, help="prospects in flight, 1 to 1,000 (BATCH_SIZE times BATCH_PARALLEL)")
    add("--budget", type=float, metavar="USD", help="the most this run may spend (RUN_BUDGET_USD)")
    add("--retries", type=int, help="retries of a failed prospect (BATCH_RETRIES)")
    add("--priority", choices=PRIORITIES, default="normal", help="against other runs (%(default)s)")
    add("--on-unknown", choices=["park", "retry"], default="park", help="a call of unknown outcome (%(default)s)")
    add("--retry", choices=["parked", "dead"], default="", help="repeat what the last such run parked or gave up")
    add(
        "--research",
        choices=["auto", "yes", "no"],
        default="auto",
        help="read the companies' sites first (auto: where the file has nothing but domains)",
    )
    add("--mode", choices=list(MODES), default=DEFAULT_MODE, help="what research looks for (%(default)s)")
    add("--source", default="", help="name under which this file's column mapping is kept")


def read(values: dict[str, object]) -> Options:
    """The options from Django's parsed arguments. Raises OutOfRange for a budget that is no sum of money."""
    names = ("file", "icp", "out", "qualifier", "model", "concurrency", "on_unknown", "retry", "source")
    return Options(
        **{name: values[name] for name in names},  # type: ignore[arg-type]  # argparse checked them
        budget_micros=_micros(values["budget"]),
        max_retries=values["retries"],  # type: ignore[arg-type]  # argparse checked them
        priority=PRIORITIES[str(values["priority"])],
        research=str(values.get("research", "auto")),
        mode=str(values.get("mode", DEFAULT_MODE)),
    )


def _micros(budget: object) -> int | None:
    """Dollars as micro-dollars; whether they are too few or too many for a run is the plan's to say."""
    if budget is None:
        return None
    dollars = float(str(budget))
    if not math.isfinite(dollars) or abs(dollars) > MOST_BUDGET_USD:
        raise OutOfRange(name="budget in dollars", value=dollars, minimum=0, maximum=MOST_BUDGET_USD)
    return round(dollars * 1_000_000)
