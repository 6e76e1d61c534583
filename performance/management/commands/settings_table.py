"""`manage.py settings_table`: every variable of the environment, as the table of the README."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from performance.management.unchecked import UncheckedCommand

BEGIN, END = "<!-- settings -->", "<!-- /settings -->"


class Command(UncheckedCommand):
    help = "Prints the table of all settings; with --write it is put between its marks in README.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help=f"Replace what stands between {BEGIN} and {END}")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["write"]:
            self.stdout.write(table())
            return
        readme = Path(settings.BASE_DIR) / "README.md"
        readme.write_text(replaced(readme.read_text(encoding="utf-8")), encoding="utf-8")


def table() -> str:
    """A line per variable, in the order of config/settings.py."""
    lines = ["| variable | default | must be | what it does |", "|---|---|---|---|"]
    for variable in settings.ENVIRONMENT.values():
        cells = [f"`{variable.name}`", _default(variable), variable.allowed, variable.help]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def replaced(text: str) -> str:
    """`text` with the table between its marks. Raises CommandError where they are missing."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise CommandError(f"The text must have the marks {BEGIN} and {END}.")
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def _default(variable: Any) -> str:
    """What holds without it; — where that is nothing, a secret, or made on the spot."""
    value = ", ".join(map(str, variable.default)) if isinstance(variable.default, list) else variable.default
    return "—" if variable.is_secret or value in ("", None) else f"`{value}`"
