"""The samples, imported as a newcomer does and judged by the rubric, spread over all levels."""

from collections import Counter
from pathlib import Path

import pytest

from prospects.companies.models import Prospect
from prospects.icp.profile import parse_toml
from prospects.intake import services as intake
from prospects.qualification.dossier import dossiers
from prospects.qualification.rubric.judge import Judgement, judge

EXAMPLES = Path(__file__).parents[4] / "examples"
SOURCE = "examples/prospects.csv"


@pytest.fixture
def imported(db: None) -> list[int]:
    """The ids of the sample prospects."""
    content = (EXAMPLES / "prospects.csv").read_bytes()
    upload = intake.receive(name="prospects.csv", chunks=[content], source=SOURCE)
    intake.parse(upload.pk)
    intake.commit(upload.pk)
    return list(Prospect.objects.filter(source=SOURCE).values_list("pk", flat=True))


def judged(ids: list[int], icp: str) -> dict[str, Judgement]:
    profile = parse_toml((EXAMPLES / icp).read_bytes())
    return {dossier.name: judge(dossier, profile) for dossier in dossiers(ids).values()}


def test_the_samples_spread_over_all_levels(imported: list[int]) -> None:
    judgements = judged(imported, "icp.toml")

    levels = Counter(judgement.level for judgement in judgements.values())
    assert sum(levels.values()) == 100
    assert min(levels[level] for level in ("excellent", "good", "fair", "poor")) >= 10


@pytest.mark.parametrize(
    ("name", "level"),
    [("Palermo's Pizza", "excellent"), ("Johnsonville", "good"), ("Chobani", "fair"), ("Salesforce", "poor")],
)  # fmt: skip
def test_a_known_company_is_judged_as_one_would(imported: list[int], name: str, level: str) -> None:
    assert judged(imported, "icp.toml")[name].level == level


def test_every_decided_verdict_quotes_a_column_of_the_file(imported: list[int]) -> None:
    for judgement in judged(imported, "icp.toml").values():
        for verdict in judgement.verdicts:
            assert verdict.outcome == "unknown" or verdict.source.startswith("file:")


def test_the_insurance_profile_rules_out_what_is_not_american(imported: list[int]) -> None:
    judgements = judged(imported, "icp_insurance_buyers.toml")

    assert {judgements[name].level for name in ("Nestlé", "Toyota", "Shopify")} == {"poor"}
    assert judgements["Herr's"].level == "excellent"
