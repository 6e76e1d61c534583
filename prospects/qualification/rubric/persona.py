"""Is the person in the file one of the wanted buyers? By seniority and department of the title. Pure."""

from functools import lru_cache

from prospects.icp.criteria import Criterion
from prospects.qualification.rubric.finding import Finding, any_of, met, unknown, unmet
from prospects.qualification.rubric.reading import Reading
from prospects.qualification.rubric.titles import Title, are_kin, parse_title

# The rank of directors and heads in titles.toml.
_LEADS_DEPARTMENT = 3


def judge_persona(criterion: Criterion, reading: Reading) -> Finding:
    title = reading.facts.person_title
    if not title:
        return unknown("The file names no person with a title.")
    return reading.on_fact(compare(criterion.any_of, title), "person_title")


@lru_cache(maxsize=8192)
def compare(wanted: tuple[str, ...], title: str) -> Finding:
    """What a title says about the wanted roles."""
    return any_of(_compare(role, title) for role in wanted)


def _compare(role: str, title: str) -> Finding:
    asked, given = parse_title(role), parse_title(title)
    if asked.stems and asked.stems == given.stems:
        return met(0.97, f"The person is {title}.")
    if not asked.departments:
        return _compare_rank(asked, given, texts=(role, title))
    if given.departments & asked.departments:
        return _within_department(asked, given, texts=(role, title))
    if given.is_top:
        return unknown(f"{title} stands above {role}, and may decide or delegate.")
    if not given.departments:
        return unknown(f"“{title}” doesn't say whether it is {role}.")
    if are_kin(asked.departments, given.departments) and _is_senior_enough(asked, given):
        return unknown(f"{title} works next to {role}.")
    return unmet(0.85, f"{title} is another department than {role}.")


def _within_department(asked: Title, given: Title, *, texts: tuple[str, str]) -> Finding:
    role, title = texts
    if asked.rank is None or asked.rank == given.rank:
        return met(0.92, f"{title} is {role} by department and level.")
    if given.rank is None:
        return unknown(f"“{title}” is in the department of {role}, but doesn't say how senior.")
    if given.rank > asked.rank:
        return met(0.8, f"{title} is senior to {role} in the same department.")
    # A director or head of finance is the whole finance department of many a company.
    if asked.rank - given.rank == 1 or given.rank >= _LEADS_DEPARTMENT:
        return unknown(f"{title} is a step below {role}.")
    return unmet(0.8, f"{title} is too junior for {role}.")


def _compare_rank(asked: Title, given: Title, *, texts: tuple[str, str]) -> Finding:
    """For a wanted level without a department, like "Director" or "C-level"."""
    role, title = texts
    if asked.rank is None:
        return _compare_words(asked, given, texts=texts)
    if given.rank is None:
        return unknown(f"“{title}” doesn't say how senior the person is.")
    if given.rank >= asked.rank:
        return met(0.85, f"{title} is {role} or above.")
    return unmet(0.85, f"{title} is below {role}.")


def _compare_words(asked: Title, given: Title, *, texts: tuple[str, str]) -> Finding:
    role, title = texts
    if asked.stems and asked.stems <= given.stems:
        return met(0.85, f"{title} contains {role}.")
    return unknown(f"The rubric can't tell whether {title} is {role}.")


def _is_senior_enough(asked: Title, given: Title) -> bool:
    return asked.rank is None or given.rank is None or given.rank >= asked.rank
