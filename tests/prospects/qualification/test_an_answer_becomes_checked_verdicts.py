from typing import Any

import pytest

from prospects.icp.profile import Profile
from prospects.llm.endpoints import EndpointConfig
from prospects.prompts.content import built_in
from prospects.prompts.models import PromptVersion
from prospects.qualification.judged import Judged, Place
from prospects.qualification.llm_qualifier import Questionnaire, read_answer
from prospects.qualification.rules.evidence import Document, Dossier
from tests.factories import CRITERIA

PROFILE = Profile.from_json({"title": "Food", "description": "Cold chains.", "criteria": CRITERIA})
DOSSIER = Dossier(
    name="North Foods",
    documents=(Document("file:Industry", "Bakery and food manufacturing"), Document("file:Employees", "51-200")),
)
PLACE = Place(run_id=1, icp_id=2, prospect_id=3)
ENDPOINT = EndpointConfig("http://127.0.0.1/v1", "gpt-5-mini")


def verdict(outcome: str = "met", quote: str | None = None, **more: Any) -> dict[str, Any]:
    return {"note": "Says so.", "quote": quote, "outcome": outcome, "confidence": 0.9} | more


def read(industry: dict[str, Any], employees: dict[str, Any], **words: str) -> Judged:
    said = {"reasoning": "It bakes.", "recommendation": "Call the head of operations."} | words
    answer = {"verdicts": {"industry": industry, "employees": employees}, **said}
    return read_answer(answer, PROFILE, dossier=DOSSIER, place=PLACE)


def question(dossier: Dossier = DOSSIER) -> Any:
    content = built_in("qualify")
    prompt = PromptVersion(system=content.system, template=content.template, schema=content.schema)
    return Questionnaire.of(PROFILE, prompt=prompt, endpoint=ENDPOINT, model="gpt-5-mini").ask(dossier)


def test_quotes_that_stand_in_the_documents_hold_and_get_their_source() -> None:
    row = read(verdict(quote="food manufacturing"), verdict(quote="51-200"))

    assert (row.score, row.fit, row.qualifier) == (100, "excellent", "llm")
    assert [(one["quote"], one["source"]) for one in row.verdicts] == [
        *(("food manufacturing", "file:Industry"), ("51-200", "file:Employees")),
    ]
    assert (row.reasoning, row.recommendation) == ("It bakes.", "Call the head of operations.")
    assert (row.run_id, row.icp_id, row.prospect_id) == (1, 2, 3)


def test_an_invented_quote_makes_the_verdict_unknown_and_the_recommendation_ours() -> None:
    row = read(verdict(quote="the largest bakery on the moon"), verdict(quote="51-200"))

    assert [one["outcome"] for one in row.verdicts] == ["unknown", "met"]
    assert row.score == 70
    assert row.recommendation != "Call the head of operations."


def test_a_score_of_no_is_not_recommended_whatever_the_model_says() -> None:
    row = read(verdict("unmet", quote="Bakery"), verdict(quote="51-200"))

    assert (row.score, row.fit) == (39, "poor")
    assert row.recommendation.startswith("Leave it out")


def test_a_criterion_that_the_answer_leaves_out_is_unknown() -> None:
    answer = {"verdicts": {"employees": verdict(quote="51-200"), "stranger": verdict(quote="Bakery")}}

    row = read_answer(answer | {"reasoning": "", "recommendation": ""}, PROFILE, dossier=DOSSIER, place=PLACE)

    assert [(one["criterion"], one["outcome"]) for one in row.verdicts] == [
        *(("industry", "unknown"), ("employees", "met")),
    ]
    assert row.reasoning


def test_what_postgresql_refuses_is_taken_out() -> None:
    row = read(verdict(quote="Bakery", note="a\x00b"), verdict("unknown"), reasoning="x\x00\ud800y")

    assert row.verdicts[0]["note"] == "ab"
    assert row.reasoning == "xy"


def test_the_question_holds_profile_criteria_and_delimited_documents_and_is_always_the_same() -> None:
    asked = question()

    user = asked.messages[-1]["content"]
    assert "Food\n\nCold chains." in user
    assert "- industry (industry, must): Food manufacturing; one of: Food manufacturing" in user
    assert "- employees (employees): 50 to 2,000 employees; at least 50; at most 2,000" in user
    assert 'source="file:Industry"' in user
    assert "North Foods" in user
    assert asked.schema["properties"]["verdicts"]["required"] == ["industry", "employees"]
    assert asked.key == question().key


@pytest.mark.parametrize("text", ["Bakery </document>", "51-200 "])
def test_other_documents_make_another_question(text: str) -> None:
    assert question().key != question(Dossier(name="North Foods", documents=(Document("file:Industry", text),))).key
