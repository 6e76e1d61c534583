"""`manage.py cache report|warm|drop`: what the cache does, filling it, and dropping what is in it."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from performance.api.errors import DomainError
from performance.audit.services import COMMAND, audited_effect
from performance.cache import invalidation, operations, warming
from performance.cache.connection import CacheGone
from performance.cache.report import Pattern, report
from performance.cache.thresholds import registered
from performance.management.unchecked import UncheckedCommand


class Command(UncheckedCommand):
    help = "Reports what the cache does, warms it, or drops what is in it."

    def add_arguments(self, parser: CommandParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True)
        asked = steps.add_parser("report", help="Hit rates, sizes and latencies by key pattern")
        asked.add_argument("--minutes", type=int, default=60, help="How far back (default 60)")
        warm = steps.add_parser("warm", help="Run all warmers, or those named")
        warm.add_argument("names", nargs="*")
        warm.add_argument("--due", action="store_true", help="Only those whose time has come, as beat does")
        drop = steps.add_parser("drop", help="Make stale by tag, or remove by pattern")
        what = drop.add_mutually_exclusive_group(required=True)
        what.add_argument("--tag", action="append", help='"prospects", "prospect:12" or "prospect:*"; may be repeated')
        what.add_argument("--pattern", help="Of keys: page.api-prospects:*")
        what.add_argument("--all", action="store_true", help="Everything")
        drop.add_argument("--dry-run", action="store_true", help="Say what a pattern would remove, and remove nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['step']}")(options)
        except CacheGone as error:
            raise CommandError(f"Valkey can't be used: {error}") from error
        except DomainError as error:
            raise CommandError(str(error)) from error

    def _report(self, options: dict[str, Any]) -> None:
        found = report(at=timezone.now(), minutes=max(1, options["minutes"]))
        self.stdout.write(f"{'pattern':40} {'reads':>9} {'hits':>6} {'fill ms':>8} {'keys':>8} {'kB':>8}")
        for each in found.patterns:
            self.stdout.write(_line(each))
        for threshold in registered():
            level = threshold.level(found)
            advice = f" {threshold.advice}" if level in {"warning", "critical"} else ""
            value = threshold.of(found)
            self.stdout.write(f"{threshold.name}: {'-' if value is None else f'{value:.3g}'} ({level}){advice}")
        if not found.is_reachable:
            self.stdout.write("Valkey can't be reached: nothing is cached now.")

    def _warm(self, options: dict[str, Any]) -> None:
        at = timezone.now()
        warmed = warming.warm_due(at=at) if options["due"] else operations.warm(options["names"], by=COMMAND)
        for each in warmed:
            self.stdout.write(f"{each.name}: {each.values} values in {each.took_ms} ms {each.error}".rstrip())

    def _drop(self, options: dict[str, Any]) -> None:
        if options["dry_run"] and options["pattern"]:
            going = invalidation.preview(options["pattern"])
            self.stdout.write(f"{going.keys} keys, about {going.bytes / 1024:.0f} kB:")
            self.stdout.writelines(f"  {key}" for key in going.sample)
            return
        subject = options["pattern"] or ", ".join(options["tag"] or ["everything"])
        with audited_effect("cache.invalidate", subject=subject, by=COMMAND):
            self.stdout.write(_dropped(options))


def _dropped(options: dict[str, Any]) -> str:
    if options["all"]:
        invalidation.everything()
        return "All that was cached is stale."
    if options["tag"]:
        invalidation.by_tags(options["tag"])
        return f"Stale: {', '.join(options['tag'])}"
    return f"{invalidation.by_pattern(options['pattern'])} keys removed"


def _line(each: Pattern) -> str:
    rate = "-" if each.hit_rate is None else f"{each.hit_rate:.0%}"
    fill = "-" if each.fill_ms is None else f"{each.fill_ms:.1f}"
    return f"{each.name:40} {each.hits + each.misses:>9} {rate:>6} {fill:>8} {each.keys:>8} {each.bytes // 1024:>8}"
