"""The same questions asked by LangChain's `.abatch`, in a process of its own: prints the seconds it took."""

import asyncio
import sys
import time
from pathlib import Path
from typing import Any

import orjson
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from langchain_core.runnables import RunnableConfig
from langchain_openai import ChatOpenAI
from pydantic import SecretStr


async def ask(asked: dict[str, Any]) -> float:
    """Structured output by the same JSON schema, no retries, the same number in flight."""
    chat = ChatOpenAI(
        base_url=asked["base_url"], model=asked["model"], api_key=SecretStr("bench"), max_retries=0, timeout=120
    )
    answering = chat.with_structured_output({"title": "answer", **asked["schema"]}, method="json_schema")
    conversations: list[Any] = [[_message(one) for one in messages] for messages in asked["messages"]]
    await answering.abatch(conversations[:5])
    began = time.perf_counter()
    answers = await answering.abatch(conversations, RunnableConfig(max_concurrency=asked["concurrency"]))
    taken = time.perf_counter() - began
    if len(answers) != len(conversations):
        raise RuntimeError(f"{len(answers)} answers to {len(conversations)} questions")
    return taken


def _message(message: dict[str, str]) -> BaseMessage:
    kind = SystemMessage if message["role"] == "system" else HumanMessage
    return kind(content=message["content"])


if __name__ == "__main__":
    print(asyncio.run(ask(orjson.loads(Path(sys.argv[1]).read_bytes()))))
