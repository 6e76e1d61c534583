"""How a crawl ended, in words. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from prospects.crawl.judging import Verdict
from prospects.crawl.plan import CrawlPlan, StopReason
from prospects.crawl.tally import Tally
from prospects.pages.degraded import Degraded

_NO_ANSWER = frozenset({"not_found_name", "not_connected", "timed_out", "not_trusted", "broken_off"})


@dataclass(frozen=True, slots=True)
class End:
    """Why a crawl is over. `code` and `says` are of the failure, where it was one."""

    reason: StopReason
    code: str = ""
    says: str = ""


def end_at_the_door(site: str, verdicts: Sequence[Verdict]) -> End:
    """The site's home could not be read: at none of its doors. The first that answered tells why."""
    if not verdicts:
        return End("refused", "bad_url", f"{site} can't be read: none of the addresses given is of it.")
    answers = [each for each in verdicts if each.code not in _NO_ANSWER] or verdicts
    # A door that led elsewhere says less than what was met there.
    verdict = next((each for each in answers if each.code != "off_site"), answers[0])
    if verdict.code == "parked":
        return End("parked", verdict.code, verdict.says)
    is_refusal = verdict.outcome in {"refused", "skipped", "moved"}
    return End("refused" if is_refusal else "unreachable", verdict.code, f"{site} can't be read: {verdict.says}")


def sentence(end: End, plan: CrawlPlan, *, pages: int, left_out: int = 0) -> str:
    """For the crawl's row. `left_out` counts addresses of what has no end."""
    if end.says:
        return end.says
    read = f"{pages} page{'' if pages == 1 else 's'}"
    endless = f" Addresses without end that were left out: {left_out:,}." if left_out else ""
    return {
        "done": f"Every page that was asked for has been read: {read}.{endless}",
        "fields": f"Everything that was looked for was found on {read}.",
        "pages": f"The most pages of one crawl were read: {plan.most_pages}.",
        "bytes": f"The most bytes of one crawl were read: {plan.most_bytes:,}.",
        "time": f"The time of one crawl, {plan.most_s:g} s, was up after {read}.",
        "money": f"What may be spent was used up by {read}.",
        "cancelled": "It was cancelled.",
    }.get(end.reason, "")


def shortcomings(end: End, tally: Tally, *, is_javascript: bool, from_store: str) -> tuple[Degraded, ...]:
    """What the result lacks. `from_store` says of which day the pages of the store are, where they stand in."""
    found = []
    if end.reason == "unreachable":
        instead = f"Its pages of {from_store} were used." if from_store else "No earlier pages of it are known."
        found.append(Degraded("site_down", f"{end.says} {instead}"))
    if refused := tally.refused_by("robots"):
        others = f" and {len(refused) - 1} more" if len(refused) > 1 else ""
        found.append(Degraded("robots", f"robots.txt keeps us from {refused[0].url}{others}: not read."))
    elif end.code == "robots":
        found.append(Degraded("robots", end.says))
    if is_javascript:
        found.append(Degraded("javascript_only", "The home is made by JavaScript: only what its markup says was read."))
    if end.code == "host_busy":
        found.append(Degraded("host_busy", f"{end.says} Pages may be missing."))
    if end.reason == "time":
        found.append(Degraded("timed_out", "The time for reading the site was up: pages may be missing."))
    return tuple(found)
