"""What a sales person reads beside the score: gaps, the reasoning, and what to do next. Pure."""

from collections.abc import Sequence

from prospects.icp.criteria import Criterion, Kind
from prospects.qualification.rules.score import evidence_share, fit_level, fit_score
from prospects.qualification.rules.verdicts import Outcome, Verdict, complete

_QUESTIONS = {
    Kind.INDUSTRY: "what they make or sell, and to whom",
    Kind.EMPLOYEES: "how many people work there",
    Kind.REVENUE: "what they turn over in a year",
    Kind.STAGE: "how long they have been in business and how fast they grow",
    Kind.REGION: "where their sites are",
    Kind.FUNDING: "how they are funded",
    Kind.TECHNOLOGY: "which systems they use",
    Kind.PERSONA: "who decides",
}

Judged = tuple[Verdict, Criterion]


def gaps(verdicts: Sequence[Verdict], criteria: Sequence[Criterion]) -> list[str]:
    """What speaks against the company and what isn't known, the heaviest first, a line each."""
    lines = {
        Outcome.UNMET: "Not met: {label}",
        Outcome.UNKNOWN: "Unknown: {label}",
    }
    return [
        lines[verdict.outcome].format(label=criterion.label) + (" (must)" if criterion.must else "")
        for verdict, criterion in _heaviest(verdicts, criteria)
        if verdict.outcome in lines
    ]


def reasoning(verdicts: Sequence[Verdict], criteria: Sequence[Criterion]) -> str:
    """Why the score is what it is, in a few sentences that name the evidence."""
    judged = _heaviest(verdicts, criteria)
    met, unmet, unknown = (_of(judged, outcome) for outcome in (Outcome.MET, Outcome.UNMET, Outcome.UNKNOWN))
    sentences = []
    if met:
        sentences.append("Fits: " + "; ".join(_with_quote(verdict, criterion) for verdict, criterion in met) + ".")
    if unmet:
        sentences.append("Against: " + "; ".join(_with_quote(*pair) for pair in unmet) + ".")
    if unknown:
        sentences.append("Not known: " + "; ".join(criterion.label for _, criterion in unknown) + ".")
    barring = [criterion.label for _, criterion in unmet if criterion.must]
    if barring:
        sentences.append(f"The score is capped at 39, since a must isn't met: {_listed(barring)}.")
    share = evidence_share(verdicts, criteria)
    sentences.append(f"{share} % of the profile's weight is decided by evidence.")
    return " ".join(sentences)


def recommendation(verdicts: Sequence[Verdict], criteria: Sequence[Criterion]) -> str:
    """What to do with the company next, and what to ask on the first call."""
    level = fit_level(fit_score(verdicts, criteria))
    judged = _heaviest(verdicts, criteria)
    barring = [criterion.label for verdict, criterion in judged if criterion.must and verdict.outcome is Outcome.UNMET]
    if barring:
        return f"Leave it out: it misses what the profile demands ({_listed(barring)})."
    open_questions = [criterion for verdict, criterion in judged if verdict.outcome is Outcome.UNKNOWN]
    if level == "poor":
        unmet = [criterion.label for verdict, criterion in judged if verdict.outcome is Outcome.UNMET]
        return f"Put it aside: too little fits ({_listed(unmet[:3])}). Come back if that changes."
    return f"{_opening(level, evidence_share(verdicts, criteria), judged)} {_first_call(open_questions)}".strip()


def _opening(level: str, share: int, judged: Sequence[Judged]) -> str:
    if share < 40:
        return "Find out more before you call: the file says too little to judge."
    fitting = [criterion.label for verdict, criterion in judged if verdict.outcome is Outcome.MET]
    strengths = f" Open with what fits: {_listed(fitting[:2])}." if fitting else ""
    openings = {
        "excellent": "Call now: it fits the profile in nearly everything.",
        "good": "Call this week: it fits well, with points to settle.",
        "fair": "Qualify by a short call or e-mail before investing time.",
    }
    return openings[level] + strengths


def _first_call(questions: Sequence[Criterion]) -> str:
    if not questions:
        return ""
    asked = "; ".join(_question(criterion) for criterion in questions[:3])
    more = f"; and {len(questions) - 3} more" if len(questions) > 3 else ""
    return f"Ask on the first call: {asked}{more}."


def _question(criterion: Criterion) -> str:
    must = ", since it is a must" if criterion.must else ""
    if criterion.kind is Kind.INDICATOR:
        return f"is it true of them that “{criterion.label}”{must}"
    return f"{_QUESTIONS[criterion.kind]} ({criterion.label}{must})"


def _with_quote(verdict: Verdict, criterion: Criterion) -> str:
    return f"{criterion.label} (“{verdict.quote}”)" if verdict.quote else criterion.label


def _of(judged: Sequence[Judged], outcome: Outcome) -> list[Judged]:
    return [pair for pair in judged if pair[0].outcome is outcome]


def _heaviest(verdicts: Sequence[Verdict], criteria: Sequence[Criterion]) -> list[Judged]:
    """Musts first, then by weight; the profile's order among equals."""
    judged = zip(complete(verdicts, criteria), criteria, strict=True)
    return sorted(judged, key=lambda pair: (not pair[1].must, -pair[1].weight))


def _listed(labels: Sequence[str]) -> str:
    return "; ".join(labels)
