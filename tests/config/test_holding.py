"""The stack runs while somebody holds it, and the last one out stops it. All with real processes."""

import os
import signal
from pathlib import Path

import psutil
import pytest

from config import stack
from tests.config.conftest import Checkout, is_running, leave, served_by


def test_of_many_that_start_at_once_one_starts_and_the_last_stops(checkout: Checkout) -> None:
    holders = [checkout.holder() for _ in range(4)]

    servers = {tuple(served_by(holder)) for holder in holders}

    assert len(servers) == 1
    pids = servers.pop()
    assert len(pids) == 2
    for holder in holders[:3]:
        leave(holder)
        assert all(map(is_running, pids))
    leave(holders[3])
    assert not any(map(is_running, pids))


@pytest.mark.usefixtures("is_made")
def test_a_killed_holder_is_not_counted(checkout: Checkout) -> None:
    first, second = checkout.holder(), checkout.holder()
    pids = served_by(first)
    served_by(second)

    first.kill()
    first.wait()

    assert all(map(is_running, pids))
    leave(second)
    assert not any(map(is_running, pids))


@pytest.mark.usefixtures("is_made")
def test_servers_that_outlived_their_holder_are_used_again(checkout: Checkout) -> None:
    killed = checkout.holder()
    pids = served_by(killed)
    killed.kill()
    killed.wait()

    heir = checkout.holder()

    assert served_by(heir) == pids
    leave(heir)
    assert not any(map(is_running, pids))


@pytest.mark.usefixtures("is_made")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_holder_that_is_told_to_end_stops_them(checkout: Checkout, number: signal.Signals) -> None:
    holder = checkout.holder()
    pids = served_by(holder)

    holder.send_signal(number)
    holder.wait(timeout=60)

    assert not any(map(is_running, pids))


@pytest.mark.usefixtures("is_made")
def test_servers_that_were_killed_start_again_on_their_data(checkout: Checkout) -> None:
    holder = checkout.holder()
    killed = served_by(holder)
    for pid in killed:
        os.kill(pid, signal.SIGKILL)

    second = checkout.holder()

    started = served_by(second)
    assert len(started) == 2
    assert set(started).isdisjoint(killed)


@pytest.mark.usefixtures("is_made")
def test_a_pid_file_that_names_another_program_is_no_obstacle(checkout: Checkout) -> None:
    holder = checkout.holder()
    served_by(holder)
    leave(holder)
    cluster = checkout.var / "data" / "postgres"
    (cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster}\n1\n1\n\n127.0.0.1\n\n")
    (checkout.var / "data" / "valkey" / "valkey.pid").write_text(f"{os.getpid()}\n")

    second = checkout.holder()

    assert len(served_by(second)) == 2


def test_each_variable_replaces_its_server(checkout: Checkout) -> None:
    holder = checkout.holder(DATABASE_URL="postgresql://h/d")

    [pid] = served_by(holder)

    assert "valkey" in " ".join(psutil.Process(pid).cmdline())


def test_nothing_is_started_where_both_variables_are_set(checkout: Checkout) -> None:
    holder = checkout.holder(DATABASE_URL="postgresql://h/d", REDIS_URL="redis://h/0")

    assert served_by(holder) == []

    leave(holder)
    assert [path.name for path in checkout.var.iterdir()] == ["stack.json"]


@pytest.mark.usefixtures("is_made")
def test_holding_twice_in_one_process_keeps_it_running(checkout: Checkout) -> None:
    code = """
from config import stack
from config.stack import servers
with stack.hold():
    with stack.hold():
        pass
    assert all(each.answers() for each in servers.every(stack.record()))
assert not any(each.running() for each in servers.every(stack.record()))
"""
    done = checkout.run("-c", code)

    assert (done.returncode, done.stderr) == (0, "")


def test_the_tests_themselves_use_no_embedded_servers() -> None:
    with stack.hold():
        pass

    assert not (Path(os.environ["ASSAY_VAR"]) / "data").exists()
