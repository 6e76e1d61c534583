"""What a read tells those outside of Django of how it was answered: see `performance.api.front`."""

from dataclasses import dataclass

# Where a request's environ carries a `Read` and the `FinishedAnswer` to it.
READ = "assay.read"


@dataclass(frozen=True, slots=True)
class Read:
    """The page's key and tags, and what else it takes to answer so again: the reach of who asked, and the limits.
    `path` is as Django reads it, `route` the URL pattern.
    """

    key: str
    tags: tuple[str, ...]
    reach: str
    policies: tuple[str, ...]
    path: str
    route: str
