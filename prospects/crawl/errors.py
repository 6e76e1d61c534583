"""What can be wrong with a crawl as asked for. Each is one sentence that says what to do; nothing has been changed."""

from performance.api.errors import Conflict, DomainError


class CrawlError(DomainError):
    """The crawl can't be started as asked."""


class NothingToCrawl(CrawlError):
    """There is nothing to crawl: name at least one domain or web address."""


class TooManySites(CrawlError):
    """Too many sites at once."""

    def __init__(self, *, count: int, most: int) -> None:
        super().__init__(f"These are {count:,} sites, and one request may name {most:,}: send the others after them.")


class NoSite(CrawlError):
    """What was named is no site of the web."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"{text[:200]!r} is no domain or web address: give one such as acme.com or https://acme.com/de/."
        )


class SharedSite(CrawlError):
    """Many companies share this host, so it isn't crawled as if it were one's site."""

    def __init__(self, site: str) -> None:
        super().__init__(f"{site} is shared by many companies and isn't crawled: name the company's own domain.")


class SiteRefused(CrawlError):
    """The operator of this installation doesn't let the site be crawled."""

    status = 403

    def __init__(self, says: str) -> None:
        super().__init__(f"{says} Ask the operator of this installation.")


class OutOfRange(CrawlError):
    """A figure is beyond its range."""

    def __init__(self, *, name: str, value: float, minimum: int, maximum: int) -> None:
        super().__init__(f"{name} is {value:g}, but it must be from {minimum:,} to {maximum:,}.")


class BadPattern(CrawlError):
    """A pattern of paths can't be used."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"The pattern {text[:200]!r} is none: it begins with / or *, has up to 200 characters, and only * means"
            " something, any characters. At most 50 may be given."
        )


class NotQueued(Conflict):
    """The crawl has ended already, so there is nothing to cancel."""
