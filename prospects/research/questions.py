"""What rules left open is asked of the LLM, where there is one: optional, so that its faults never fail a company."""

from collections.abc import Sequence
from dataclasses import dataclass

from performance.jobs.kinds import Calls, CallUncertain, JobError
from prospects.company_profiles.reading import READABLE, degradation, read_by_llm
from prospects.extraction.found import Value
from prospects.pages.degraded import Degraded
from prospects.research.brief import Brief
from prospects.research.gathering import Gathering

LLM_OFF = Degraded("llm_off", "No LLM is set up: what rules don't find stays open.")


@dataclass(frozen=True, slots=True)
class Answered:
    """Values whose quotes stand in the pages, and what was lacking."""

    values: tuple[Value, ...] = ()
    degraded: tuple[Degraded, ...] = ()


async def ask_what_is_missing(
    brief: Brief, gathering: Gathering, values: Sequence[Value], *, calls: Calls | None
) -> Answered:
    """Asks for the fields of the mode that have no value yet.

    Raises JobError where it's worth to wait and the company may be tried again: its pages are stored by then.
    """
    missing = (brief.mode.fields & READABLE) - {value.field for value in values}
    if not brief.mode.uses_llm or not missing:
        return Answered()
    if brief.reader is None or calls is None:
        return Answered(degraded=(LLM_OFF,))
    try:
        found = await read_by_llm(
            gathering.documents(), missing=missing, asked=gathering.asked, reader=brief.reader, calls=calls
        )
    except JobError as error:
        lacking = degradation(error)
        # A call of unknown outcome may have been charged: the company goes without, rather than being parked for it.
        if lacking is None and not brief.is_last_try and not isinstance(error, CallUncertain):
            raise
        return Answered(degraded=(lacking or _off(error.reason),))
    return Answered(tuple(found))


def _off(reason: str) -> Degraded:
    return Degraded("llm_off", f"The LLM didn't answer ({reason.rstrip('.')[:200]}): what rules don't find stays open.")
