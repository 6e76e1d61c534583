"""Each is refused before anything is started, with a sentence and a status, and leaves nothing behind."""

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command

from performance.files.models import StoredFile
from performance.jobs.models import Batch
from prospects.cli.options import default_out
from prospects.companies.models import Company
from prospects.icp.models import IdealCustomerProfile
from prospects.intake.models import Import
from tests.prospects.cli.conftest import Desk

pytestmark = pytest.mark.django_db


def refused(desk: Desk, capsys: Any) -> tuple[int, str]:
    """Status and what was said on the standard error."""
    with pytest.raises(SystemExit) as ended:
        call_command("qualify", file=desk.file, icp=desk.icp, out=desk.out)
    assert isinstance(ended.value.code, int)
    return ended.value.code, capsys.readouterr().err.strip()


def assert_nothing_changed(desk: Desk) -> None:
    for model in (Company, Import, IdealCustomerProfile, Batch, StoredFile):
        assert not model.objects.exists(), model
    assert not desk.out.is_dir()


def test_a_missing_file(desk: Desk, capsys: Any) -> None:
    desk.file.unlink()

    status, said = refused(desk, capsys)

    assert (status, said) == (66, f"The file {desk.file} can't be read: No such file or directory.")
    assert_nothing_changed(desk)


def test_an_empty_file(desk: Desk, capsys: Any) -> None:
    desk.file.write_text("")

    status, said = refused(desk, capsys)

    assert status == 1
    assert said == "companies.csv is empty."
    assert_nothing_changed(desk)


def test_no_column_that_names_a_company(desk: Desk, capsys: Any) -> None:
    desk.file.write_text("Colour,Number\nred,1\nblue,2\n")

    status, said = refused(desk, capsys)

    assert status == 1
    assert "No column of companies.csv holds a company's name or domain" in said
    assert_nothing_changed(desk)


def test_a_missing_profile(desk: Desk, capsys: Any) -> None:
    desk.icp.unlink()

    status, said = refused(desk, capsys)

    assert (status, said) == (66, f"The profile {desk.icp} can't be read: No such file or directory.")
    assert_nothing_changed(desk)


def test_a_profile_without_criteria(desk: Desk, capsys: Any) -> None:
    desk.icp.write_text('title = "Anybody"\n')

    status, said = refused(desk, capsys)

    assert status == 1
    assert "criteria" in said
    assert_nothing_changed(desk)


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("concurrency", 0, "concurrency is 0, but it must be from 1 to 1,000."),
        ("concurrency", 1001, "concurrency is 1001, but it must be from 1 to 1,000."),
        ("qualifier", "oracle", "qualifier is 'oracle', but it must be one of llm, rubric."),
        ("qualifier", "llm", "No LLM is set up: set OPENAI_API_KEY or OPENAI_BASE_URL"),
    ],
)
def test_an_option_beyond_its_range(desk: Desk, capsys: Any, option: str, value: Any, sentence: str) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("qualify", file=desk.file, icp=desk.icp, out=desk.out, **{option: value})

    assert ended.value.code == 1
    assert sentence in capsys.readouterr().err
    assert_nothing_changed(desk)


@pytest.mark.parametrize(
    ("budget", "sentence"),
    [
        (0.0, "The budget is 0, so the LLM can't be asked once"),
        (-1.0, "budget in dollars is -1.0, but it must be from 0 to 1,000,000."),
        (math.nan, "budget in dollars is nan, but it must be from 0 to 1,000,000."),
        (math.inf, "budget in dollars is inf, but it must be from 0 to 1,000,000."),
        (1e300, "budget in dollars is 1e+300, but it must be from 0 to 1,000,000."),
        (0.000001, "The budget of $0.000001 can't pay one call, which may cost up to $0.0"),
    ],
)
def test_a_budget_that_pays_nothing(desk: Desk, capsys: Any, settings: Any, budget: float, sentence: str) -> None:
    settings.OPENAI_BASE_URL = "http://127.0.0.1:9/v1"

    with pytest.raises(SystemExit) as ended:
        call_command("qualify", file=desk.file, icp=desk.icp, out=desk.out, budget=budget)

    assert ended.value.code == 1
    assert sentence in capsys.readouterr().err
    assert_nothing_changed(desk)


def test_results_that_could_not_be_written(desk: Desk, capsys: Any) -> None:
    desk.out.write_text("a file is in the way")

    status, said = refused(desk, capsys)

    assert status == 73
    assert said == f"The results can't be written to {desk.out}: {desk.out} is no directory."
    assert_nothing_changed(desk)


def test_a_directory_for_a_file(desk: Desk, capsys: Any, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("qualify", file=tmp_path, icp=desk.icp, out=desk.out)

    assert ended.value.code == 66
    assert capsys.readouterr().err.strip() == f"The file {tmp_path} can't be read: Is a directory."
    assert_nothing_changed(desk)


def test_a_profile_without_end(desk: Desk, capsys: Any) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("qualify", file=desk.file, icp=Path("/dev/zero"), out=desk.out)

    assert ended.value.code == 1
    assert capsys.readouterr().err.strip().startswith("The profile is larger than 200 kB")
    assert_nothing_changed(desk)


def test_results_go_where_this_checkout_keeps_its_own(settings: Any, tmp_path: Path) -> None:
    settings.RECORD = SimpleNamespace(directory=tmp_path)

    assert default_out() == tmp_path / "out"
