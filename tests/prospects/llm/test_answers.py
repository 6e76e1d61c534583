"""What a completion says is found in whatever wrapping it comes, and checked against the schema."""

import time
from typing import Any

import pytest

from prospects.llm.answers import Flaw, Unusable, parse, read, stored_form
from prospects.llm.schema import problem
from prospects.prompts import schema_for
from prospects.prompts.content import built_in

SCHEMA = schema_for(built_in("qualify"), ["c1"])
VERDICT = {"note": "Said so.", "quote": "peas", "outcome": "met", "confidence": 0.9}
ANSWER = {"verdicts": {"c1": VERDICT}, "reasoning": "Fits.", "recommendation": "Call."}


def response(content: str, **more: str) -> dict[str, str]:
    return {"content": content, "refusal": "", "finish_reason": "stop", **more}


@pytest.mark.parametrize(
    "content",
    [
        '{"a": 1}',
        '  {"a": 1}\n',
        'Here you are:\n```json\n{"a": 1}\n```\nAnything else?',
        'Sure! {"a": 1} Hope that helps.',
        '<think>Is {"a": 2} right? No.</think>{"a": 1}',
    ],
)
def test_the_object_is_found_in_its_wrapping(content: str) -> None:
    assert parse(content) == {"a": 1}


@pytest.mark.parametrize("content", ["", "I can't say.", '{"a": ', "[1, 2]", '{"a": "\\ud800"}', "{life} is {hard}"])
def test_what_is_no_object_is_none(content: str) -> None:
    assert parse(content) is None


def test_characters_that_the_database_refuses_are_taken_out() -> None:
    assert parse('{"a\\u0000": ["b\\u0000", {"c": "\\u0000d"}]}') == {"a": ["b", {"c": "d"}]}


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"reasoning": None}, "the answer.reasoning must be string"),
        ({"verdicts": {}}, "the answer.verdicts lacks c1"),
        ({"verdicts": {"c1": {**VERDICT, "outcome": "maybe"}}}, "the answer.verdicts.c1.outcome must be one of"),
        ({"verdicts": {"c1": {**VERDICT, "confidence": 90}}}, "confidence must be from 0 to 1"),
        ({"verdicts": {"c1": {**VERDICT, "confidence": True}}}, "confidence must be number"),
        ({"verdicts": {"c1": {**VERDICT, "quote": 3}}}, "quote must be string or null"),
    ],
)
def test_an_answer_that_does_not_follow_the_schema_is_told_where(change: dict[str, Any], wrong: str) -> None:
    assert wrong in (problem({**ANSWER, **change}, SCHEMA) or "")


def test_an_answer_that_follows_the_schema_has_no_problem() -> None:
    assert problem(ANSWER, SCHEMA) is None
    assert problem({**ANSWER, "extra": 1}, SCHEMA) is None


def test_arrays_and_alternatives_are_checked_too() -> None:
    schema = {"type": "array", "items": {"anyOf": [{"type": "integer"}, {"type": "null"}]}}

    assert problem([1, None], schema) is None
    assert problem([1, "x"], schema) == "the answer[1] must be integer"


@pytest.mark.parametrize(
    ("content", "more", "flaw"),
    [
        ("", {"refusal": "I can't."}, Flaw.REFUSAL),
        ("", {"finish_reason": "content_filter"}, Flaw.REFUSAL),
        ('{"verdicts"', {"finish_reason": "length"}, Flaw.LENGTH),
        ("So what?", {}, Flaw.GARBAGE),
    ],
)
def test_an_unusable_answer_is_told_by_kind(content: str, more: dict[str, str], flaw: Flaw) -> None:
    found = read(response(content, **more), SCHEMA)

    assert isinstance(found, Unusable)
    assert found.flaw is flaw


def test_only_what_is_needed_is_kept_and_parts_are_joined() -> None:
    completion = {
        "id": "chatcmpl-1",
        "model": "m",
        "choices": [
            {"message": {"content": [{"type": "text", "text": "a\x00"}, {"text": "b"}]}, "finish_reason": "stop"}
        ],
        "usage": {"prompt_tokens": 1},
    }

    assert stored_form(completion) == {
        "id": "chatcmpl-1",
        "model": "m",
        "content": "ab",
        "refusal": "",
        "finish_reason": "stop",
    }


@pytest.mark.parametrize(
    "text",
    [
        "<think>" * 50_000 + '{"a": 1}',
        "```" + "\n" * 50_000 + "x",
        "<think>{</think>" * 20_000 + '{"a": 1}',
    ],
)
def test_an_endless_thought_is_read_in_no_time(text: str) -> None:
    began = time.process_time()

    parse(text)

    assert time.process_time() - began < 1.0


def test_thoughts_are_left_out_wherever_they_stand() -> None:
    assert parse('<think>{"a": 0}</think>{"a"<think>so</think>: 1}') == {"a": 1}
