"""What reaches a terminal: nothing that steers it, and progress on every kind of it."""

import io
from typing import Any

import pytest
from rich.console import Console

from performance.jobs.fleet import Fleet
from prospects.cli.errors import RunPaused
from prospects.cli.options import Options, read
from prospects.cli.screen import Screen
from prospects.cli.telling import enough
from prospects.cli.watching import watch
from prospects.exports.results import results_of
from tests import factories


def terminal(kind: str = "xterm") -> tuple[Console, io.StringIO]:
    written = io.StringIO()
    return Console(file=written, force_terminal=True, width=100, color_system=None, _environ={"TERM": kind}), written


def options(**changes: Any) -> Options:
    defaults = {"file": "a.csv", "icp": "p.toml", "out": "out", "qualifier": "", "model": "", "concurrency": None}
    more = {"on_unknown": "park", "retry": "", "source": "", "budget": None, "retries": None, "priority": "normal"}
    return read({**defaults, **more, **changes})


def test_control_characters_of_a_file_do_not_reach_the_terminal() -> None:
    console, written = terminal()
    screen = Screen(console, console)

    screen.facts([("Columns", "\x1b]0;owned\x07Name\x9b2J")])
    for tell in (screen.say, screen.warn, screen.refuse):
        tell("\x1b[2J[red]a\x00b")

    assert "\x1b" not in written.getvalue()
    assert "\x9b" not in written.getvalue()
    assert written.getvalue().count("[2J[red]ab") == 3


@pytest.mark.django_db
def test_a_ranking_says_how_many_more_the_files_hold_judged_or_not() -> None:
    console, written = terminal()
    run = factories.make_run()
    for number in range(30):
        prospect = factories.make_prospect(company=factories.make_company(name=f"\x1b[31mCompany {number}"))
        factories.make_job(batch=run.batch, subject_id=prospect.pk, state="dead")
        if number < 5:
            factories.make_qualification(run=run, prospect=prospect)

    Screen(console, console).ranking(results_of(run))

    assert "and 5 more in the files" in written.getvalue()
    assert "\x1b[31m" not in written.getvalue()


@pytest.mark.django_db
def test_a_terminal_that_can_not_redraw_gets_lines() -> None:
    console, written = terminal("dumb")
    batch = factories.make_batch(state="finished", total=2, succeeded=2)

    watch(batch.pk, fleet=Fleet(["qualification"], children=1), console=console)

    assert written.getvalue().startswith("Qualifying  2/2")


def test_a_budget_that_is_used_up_is_not_offered_again() -> None:
    class Ended:
        spent_micros, budget_micros, calls, total, done = 8_000, 12_000, 10, 100, 10

    assert enough(Ended()) == 120_000  # type: ignore[arg-type]


def test_a_resume_command_can_be_typed_as_it_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAKELEVEL", raising=False)
    monkeypatch.setattr("sys.executable", "/elsewhere/bin/python")
    plain = options(file="it's.csv", budget="1234.567").command()
    monkeypatch.setenv("MAKELEVEL", "1")
    by_make = options(file="cost $5.csv").command(retry="parked")

    assert plain.startswith("/elsewhere/bin/python manage.py qualify --file 'it'\"'\"'s.csv' --icp p.toml --out out")
    assert plain.endswith("--budget 1234.567")
    assert by_make == "make qualify FILE='cost $$5.csv' ICP=p.toml OUT=out RETRY=parked"


@pytest.mark.parametrize(("reason", "ending"), [("Gone.", "Gone. When"), ("Gone", "Gone. When"), ("Eh?", "Eh? When")])
def test_a_pause_ends_its_reason_once(reason: str, ending: str) -> None:
    assert f"The run is paused: {ending} that is settled" in str(RunPaused(reason, command="x"))
