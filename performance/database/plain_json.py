"""JSON that is kept and shown, and never searched: PostgreSQL checks the text and stores it as it came."""

from typing import Any

from django.db import models
from psycopg.types.json import Json


class PlainJSONField(models.JSONField):
    """A column of type json. To take it apart for jsonb costs three times as much when a million rows come in, and
    loses the order of the keys. In SQL it can't be compared: no lookups but by key, no DISTINCT, no UNION.
    """

    def db_type(self, connection: Any) -> str:
        return "json"

    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        """As text, which Django's field expects: psycopg would read it itself."""
        return f"({sql})::text", params

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return Json(value if prepared else self.get_prep_value(value))
