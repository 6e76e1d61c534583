"""What is wrong and what to do about it, from every noun: the recommendations and bottlenecks of the console."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from performance.alerts import findings as alerts
from performance.audit.models import AUDITED
from performance.cache import tile as cache
from performance.cache.decorators import cached
from performance.console.shapes import Finding, Severity
from performance.database.activity import findings as activity
from performance.database.archival import tile as archival
from performance.database.indexes import tile as indexes
from performance.database.statements import findings as statements
from performance.database.tables import findings as tables
from performance.database.tuning import findings as tuning
from performance.metrics import tile as requests
from performance.metrics.looks import one_look
from performance.queues import findings as queues
from performance.regressions import findings as regressions
from performance.system import findings as system

logger = logging.getLogger(__name__)
Source = Callable[..., Sequence[Finding]]
_ORDER = list(Severity)
# The dashboard is open on many screens, and polls; what to do follows from hours.
KEPT_S = 10.0

# By noun: each is called with `at=`.
SOURCES: dict[str, Source] = {
    "alerts": alerts.findings,
    "regressions": regressions.findings,
    "requests": requests.findings,
    "cache": cache.findings,
    "system": system.findings,
    "queues": queues.findings,
    "statements": statements.findings,
    "indexes": indexes.findings,
    "archival": archival.findings,
    "tables": tables.findings,
    "activity": activity.findings,
    "settings": tuning.findings,
}


@one_look()
def findings(*, at: datetime) -> list[Finding]:
    """All of them, the gravest first, then by what they cost. A noun that can't be asked is a finding itself."""
    found = [finding for noun, source in SOURCES.items() for finding in _asked(noun, source, at=at)]
    return sorted(found, key=lambda each: (_ORDER.index(each.severity), each.unit, -each.impact, each.key))


def lately(*, at: datetime) -> list[Finding]:
    """As `findings`, or what they were KEPT_S ago at the most, unless somebody has done something since."""
    return [Finding(**each | {"severity": Severity(each["severity"])}) for each in _kept(at)]


# Of whichever moment: that isn't part of the key.
@cached("console.findings", ttl_s=KEPT_S, tags=[AUDITED])
def _kept(at: datetime) -> list[dict[str, Any]]:
    return [{**each.told, "severity": each.severity.value} for each in findings(at=at)]


def _asked(noun: str, source: Source, *, at: datetime) -> Sequence[Finding]:
    try:
        return source(at=at)
    except Exception as error:
        # The guard per noun: on a bad day the console is needed most, and one of its parts may be what is broken.
        logger.exception("the findings of %s could not be had", noun)
        return [
            Finding(
                area=noun,
                key=f"{noun}.unknown",
                severity=Severity.WARNING,
                title=f"Nothing is known of {noun}",
                says=f"Looking failed: {type(error).__name__}.",
                action="The log has the traceback.",
            )
        ]
