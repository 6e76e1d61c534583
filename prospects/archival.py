"""What of the domain's rows may be archived: each target is declared beside its models, and registered here."""

from performance.database.archival.registry import register
from prospects.company_profiles.archival import CONFLICTS, VALUES
from prospects.crawl.archival import CRAWLS, HOSTS
from prospects.intake.archival import ROWS
from prospects.pages.archival import TEXTS, UNREAD
from prospects.qualification.archival import VERDICTS
from prospects.research.archival import ITEMS
from prospects.search.archival import SESSIONS


def register_targets() -> None:
    """In AppConfig.ready."""
    for target in (ROWS, VERDICTS, SESSIONS, CRAWLS, HOSTS, TEXTS, UNREAD, VALUES, CONFLICTS, ITEMS):
        register(target)
