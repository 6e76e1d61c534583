"""How the console draws: sparklines, charts, levels, bytes."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from performance.console.charts import Chart

register = template.Library()
_BINARY = ("B", "KiB", "MiB", "GiB", "TiB")
_WIDTH, _HEIGHT = 100.0, 20.0


@register.simple_tag
def spark(values: Sequence[float | None], label: str = "") -> SafeString | str:
    """A line as small as a word; gaps where nothing was measured. Nothing of fewer than two values."""
    known = [each for each in values if each is not None]
    if len(known) < 2:
        return ""
    top = max(known) or 1.0
    step = _WIDTH / (len(values) - 1)
    parts, is_down = [], False
    for index, value in enumerate(values):
        if value is None:
            is_down = False
            continue
        y = _HEIGHT - 1 - (_HEIGHT - 2) * value / top
        parts.append(f"{'L' if is_down else 'M'}{index * step:.1f} {y:.1f}")
        is_down = True
    return format_html(
        '<svg class="spark" viewBox="0 0 100 20" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<path d="{}"/></svg>',
        label or f"lately between {min(known):g} and {max(known):g}",
        " ".join(parts),
    )


@register.simple_tag
def bar(percent: float, label: str = "") -> SafeString:
    """0 to 100 as a bar; a reader is told the label, where the figure doesn't stand beside it."""
    told = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="share" viewBox="0 0 100 1" preserveAspectRatio="none" {}><rect width="{}" height="1"/></svg>',
        told,
        f"{min(100.0, max(0.0, percent)):.1f}",
    )


@register.inclusion_tag("performance/console/_chart.html")
def chart(figure: Chart) -> dict[str, Any]:
    """Drawn by the script; without it, and for screen readers, a table."""
    return {"chart": figure}


@register.filter
def bytes_(value: float | None) -> str:
    """Bytes in the unit that people say: "1.4 GiB"; a dash where unknown."""
    if value is None:
        return "-"
    size, sign = abs(float(value)), "-" if value < 0 else ""
    for unit in _BINARY[:-1]:
        if size < 1024:
            return f"{sign}{size:.0f} {unit}" if unit == "B" or size >= 100 else f"{sign}{size:.1f} {unit}"
        size /= 1024
    return f"{sign}{size:,.1f} {_BINARY[-1]}"


@register.filter
def ms(value: float | None) -> str:
    """Milliseconds with the digits that matter: "0.42 ms", "38 ms", "2.4 s"."""
    if value is None:
        return "-"
    if value >= 1000:
        return f"{value / 1000:,.1f} s"
    return f"{value:.0f} ms" if value >= 10 else f"{value:.2g} ms"


@register.filter
def percent(share: float | None) -> str:
    """0.834 as "83.4 %"; a dash where unknown."""
    return "-" if share is None else f"{100 * share:.1f} %"
