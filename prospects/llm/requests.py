"""A chat request, and the dialects in which compatible servers take it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import orjson

from performance.jobs.calls import call_key
from prospects.llm import tokens
from prospects.llm.endpoints import OPENAI, EndpointConfig

Message = Mapping[str, str]
Format = Literal["json_schema", "json_object", "text"]
OutputLimit = Literal["max_completion_tokens", "max_tokens"]


@dataclass(frozen=True)
class ChatRequest:
    """One question with the JSON schema of its answer.

    `model` empty means the endpoint's; `parameters` go into the body as they are (temperature, reasoning_effort, …);
    `repeat` tells apart questions that are asked again on purpose. `ttl_s`: for how long another run's answer serves.
    `repair` is the template of the repair call ("" for the built-in one).
    """

    endpoint: EndpointConfig
    messages: Sequence[Message]
    schema_name: str
    schema: Mapping[str, Any]
    model: str = ""
    max_output_tokens: int = 1200
    ttl_s: int = 3600
    purpose: str = ""
    timeout_s: float = 0.0
    parameters: Mapping[str, Any] = field(default_factory=dict)
    repeat: int = 0
    repair: str = ""

    @property
    def model_name(self) -> str:
        return self.model or self.endpoint.model

    @property
    def deadline_s(self) -> float:
        return self.timeout_s or self.endpoint.timeout_s

    @cached_property
    def key(self) -> str:
        """The call's key in the ledger: the same for the same question, in whatever dialect it is asked."""
        return call_key(
            endpoint=self.endpoint.base_url,
            model=self.model_name,
            parameters={**self.parameters, "max_output_tokens": self.max_output_tokens},
            messages=self.messages,
            schema=self.schema,
            repeat=self.repeat,
        )

    @cached_property
    def input_tokens(self) -> int:
        """Estimated, the schema included: servers put it into the prompt."""
        return tokens.count_messages(self.messages) + len(orjson.dumps(self.schema)) // 3

    def continued(self, messages: Sequence[Message], *, max_output_tokens: int) -> "ChatRequest":
        """The same question with more said."""
        return replace(self, messages=[*self.messages, *messages], max_output_tokens=max_output_tokens)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a server wants the schema and the output limit."""

    format: Format = "json_schema"
    output_limit: OutputLimit = "max_completion_tokens"

    def body(self, request: ChatRequest) -> bytes:
        """The request's JSON. No tools, one answer, not streamed."""
        body: dict[str, Any] = {
            "model": request.model_name,
            "messages": self._messages(request),
            self.output_limit: request.max_output_tokens,
            **request.parameters,
        }
        if self.format == "json_schema":
            schema = {"name": request.schema_name, "strict": True, "schema": request.schema}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif self.format == "json_object":
            body["response_format"] = {"type": "json_object"}
        return orjson.dumps(body)

    def _messages(self, request: ChatRequest) -> Sequence[Message]:
        if self.format == "json_schema":
            return request.messages
        schema = orjson.dumps(request.schema).decode()
        rule = f"Answer with one JSON object and nothing else. It must follow this JSON schema:\n{schema}"
        first, *rest = request.messages
        if first["role"] == "system":
            return [{"role": "system", "content": f"{first['content']}\n\n{rule}"}, *rest]
        return [{"role": "system", "content": rule}, *request.messages]

    def after_refusal(self, message: str) -> "Dialect | None":
        """The dialect to try when a server answers 400 with this message; None when the dialect isn't to blame."""
        said = message.lower()
        if "max_tokens" in said or "max_completion_tokens" in said:
            other: OutputLimit = (
                "max_tokens" if self.output_limit == "max_completion_tokens" else "max_completion_tokens"
            )
            return replace(self, output_limit=other)
        if self.format != "text" and any(word in said for word in ("response_format", "schema", "json", "format")):
            return replace(self, format="json_object" if self.format == "json_schema" else "text")
        return None


def first_dialect(base_url: str, *, supports_schema: bool) -> Dialect:
    """What to begin with: OpenAI's newest for OpenAI, the older and wider known limit for others."""
    is_openai = base_url.startswith(OPENAI) or ".openai.azure.com" in base_url
    return Dialect(
        format="json_schema" if supports_schema else "json_object",
        output_limit="max_completion_tokens" if is_openai else "max_tokens",
    )
