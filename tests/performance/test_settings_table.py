import pytest
from django.conf import settings
from django.core.management import CommandError

from performance.management.commands.settings_table import BEGIN, END, replaced, table


def test_the_readme_says_what_the_settings_are() -> None:
    readme = (settings.BASE_DIR / "README.md").read_text(encoding="utf-8")

    assert replaced(readme) == readme, "run `manage.py settings_table --write`"


def test_every_variable_is_listed_and_explained() -> None:
    lines = table().splitlines()[2:]

    assert [line.split("`")[1] for line in lines] == list(settings.ENVIRONMENT)
    assert all(variable.help for variable in settings.ENVIRONMENT.values())


def test_no_secret_is_shown() -> None:
    line = next(line for line in table().splitlines() if "`SECRET_KEY`" in line)

    assert line.startswith("| `SECRET_KEY` | — |")
    assert settings.SECRET_KEY not in table()


def test_only_what_stands_between_the_marks_is_replaced() -> None:
    assert replaced(f"a {BEGIN}old{END} b") == f"a {BEGIN}\n{table()}\n{END} b"


def test_a_text_without_marks_is_refused() -> None:
    with pytest.raises(CommandError):
        replaced("nothing here")
