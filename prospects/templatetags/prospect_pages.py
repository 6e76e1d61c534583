"""What the pages of this app say in their own words."""

from django import template

from prospects.intake.models import Import, ImportRow
from prospects.views.evidence import fact_label, source_name

register = template.Library()
MOST_CELLS = 6


@register.filter
def cells(row: ImportRow, import_run: Import) -> list[str]:
    """The cells of the first mapped columns, in the file's order."""
    mapped = [number for number, header in enumerate(import_run.headers) if import_run.columns.get(header)]
    return [row.raw[number] if number < len(row.raw) else "" for number in mapped[:MOST_CELLS]]


register.filter("source_name", source_name)
register.filter("fact_label", fact_label)
_REASONS = {
    "locked": "locked",
    "person": "typed by a person",
    "file": "from a file or the API",
    "domain_taken": "another company has this domain",
}


@register.filter
def conflict_reason(reason: str) -> str:
    """Why research may not write over it."""
    return _REASONS[reason]
