import json
import signal
import time
from collections.abc import Callable

import pytest

from performance.jobs.models import Batch, Job
from prospects.qualification.models import Qualification
from tests.prospects.cli.conftest import Desk, kill_all, somebody_works
from tests.servers.openai_server import running_openai_server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(400)]


def wait_until(holds: Callable[[], bool], *, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.05)


def test_nothing_is_bought_twice_and_what_was_in_flight_is_parked_until_asked_for(
    desk: Desk, companies: Callable[[Desk, int], None], asks: Callable[..., None]
) -> None:
    companies(desk, 60)
    with running_openai_server(latency=1.0) as server:
        endpoint = {
            "OPENAI_BASE_URL": server.base_url,
            "OPENAI_API_KEY": "key",
            "LLM_TIMEOUT_S": "3",
            "JOB_LEASE_S": "3",
        }
        killed = desk.start("--concurrency", "20", **endpoint)
        wait_until(lambda: Job.objects.filter(state="succeeded").count() >= 20)
        wait_until(lambda: server.ledger()["in_flight"] >= 10)
        kill_all(killed)
        server.control(latency=0.2)
        again = desk.run("--concurrency", "20", **endpoint)
        charges = server.ledger()["charges_by_request"]
        shown = [json.loads(line) for line in (desk.out / "results.jsonl").read_text().splitlines()]
        asks(OPENAI_BASE_URL=server.base_url, OPENAI_API_KEY="key")
        with somebody_works():
            repeated = desk.call("--concurrency", "20", "--retry", "parked")

    assert again.returncode == 0, again.stderr
    assert "Going on with run" in again.stdout
    assert set(charges.values()) == {1}
    stand_ins = [row for row in shown if row["qualifier"] == "rubric_fallback"]
    assert 1 <= len(stand_ins) <= 20
    assert len(shown) == 60
    assert all(row["fallback_reason"] for row in stand_ins)
    assert "--retry parked" in again.stdout
    assert repeated.returncode == 0, repeated.stderr
    assert f"Repeating {len(stand_ins)} of run" in repeated.stdout
    batch = Batch.objects.get()
    assert (batch.state, batch.succeeded, batch.parked) == ("finished", 60, 0)
    assert {row.qualifier for row in Qualification.objects.shown_of(batch.pk)} == {"llm"}


def test_ctrl_c_finishes_what_is_in_flight_and_says_how_to_go_on(
    desk: Desk, companies: Callable[[Desk, int], None], asks: Callable[..., None]
) -> None:
    # Half a minute of work, so that a busy machine has not done it all before it is stopped.
    companies(desk, 120)
    with running_openai_server(latency=1.0) as server:
        endpoint = {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "key"}
        stopped = desk.start("--concurrency", "4", **endpoint)
        wait_until(lambda: Job.objects.filter(state="succeeded").count() >= 4)
        stopped.send_signal(signal.SIGINT)
        said, complained = stopped.communicate(timeout=60)
        server.control(latency=0.2)
        asks(**endpoint)
        with somebody_works():
            again = desk.call("--concurrency", "40")
        charges = server.ledger()["charges_by_request"]

    assert stopped.returncode == 130, complained
    assert "Stopping: calls in flight are finished and stored first." in said
    assert "manage.py qualify --file" in said.replace("\n", " ")
    assert again.returncode == 0, again.stderr
    batch = Batch.objects.get()
    assert (batch.state, batch.succeeded, batch.parked) == ("finished", 120, 0)
    assert (len(charges), set(charges.values())) == (120, {1})
