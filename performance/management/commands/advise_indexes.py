"""`manage.py advise_indexes [--url …] [--json]`: what to do about a database's indexes, by its workload."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import orjson
from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone
from psycopg import Error

from performance.api.errors import DomainError
from performance.database.indexes.advice import Advice, Method
from performance.database.indexes.advising import Report, advise
from performance.database.indexes.asking import other_database, own_database
from performance.management.unchecked import UncheckedCommand

_HOW = {
    Method.HYPOTHETICAL: "gains are the planner's own, by hypothetical indexes (hypopg)",
    Method.HEURISTIC: "gains are a heuristic's, from statistics (the server has no hypopg)",
}


class Command(UncheckedCommand):
    help = "Says which indexes a database lacks, and which it has in vain. Reads, and changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", default="", help="postgresql://user:password@host/database; else Assay's own")
        parser.add_argument("--json", action="store_true", help="For programs")

    def handle(self, **options: Any) -> None:
        try:
            with other_database(options["url"]) if options["url"] else own_database() as ask:
                report = advise(ask, at=timezone.now())
        except DomainError as error:
            raise CommandError(str(error)) from error
        except (DatabaseError, Error) as error:
            raise CommandError(f"The database couldn't be read: {str(error).partition(chr(10))[0]}") from error
        if options["json"]:
            self.stdout.write(orjson.dumps(_as_json(report), option=orjson.OPT_INDENT_2).decode())
        else:
            self.stdout.write("\n".join(_lines(report)))


def _lines(report: Report) -> Iterator[str]:
    yield (
        f"{report.statements} statements, {report.total_ms / 1000:,.1f} s since {report.since:%Y-%m-%d %H:%M}; "
        f"{_HOW[report.method]}."
    )
    if report.unread:
        yield f"{report.unread} of them ({report.unread_ms / 1000:,.1f} s) weren't understood, or are of no table here."
    if not report.advice:
        yield "Nothing to do: the indexes serve what is asked."
    for each in report.advice:
        yield from ("", f"[{each.severity}] {each.title}", f"  {each.says}", f"  {each.action}")
        yield f"  {_figures(each)}"
        yield from (f"  | {line}".rstrip() for line in each.migration.splitlines())


def _figures(advice: Advice) -> str:
    gain = f"saves about {advice.gain_ms:,.1f} ms a day ({advice.method}), " if advice.gain_ms else ""
    size = (
        f"{'gives back' if advice.index else 'takes'} {advice.size_bytes / 1024:,.0f} kB, " if advice.size_bytes else ""
    )
    return f"{gain}{size}writes: {advice.write_ms:+,.1f} ms a day"


def _as_json(report: Report) -> dict[str, Any]:
    return {
        "method": report.method,
        "since": report.since,
        "statements": report.statements,
        "total_ms": report.total_ms,
        "unread": report.unread,
        "unread_ms": report.unread_ms,
        "recommendations": [
            {
                "fingerprint": each.fingerprint,
                **{name: getattr(each, name) for name in ("kind", "title", "says", "action", "severity", "method")},
                **{name: getattr(each, name) for name in ("gain_ms", "write_ms", "size_bytes", "index", "migration")},
                "table": str(each.table),
                "indexes": [
                    {"keys": [key.text for key in made.keys], "predicate": made.predicate} for made in each.candidates
                ],
                "statements": [
                    {**asdict(saving.statement), "id": str(saving.statement.id), "saved_share": saving.share}
                    for saving in each.savings
                ],
            }
            for each in report.advice
        ],
    }
