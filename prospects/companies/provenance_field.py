"""Provenance as a column of a model."""

from typing import Any

from performance.database.plain_json import PlainJSONField
from prospects.companies.provenance import packed, unpacked


class ProvenanceField(PlainJSONField):
    """{field: entry}, stored as `packed` says. Filter by it in Python: paths in SQL meet the stored form."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        found = super().from_db_value(value, expression, connection)
        return unpacked(found) if isinstance(found, list) else found

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(packed(value) if isinstance(value, dict) else value, connection, prepared)
