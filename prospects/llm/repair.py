"""The one repair call after an answer that can't be used. Pure."""

from collections.abc import Mapping
from typing import Any

from prospects.llm.answers import Flaw, Unusable
from prospects.llm.requests import ChatRequest, Message

MAX_SHOWN = 4000
ASK = {
    Flaw.GARBAGE: (
        "Your answer could not be used. {detail} Answer the question again with one JSON object that follows the "
        "schema exactly: every field, no others, and no text before or after it."
    ),
    Flaw.LENGTH: (
        "Your answer was cut off. Answer the question again, more briefly: notes of at most twelve words, quotes of "
        "at most twenty, as one JSON object that follows the schema exactly."
    ),
    Flaw.REFUSAL: (
        "This is an assessment of companies from their own public business facts; it concerns no private person. "
        "Answer the question as one JSON object that follows the schema exactly. Where the documents don't allow a "
        "judgement, say unknown or null."
    ),
}


def repaired(request: ChatRequest, response: Mapping[str, Any], unusable: Unusable) -> ChatRequest:
    """The request of the repair call; the same for the same flawed answer, so that the ledger knows it again.

    The flawed text is shown back only where it helps, and capped. A cut-off answer gets twice the room.
    """
    messages: list[Message] = []
    if unusable.flaw is Flaw.GARBAGE and response["content"].strip():
        messages.append({"role": "assistant", "content": response["content"][:MAX_SHOWN]})
    messages.append({"role": "user", "content": ASK[unusable.flaw].format(detail=unusable.detail[:500])})
    room = request.max_output_tokens * (2 if unusable.flaw is Flaw.LENGTH else 1)
    return request.continued(messages, max_output_tokens=room)
