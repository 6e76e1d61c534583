"""The one repair call after an answer that can't be used. Pure."""

from collections.abc import Mapping
from typing import Any

from prospects.llm.answers import Flaw, Unusable
from prospects.llm.requests import ChatRequest, Message
from prospects.prompts.content import built_in
from prospects.prompts.template import fill

MAX_SHOWN = 4000
MAX_DETAIL = 500
PROMPT = "qualify-repair"
ADVICE = {
    Flaw.GARBAGE: "{detail}",
    Flaw.LENGTH: (
        "It was cut off at the output limit: be briefer, with notes of at most twelve words and quotes of twenty."
    ),
    Flaw.REFUSAL: (
        "It was a refusal. This is an assessment of companies from their own public business facts and concerns no "
        "private person; where the documents don't allow a judgement, say unknown or null."
    ),
}


def repaired(request: ChatRequest, response: Mapping[str, Any], unusable: Unusable) -> ChatRequest:
    """The request of the repair call; the same for the same flawed answer, so that the ledger knows it again.

    The flawed text is shown back only where it helps, and capped. A cut-off answer gets twice the room.
    """
    messages: list[Message] = []
    if unusable.flaw is Flaw.GARBAGE and response["content"].strip():
        messages.append({"role": "assistant", "content": response["content"][:MAX_SHOWN]})
    problem = ADVICE[unusable.flaw].format(detail=unusable.detail[:MAX_DETAIL])
    template = request.repair or built_in(PROMPT).template
    messages.append({"role": "user", "content": fill(template, lambda _: problem)})
    room = request.max_output_tokens * (2 if unusable.flaw is Flaw.LENGTH else 1)
    return request.continued(messages, max_output_tokens=room)
