"""`make stop`, `make clean`, `make ports`: nothing is left behind."""

import json
import socket
import subprocess
import time

import psutil
import pytest

from config.stack import checkout as record_of
from tests.config.conftest import Checkout, is_running, leave, served_by


def held(checkout: Checkout) -> subprocess.Popen[str]:
    """A command that holds the stack while it lives."""
    child = checkout.start("-m", "config.stack", "exec", "sleep", "300")
    deadline = time.monotonic() + 60
    while psutil.Process(child.pid).name() != "sleep":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return child


@pytest.mark.usefixtures("is_made")
def test_stop_ends_holders_and_servers_and_leaves_no_lock(checkout: Checkout) -> None:
    holder = checkout.holder()
    pids = served_by(holder)
    command = held(checkout)

    told = checkout.stack("stop")

    assert told.returncode == 0, told.stderr
    assert f"sleep ({command.pid})" in told.stdout
    assert holder.wait(timeout=10) == 143
    assert command.wait(timeout=10) == -15
    assert not any(map(is_running, pids))
    assert sorted(path.name for path in checkout.var.iterdir()) == ["data", "stack.json"]


@pytest.mark.usefixtures("is_made")
def test_stop_finds_what_outlived_its_holder(checkout: Checkout) -> None:
    starter = checkout.start(
        "-c",
        "import subprocess, sys\n"
        "from config import stack\n"
        "with stack.hold():\n"
        "    print(subprocess.Popen(['sleep', '300'], stdout=subprocess.DEVNULL).pid, flush=True)\n"
        "    sys.stdin.read()\n",
    )
    assert starter.stdout is not None
    orphan = int(starter.stdout.readline())
    starter.kill()
    starter.wait()

    checkout.stack("stop")

    assert not is_running(orphan)


def test_stop_with_nothing_running_says_so(checkout: Checkout) -> None:
    assert checkout.stack("stop").stdout == "Ended nothing: nothing ran.\n"
    assert not checkout.var.exists()


@pytest.mark.usefixtures("is_made")
def test_a_holder_that_comes_after_a_stop_counts_again(checkout: Checkout) -> None:
    first = checkout.holder()
    served_by(first)
    checkout.stack("stop")

    second, third = checkout.holder(), checkout.holder()
    pids = served_by(second)
    assert served_by(third) == pids
    leave(second)

    assert all(map(is_running, pids))
    leave(third)
    assert not any(map(is_running, pids))


@pytest.mark.usefixtures("is_made")
def test_clean_deletes_the_data(checkout: Checkout) -> None:
    holder = checkout.holder()
    served_by(holder)

    told = checkout.stack("clean")

    assert told.stdout == f"Deleted {checkout.var}/data, {checkout.var}.\n"
    assert not checkout.var.exists()


@pytest.mark.usefixtures("is_made")
def test_clean_keeps_what_others_keep_in_a_directory_that_was_named(checkout: Checkout) -> None:
    holder = checkout.holder()
    served_by(holder)
    (checkout.var / "out").mkdir()
    (checkout.var / "out" / "results.csv").write_text("ours")
    (checkout.var / "thesis.txt").write_text("somebody's")
    (checkout.var / "system.lock").touch()

    told = checkout.stack("clean")

    assert [path.name for path in checkout.var.iterdir()] == ["thesis.txt"]
    assert told.stdout == f"Deleted {checkout.var}/data, {checkout.var}/out, {checkout.var}/stack.json.\n"


@pytest.mark.usefixtures("is_made")
def test_a_port_in_use_is_told_and_ports_draws_others(checkout: Checkout) -> None:
    holder = checkout.holder()
    served_by(holder)
    leave(holder)
    record = (checkout.var / "stack.json").read_text()
    port = int(record.split('"postgres_port": ')[1].split(",")[0])
    with socket.create_server(("127.0.0.1", port)):
        refused = checkout.run("-m", "config.stack", "exec", "true")
        told = checkout.stack("ports")
        again = checkout.holder()

        assert len(served_by(again)) == 2

    assert refused.returncode == 69
    assert refused.stderr.startswith(f"Port {port}, which PostgreSQL was given, is taken by ")
    assert refused.stderr.endswith("end that program, or run `make ports` to choose other ports.\n")
    assert told.returncode == 0
    assert str(port) not in told.stdout


@pytest.mark.usefixtures("is_made")
def test_where_one_server_cant_start_the_other_doesnt_stay(checkout: Checkout) -> None:
    port = json.loads((checkout.var / "stack.json").read_text())["valkey_port"]
    with socket.create_server(("127.0.0.1", port)):
        refused = checkout.run("-m", "config.stack", "exec", "true")

    assert refused.returncode == 69
    assert refused.stderr.startswith(f"Port {port}, which Valkey was given, is taken by ")
    assert checkout.stack("stop").stdout == "Ended nothing: nothing ran.\n"


@pytest.mark.usefixtures("is_made")
def test_ports_stay_while_the_stack_is_in_use(checkout: Checkout) -> None:
    holder = checkout.holder()
    served_by(holder)
    before = (checkout.var / "stack.json").read_text()

    refused = checkout.stack("ports")

    assert refused.returncode == 69
    assert refused.stderr == "The stack is in use: `make stop` first, then `make ports`.\n"
    assert (checkout.var / "stack.json").read_text() == before


def test_drawn_ports_differ_and_lie_below_the_outgoing_ones() -> None:
    ports = record_of.free_ports(50)

    assert len(set(ports)) == 50
    assert all(port in record_of.PORTS for port in ports)
