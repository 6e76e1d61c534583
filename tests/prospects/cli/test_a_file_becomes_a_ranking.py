import csv
import json
import shlex
from collections.abc import Callable

import psutil
import pytest

from performance.jobs.models import Batch, PaidCall
from performance.jobs.workers import live_workers
from prospects.companies.models import Company
from prospects.qualification.models import Qualification
from tests.prospects.cli.conftest import Desk, somebody_works
from tests.servers.openai_server import running_openai_server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(400)]


def processes_of(desk: Desk) -> list[psutil.Process]:
    """Celery workers and pumps on the tests' database."""
    mark = desk.environment["DATABASE_URL"]
    found = []
    for process in psutil.process_iter():
        try:
            if "PROCESS_ROLE" in process.environ() and process.environ().get("DATABASE_URL") == mark:
                found.append(process)
        except psutil.Error:
            continue
    return found


def test_without_a_key_the_rubric_ranks_and_a_second_time_nothing_is_doubled(desk: Desk) -> None:
    first = desk.run()
    of_first = processes_of(desk)
    with somebody_works():
        second = desk.call()

    assert first.returncode == 0, first.stderr
    assert "the rubric (no OPENAI_API_KEY is set)" in first.stdout
    assert "North Foods" in first.stdout
    assert second.returncode == 0, second.stderr
    assert "2 unchanged" in second.stdout
    assert Company.objects.count() == 2
    with (desk.out / "results.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [(row["rank"], row["name"], row["qualifier"]) for row in rows] == [
        *(("1", "North Foods", "rubric"), ("2", "South Steel", "rubric")),
    ]
    assert int(rows[0]["score"]) > int(rows[1]["score"])
    assert rows[0]["original:State"] == "IL"
    assert sorted(path.name for path in desk.out.iterdir()) == ["results.csv", "results.jsonl", "results.xlsx"]
    assert (of_first, processes_of(desk)) == ([], [])


def test_the_llm_ranks_and_a_second_run_comes_wholly_from_the_ledger(
    desk: Desk, companies: Callable[[Desk, int], None], asks: Callable[..., None]
) -> None:
    companies(desk, 30)
    with running_openai_server(latency=0.2) as server:
        asks(OPENAI_BASE_URL=server.base_url, OPENAI_API_KEY="key")
        with somebody_works():
            first = desk.call()
            asked = server.ledger()["requests"]
            second = desk.call()
            asked_again = server.ledger()["requests"] - asked

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "about $0." in first.stdout
    assert "nothing: all 30 answers are in the ledger already" in second.stdout
    assert (asked, asked_again) == (30, 0)
    assert Qualification.objects.filter(qualifier="llm", is_from_ledger=True).count() == 30
    rows = [json.loads(line) for line in (desk.out / "results.jsonl").read_text().splitlines()]
    assert [row["rank"] for row in rows] == list(range(1, 31))
    for row in rows:
        for verdict in row["verdicts"]:
            assert (verdict["outcome"] == "unknown") == (verdict["quote"] == "")
            assert (verdict["quote"] == "") == (verdict["source"] == "")


def test_a_refused_key_pauses_the_run_and_the_right_one_goes_on_with_it(desk: Desk, asks: Callable[..., None]) -> None:
    with running_openai_server(key="right") as server:
        asks(OPENAI_BASE_URL=server.base_url, OPENAI_API_KEY="wrong")
        refused = desk.call()
        charged = server.ledger()["charges"]
        asks(OPENAI_API_KEY="right")
        with somebody_works():
            resumed = desk.call()

    assert refused.returncode == 75
    assert refused.stderr.startswith("The run is paused: ")
    assert "OPENAI_API_KEY" in refused.stderr
    assert f"--file {desk.file}" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
    assert charged == 0
    assert resumed.returncode == 0, resumed.stderr
    assert "Going on with run" in resumed.stdout
    assert Batch.objects.get().state == "finished"
    assert PaidCall.objects.filter(state="succeeded").count() == 2


def test_a_budget_that_runs_out_pauses_the_run_and_the_command_it_names_finishes_it(
    desk: Desk, companies: Callable[[Desk, int], None], asks: Callable[..., None]
) -> None:
    companies(desk, 30)
    with running_openai_server() as server:
        asks(OPENAI_BASE_URL=server.base_url, OPENAI_API_KEY="key")
        with somebody_works():
            paused = desk.call(budget=0.01)
            same = desk.call()
            named = shlex.split(paused.stderr.partition("go on with: ")[2])
            resumed = desk.call(*named[named.index("--budget") :])
            workers = len(live_workers())

    assert "never more than $0.01, where the run will pause" in " ".join(paused.stdout.split())
    assert (paused.returncode, same.returncode) == (75, 75)
    assert "which may spend $0.01 in all" in " ".join(same.stdout.split())
    assert resumed.returncode == 0, resumed.stderr
    assert Batch.objects.get().succeeded == 30
    assert workers == 1


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}, "http://127.0.0.1:9/v1 can't be reached"),
        ({"OPENAI_MODEL": "gpt-5-mimi"}, "Did you mean gpt-5-mini"),
    ],
)
def test_an_endpoint_that_can_not_be_asked_pauses_the_run_in_seconds_and_a_mended_one_finishes_it(
    desk: Desk, asks: Callable[..., None], environment: dict[str, str], sentence: str
) -> None:
    with running_openai_server() as server:
        mended = {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "key"}
        asks(**mended | environment)
        paused = desk.call(model=environment.get("OPENAI_MODEL", ""))
        said, of_paused = Batch.objects.get().pause_reason, processes_of(desk)
        asks(**mended, OPENAI_MODEL="gpt-5-mini")
        with somebody_works():
            resumed = desk.call()

    assert paused.returncode == 75
    assert paused.stderr.startswith("The run is paused: ")
    assert sentence in paused.stderr
    assert sentence in said
    assert f"manage.py qualify --file {desk.file}" in paused.stderr
    assert of_paused == []
    assert resumed.returncode == 0, resumed.stderr
