"""`manage.py extract_pages DIR`: what the rules find in a folder of saved HTML files, as lines of JSON. No database."""

import sys
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import CommandError, CommandParser

from performance.management.unchecked import UncheckedCommand
from prospects.extraction.fields import ALL_FIELDS
from prospects.extraction.saved import extracted, html_files


class Command(UncheckedCommand):
    help = "Extract what saved HTML pages say of their companies; a line of JSON for each page."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="files that end in .html or .htm, at any depth")
        parser.add_argument(
            "--url-from",
            choices=["canonical", "name"],
            default="canonical",
            help="a page's address: its canonical or og:url link (default), or the file's path below DIR",
        )
        parser.add_argument("--fields", type=_fields, default=ALL_FIELDS, metavar="A,B", help="only these fields")

    def handle(self, *_args: Any, folder: Path, url_from: str, fields: frozenset[str], **_options: Any) -> None:
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder.")
        for path in html_files(folder):
            line = extracted(path, folder=folder, by_name=url_from == "name", fields=fields)
            sys.stdout.write(orjson.dumps(line).decode() + "\n")


def _fields(written: str) -> frozenset[str]:
    asked = frozenset(name.strip() for name in written.split(",") if name.strip())
    if unknown := asked - ALL_FIELDS:
        raise ArgumentTypeError(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(sorted(ALL_FIELDS))}")
    return asked
