"""The terms on which this installation asks hosts."""

from django.conf import settings

from prospects.crawl.hosts.fetched import Terms

# What robots.txt knows us by, whatever the whole name says.
PRODUCT = "AssayBot"
VERSION = "0.1"


def configured_terms() -> Terms:
    """As the settings have them."""
    return Terms(
        user_agent=_user_agent(),
        delay_ms=settings.CRAWL_DELAY_MS,
        ports=frozenset(settings.OUTBOUND_PORTS),
        deny=frozenset(settings.CRAWL_DENY),
    )


def token_of(user_agent: str) -> str:
    """The product token, which the groups of robots.txt are named by (RFC 9309, 2.2.1)."""
    return user_agent.split("/", 1)[0].split(" ", 1)[0] or PRODUCT


def _user_agent() -> str:
    name = settings.CRAWL_USER_AGENT or f"{PRODUCT}/{VERSION}"
    return f"{name} (+{settings.CRAWL_CONTACT_URL})" if settings.CRAWL_CONTACT_URL else name
