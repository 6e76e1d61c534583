"""What goes stale where records met companies that are known."""

from collections.abc import Sequence

from performance.cache.tags import bump
from prospects.companies.chunk import Settled
from prospects.companies.models import SHOWN_BY_RUNS, Prospect


def bump_settled(settled: Sequence[Settled]) -> None:
    """On commit. A company that changed is shown with all its prospects, and with what runs said of them. One statement
    more where any did.
    """
    changes = [
        (one.prospect.company_id, one.before["company"])
        for one in settled
        if one.prospect and one.before and "company" in one.before
    ]
    shown = {one.prospect.id for one in settled if one.prospect}
    if changes:
        companies = {company_id for company_id, _ in changes}
        shown.update(Prospect.objects.filter(company__in=companies).values_list("pk", flat=True))
    bump("prospects", *(f"prospect:{pk}" for pk in shown))
    if any(not SHOWN_BY_RUNS.isdisjoint(facts) for _, facts in changes):
        bump("run:*")
