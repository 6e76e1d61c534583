"""What `manage.py qualify` prints: calm, dense, and the same words whether or not it is a terminal."""

import os
import re
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from performance.jobs.progress import Progress
from prospects.cli.watching import duration
from prospects.exports.results import ResultRow, Results
from prospects.qualification.errors import dollars

TOP = 25
WIDTH_IN_A_FILE = 120
WIDE = 150
MARKS = {"met": ("✓", "green"), "unmet": ("✗", "red"), "unknown": ("?", "dim")}
FIT_STYLES = {"excellent": "bold green", "good": "green", "fair": "yellow", "poor": "dim"}
STAND_IN = "†"
# A file's headers and names may hold what moves the cursor or renames the window.
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def make_console(*, to_errors: bool = False) -> Console:
    """A console as wide as the terminal, or 120 columns where there is none."""
    console = Console(stderr=to_errors, highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console = Console(stderr=to_errors, highlight=False, width=WIDTH_IN_A_FILE)
    return console


class Screen:
    """The printed side of one invocation."""

    def __init__(self, console: Console, errors: Console) -> None:
        self.console = console
        self.errors = errors

    def facts(self, rows: Iterable[tuple[str, str]]) -> None:
        """Lines of a label and what it says."""
        grid = Table.grid(padding=(0, 2))
        grid.add_column(style="bold", no_wrap=True, min_width=8)
        grid.add_column()
        for label, said in rows:
            grid.add_row(label, _plain(said))
        self.console.print(grid)

    def say(self, sentence: str) -> None:
        self.console.print(_plain(sentence))

    def warn(self, sentence: str) -> None:
        self.console.print(f"[yellow]![/yellow] {_plain(sentence)}", soft_wrap=True)

    def refuse(self, sentence: str) -> None:
        """One sentence on the standard error."""
        self.errors.print(_plain(sentence), style="red" if self.errors.is_terminal else None, soft_wrap=True)

    def ranking(self, results: Results) -> None:
        """The best prospects, what the marks mean, and how many more there are."""
        shown, total = list(islice(results.rows(), TOP)), results.count()
        self.console.print()
        self.console.print(_table(shown, is_wide=self.console.width >= WIDE))
        self.console.print(Text("  " + _legend(results.criteria), style="dim"))
        if any(row.qualifier == "rubric_fallback" for row in shown):
            self.console.print(Text(f"  {STAND_IN} the rubric's verdict, where the LLM's is missing", style="dim"))
        if total > len(shown):
            self.console.print(f"  … and {total - len(shown):,} more in the files\n")
        else:
            self.console.print()

    def ending(self, now: Progress, *, levels: dict[str, int], files: Sequence[Path]) -> None:
        """How it went, and where the results are."""
        spread = " · ".join(f"{levels[level]:,} {level}" for level in FIT_STYLES if levels.get(level))
        spent = [f"in {duration(now.elapsed_s)}"]
        if now.budget_micros:
            spent.append(f"{now.calls:,} calls for {dollars(now.spent_micros)}")
        if now.ledger_hits:
            spent.append(f"{now.ledger_hits:,} answers from the ledger, {dollars(now.saved_micros)} saved")
        self.facts(
            [
                ("Fit", spread or "nobody was judged"),
                ("Done", f"{now.done:,} prospects " + " · ".join(spent)),
                ("Files", "  ".join(str(path) for path in files)),
            ]
        )


def _plain(text: str) -> str:
    """Without control characters, and with nothing that is taken for markup."""
    return escape(_CONTROLS.sub("", text))


def _text(text: str, *, style: str = "") -> Text:
    return Text(_CONTROLS.sub("", text), style=style)


def _table(rows: Sequence[ResultRow], *, is_wide: bool) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold", expand=True)
    table.add_column("#", justify="right", no_wrap=True)
    table.add_column("Score", justify="right", no_wrap=True)
    table.add_column("Fit", no_wrap=True)
    table.add_column("Company", no_wrap=True, overflow="ellipsis", ratio=3, min_width=12)
    table.add_column("Criteria", no_wrap=True)
    table.add_column("What is missing", no_wrap=True, overflow="ellipsis", ratio=4)
    if is_wide:
        table.add_column("What to do", no_wrap=True, overflow="ellipsis", ratio=6)
    for row in rows:
        mark = STAND_IN if row.qualifier == "rubric_fallback" else ""
        style = FIT_STYLES.get(row.fit, "")
        table.add_row(
            str(row.rank),
            Text("-" if row.score is None else f"{row.score}{mark}", style=style),
            Text(row.fit, style=style),
            _text(row.name),
            _marks(row),
            _text("; ".join(row.gaps) if row.qualifier else row.reasoning, style="dim"),
            *([_text(row.recommendation)] if is_wide else []),
        )
    return table


def _marks(row: ResultRow) -> Text:
    text = Text()
    for verdict in row.verdicts:
        text.append(*MARKS[verdict["outcome"]])
    return text


def _legend(criteria: Sequence[str]) -> str:
    return "Criteria, in this order: " + "; ".join(criteria) + " (✓ met, ✗ unmet, ? unknown)"
