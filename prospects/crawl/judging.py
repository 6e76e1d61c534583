"""What became of a URL: an outcome, a code for programs, and a sentence for people. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType

from prospects.crawl.hosts.fetched import Fetched, NotFetched

_OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        "denied": "refused",
        "robots": "refused",
        "address_refused": "refused",
        "bad_url": "refused",
        "off_site": "moved",
        "wrong_type": "skipped",
        "too_large": "skipped",
    }
)
_REFUSING = frozenset({401, 402, 403, 407, 451})
_GONE = frozenset({404, 410})
# What a page's own markup says of it, the gravest first: with what outcome and code it is kept, and what is said.
_FLAGS = (
    ("parked", "skipped", "parked", "The domain is parked: its page is a place-holder of whoever sells it."),
    ("soft_404", "gone", "soft_404", "The page says that it doesn't exist, though the server answered 200 OK."),
    (
        "javascript_only", "read", "javascript_only",
        "The page is made by JavaScript: without running it, it says next to nothing.",
    ),
    ("truncated", "read", "", "It is longer than what is read of a page: what its beginning says was kept."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """`outcome` is one of Page.Outcome."""

    outcome: str
    code: str = ""
    says: str = ""


READ = Verdict("read")


def of_failure(error: NotFetched) -> Verdict:
    return Verdict(_OUTCOMES.get(error.code, "failed"), error.code, error.says)


def of_status(fetched: Fetched, *, has_text: bool) -> Verdict:
    """READ where there is a body to be looked at, or, of what `has_text` from before, the same as then.

    Nothing at all is a fault of the server's, not a page without words: what it said before still stands.
    """
    status = fetched.status
    if fetched.is_not_modified and has_text:
        return READ
    says = f"The server answered {status}{_phrase(status)}."
    if fetched.is_not_modified or 200 <= status < 300:
        return READ if fetched.body.strip() else Verdict("failed", "empty", f"{says[:-1]}, and nothing else.")
    if status in _GONE:
        return Verdict("gone", f"http_{status}", says)
    return Verdict("refused" if status in _REFUSING else "failed", f"http_{status}", says)


def of_flags(flags: Collection[str]) -> Verdict:
    """A page that was read and parsed."""
    for flag, outcome, code, says in _FLAGS:
        if flag in flags:
            return Verdict(outcome, code, says)
    return READ


def _phrase(status: int) -> str:
    try:
        return f" {HTTPStatus(status).phrase}"
    except ValueError:
        return ""
