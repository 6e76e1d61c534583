"""What the pages of this app say in their own words."""

from django import template

from prospects.intake.models import Import, ImportRow
from prospects.views.evidence import source_name

register = template.Library()
MOST_CELLS = 6


@register.filter
def cells(row: ImportRow, import_run: Import) -> list[str]:
    """The cells of the first mapped columns, in the file's order."""
    mapped = [number for number, header in enumerate(import_run.headers) if import_run.columns.get(header)]
    return [row.raw[number] if number < len(row.raw) else "" for number in mapped[:MOST_CELLS]]


register.filter("source_name", source_name)
