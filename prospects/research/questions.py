"""What rules left open is asked of the LLM, where there is one: optional, so that its faults never fail a company."""

from collections.abc import Sequence
from dataclasses import dataclass

from performance.jobs.kinds import CallFailed, Calls, CallUncertain, GiveUp, PauseBatch, Retry
from prospects.company_profiles.llm_reading import read_by_llm
from prospects.extraction.found import Value
from prospects.pages.degraded import Degraded
from prospects.research.brief import Brief
from prospects.research.gathering import Gathering

LLM_OFF = Degraded("llm_off", "No LLM is set up: what rules don't find stays open.")
BUDGET_USED = Degraded("budget_used", "The budget is used up: what rules don't find stays open.")


@dataclass(frozen=True, slots=True)
class Answered:
    """Values whose quotes stand in the pages, and what was lacking."""

    values: tuple[Value, ...] = ()
    degraded: tuple[Degraded, ...] = ()


async def ask_what_is_missing(
    brief: Brief, gathering: Gathering, values: Sequence[Value], *, calls: Calls | None
) -> Answered:
    """Asks for the fields of the mode that have no value yet. Raises nothing: rules stand without it."""
    missing = brief.mode.fields - {value.field for value in values}
    if not brief.mode.uses_llm or not missing:
        return Answered()
    if brief.questions is None or calls is None:
        return Answered(degraded=(LLM_OFF,))
    try:
        found = await read_by_llm(
            gathering.documents(),
            missing=missing,
            asked=gathering.asked,
            endpoint=brief.questions.endpoint,
            prompt=brief.questions.prompt,
            calls=calls,
        )
    except PauseBatch as error:
        is_money = error.code == "budget"
        return Answered(degraded=(BUDGET_USED if is_money else _off(error.reason),))
    except (CallFailed, CallUncertain, GiveUp, Retry) as error:
        return Answered(degraded=(_off(error.reason),))
    return Answered(tuple(found))


def _off(reason: str) -> Degraded:
    return Degraded("llm_off", f"The LLM gave no answer ({reason.rstrip('.')}): what rules don't find stays open.")
