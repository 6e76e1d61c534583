"""What the gateway needs of a transport, and how a call can break. The implementation is `openai_transport`."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast

from prospects.llm.endpoints import EndpointConfig


@dataclass(frozen=True, slots=True)
class RawReply:
    """An HTTP answer. `headers` by lower-case name."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class WireError(Exception):
    """There was no HTTP answer."""


class NotSent(WireError):
    """The request certainly never left: no connection was made."""


class Broken(WireError):
    """The request may have been received: a reset, a time-out or a cut-off reply after sending."""


class Transport(Protocol):
    async def post(self, body: bytes, *, timeout_s: float) -> RawReply:
        """Ask for a completion. Raises NotSent and Broken; any HTTP status is an answer."""

    async def close(self) -> None: ...


class TransportFactory(Protocol):
    def __call__(self, config: EndpointConfig) -> Transport: ...


def load_transport() -> TransportFactory:
    """The transport, imported on first use: the `openai` package takes 2 s of CPU and 50 MB to import.

    The workers that ask the LLM call this before they fork (`Kind.preload`); the web and the commands never need it.
    """
    return cast(TransportFactory, import_module("prospects.llm.openai_transport").OpenAITransport)
