"""What can be wrong with a run as asked for. Each is one sentence that says what to do; nothing has been changed."""

from performance.api.errors import DomainError, NotFound


class QualificationError(DomainError):
    """The run can't be started as asked."""


class NoProspects(QualificationError):
    """There is nobody to qualify: name at least one prospect, or import a file with at least one usable row."""


class UnknownProspects(QualificationError):
    """Some of the prospects named do not exist, or are archived."""

    def __init__(self, ids: list[int]) -> None:
        shown = ", ".join(str(id_) for id_ in ids[:5]) + (f" and {len(ids) - 5} more" if len(ids) > 5 else "")
        super().__init__(f"These prospects don't exist or are archived: {shown}.")


class OutOfRange(QualificationError):
    """A figure is beyond its range."""

    def __init__(self, *, name: str, value: float, minimum: int, maximum: int) -> None:
        super().__init__(f"{name} is {value}, but it must be from {minimum:,} to {maximum:,}.")


class UnknownChoice(QualificationError):
    """A word is not one of those allowed."""

    def __init__(self, *, name: str, value: object, choices: list[str]) -> None:
        super().__init__(f"{name} is {value!r}, but it must be one of {', '.join(choices)}.")


class NoBudget(QualificationError):
    """The budget is 0, so the LLM can't be asked once: give a budget above 0, or choose the rubric, which is free."""


class BudgetBelowOneCall(QualificationError):
    """The budget can't pay a single call."""

    def __init__(self, *, budget_micros: int, call_micros: int) -> None:
        super().__init__(
            f"The budget of {dollars(budget_micros)} can't pay one call, which may cost up to {dollars(call_micros)}: "
            "raise the budget, choose a cheaper model, or choose the rubric, which is free."
        )


class NoEndpoint(QualificationError):
    """No LLM is set up: set OPENAI_API_KEY or OPENAI_BASE_URL, or choose the rubric, which needs neither."""


class RunNotFound(NotFound):
    """No run has this number."""

    def __init__(self, run_id: int) -> None:
        super().__init__(f"There is no run {run_id}.")


class NoFit(NotFound):
    """This prospect has no score for this profile yet: qualify it first, then override the score."""


class NoReason(QualificationError):
    """Say why the score is overridden: the reason is kept with it."""


def dollars(micros: int) -> str:
    """$1.50, or as many digits as a small amount needs."""
    amount = micros / 1_000_000
    return f"${amount:,.2f}" if amount >= 0.1 or micros == 0 else f"${amount:.6f}".rstrip("0")
