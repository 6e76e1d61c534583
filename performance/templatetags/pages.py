"""How figures and times look on every page."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

UNITS = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")]
SEGMENTS = ["succeeded", "leased", "parked", "dead", "cancelled"]


@register.simple_tag
def ago(value: datetime | None, absent: str = "-") -> SafeString | str:
    """A time as people say it, the exact one on hover: "3 min ago"."""
    if value is None:
        return absent
    exact = date_format(timezone.localtime(value), "j M Y, H:i:s T")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', value.isoformat(), exact, relative(value, at=timezone.now())
    )


def relative(value: datetime, *, at: datetime) -> str:
    """The distance in its largest unit; a date beyond 30 days."""
    distance = at - value
    if abs(distance) > timedelta(days=30):
        return date_format(timezone.localtime(value), "j M Y")
    seconds = int(abs(distance).total_seconds())
    if seconds < 5:
        return "just now"
    words = duration(seconds).split(", ")[0]
    return f"{words} ago" if distance > timedelta(0) else f"in {words}"


@register.filter
def duration(seconds: float | None) -> str:
    """Seconds in at most two units: "2 min, 5 s"; a dash where unknown."""
    if seconds is None:
        return "-"
    left, parts = round(seconds), []
    for size, unit in UNITS:
        amount, left = divmod(left, size)
        if amount:
            parts.append(f"{amount} {unit}")
    return ", ".join(parts[:2]) or "0 s"


@register.filter
def usd(micros: int | None) -> str:
    """Micro-dollars as dollars, with the digits that a small amount needs."""
    if micros is None:
        return "-"
    dollars = micros / 1_000_000
    if micros == 0 or abs(dollars) >= 0.1:
        return f"${dollars:,.2f}"
    return f"${dollars:.4f}" if abs(dollars) >= 0.0001 else f"${dollars:.6f}"


@register.filter
def get(mapping: Mapping[Any, Any], key: Any) -> Any:
    """`mapping[key]`, or an empty string."""
    return mapping.get(key, "")


@register.inclusion_tag("_meter.html")
def meter(counts: Any, height: str = "") -> dict[str, Any]:
    """A stacked bar of a batch's states. `counts` has `total` and a number per state (a Batch, or its Progress)."""
    total = counts.total or 1
    segments, left = [], 0.0
    for name in SEGMENTS:
        number = getattr(counts, name, 0)
        width = 100 * number / total
        if number:
            segments.append({"name": name, "x": f"{left:.2f}", "width": f"{width:.2f}", "number": number})
        left += width
    said = ", ".join(f"{part['number']:,} {part['name']}" for part in segments) or "nothing done yet"
    return {"segments": segments, "height": height, "label": f"{said} of {counts.total:,}"}


@register.filter
def by_state(counts: Any) -> list[tuple[str, int]]:
    """The meter's states with their numbers, in the meter's order."""
    return [(name, getattr(counts, name, 0)) for name in SEGMENTS]


@register.inclusion_tag("_sort_header.html", takes_context=True)
def sort_header(context: Mapping[str, Any], key: str, label: str, css: str = "") -> dict[str, Any]:
    """A column's head that sorts by it; a second click turns the order round. `context` holds `sort` ("-score")."""
    current = str(context.get("sort", ""))
    is_current = current.lstrip("-") == key
    is_descending = current.startswith("-")
    query: QueryDict = context["request"].GET.copy()
    query.pop("after", None)
    query["sort"] = key if is_current and is_descending else f"-{key}" if is_current else first_sort(key, context)
    return {
        "label": label,
        "css": css,
        "url": "?" + query.urlencode(),
        "direction": ("descending" if is_descending else "ascending") if is_current else "",
    }


def first_sort(key: str, context: Mapping[str, Any]) -> str:
    """Figures and times start with the highest, words with A."""
    descending: Sequence[str] = context.get("descending_first", ())
    return f"-{key}" if key in descending else key
