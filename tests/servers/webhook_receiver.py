"""A receiver of webhooks as its maker would write it from the specification (https://www.standardwebhooks.com).

It verifies by its own code, which knows nothing of ours: `verify` is checked against the published test vector. What it
answers is the test's to say; what it took is kept, and what it took twice is counted.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import orjson
from aiohttp import web

from tests.servers.local_site import Site, local_site

TOLERANCE_S = 5 * 60


class NotVerifiedError(Exception):
    """The message isn't from whom it says, or isn't fresh."""


def verify(secrets: Sequence[str], headers: Mapping[str, str], body: bytes, *, now: float | None = None) -> None:
    """Raises NotVerifiedError unless one of the signatures is made with one of the secrets (whsec_…)."""
    try:
        message_id, sent, given = (headers[f"webhook-{name}"] for name in ("id", "timestamp", "signature"))
    except KeyError as missing:
        raise NotVerifiedError(f"no header {missing}") from missing
    if not sent.isdecimal() or abs((time.time() if now is None else now) - int(sent)) > TOLERANCE_S:
        raise NotVerifiedError(f"sent at {sent}")
    signed = message_id.encode() + b"." + sent.encode() + b"." + body
    for secret in secrets:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        expected = hmac.new(key, signed, hashlib.sha256).digest()
        if any(hmac.compare_digest(expected, each) for each in _signatures(given)):
            return
    raise NotVerifiedError("no signature fits")


def _signatures(given: str) -> Iterator[bytes]:
    for each in given.split(" "):
        version, _, text = each.partition(",")
        if version == "v1":
            try:
                yield base64.b64decode(text, validate=True)
            except binascii.Error:
                continue


@dataclass(slots=True)
class Message:
    """A verified message as it arrived."""

    id: str
    type: str
    timestamp: str
    data: dict[str, object]
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Receiver:
    """`answer` is called, in a thread, with each verified message. What isn't verified gets 401; `refused` says why."""

    site: Site
    secrets: list[str] = field(default_factory=list)
    answer: Callable[[Message], web.Response] = lambda _: web.Response(status=204)
    messages: list[Message] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    path: str = "/hook"

    @property
    def url(self) -> str:
        return self.site.url(self.path)

    @property
    def taken(self) -> Counter[str]:
        """How often each message arrived."""
        return Counter(message.id for message in self.messages)

    async def receive(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            verify(self.secrets, headers, body)
        except NotVerifiedError as error:
            self.refused.append(str(error))
            return web.Response(status=401, text="not verified")
        told = orjson.loads(body)
        message = Message(headers["webhook-id"], told["type"], told["timestamp"], told["data"], headers, body)
        self.messages.append(message)
        return await asyncio.to_thread(self.answer, message)


@contextmanager
def webhook_receiver(*, host: str = "127.0.0.1") -> Iterator[Receiver]:
    with local_site(host=host) as site:
        receiver = Receiver(site)
        site.pages[receiver.path] = receiver.receive
        yield receiver
