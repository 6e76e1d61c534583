"""What OPTIONS tells."""

from typing import Any

from rest_framework.metadata import SimpleMetadata
from rest_framework.request import Request


class Metadata(SimpleMetadata):
    """What an address is, and which media types it reads and answers. Its fields stand in the schema: to list them
    here, for a row, DRF would read the row in its own way.
    """

    def determine_actions(self, request: Request, view: Any) -> dict[str, Any]:
        return {}
