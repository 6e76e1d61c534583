"""robots.txt as RFC 9309 has it. Pure."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from protego import Protego

RobotsCode: TypeAlias = Literal["read", "none", "denied", "broken"]

# RFC 9309, 2.5, asks for 500 KiB at least.
MOST_BYTES = 512 * 1024
MOST_DELAY_S = 30.0
MOST_SITEMAPS = 20
# How long it stands, in seconds; no longer than a day (2.4). A host that had trouble may be well in minutes.
KEPT_S: Mapping[str, float] = {"read": 86_400, "none": 86_400, "denied": 300, "broken": 60}
_FIELD = re.compile(r"\s*(user[- ]?agent|site-?maps?|[^:\s]{1,40})\s*[:\s]\s*(.*)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Robots:
    """What a host lets us read. `says` is a sentence; `body` is what `rules` came from."""

    code: RobotsCode
    says: str
    token: str
    body: bytes = b""
    sitemaps: tuple[str, ...] = ()
    delay_s: float = 0.0
    rules: Protego | None = field(default=None, repr=False, compare=False)

    @property
    def is_closed(self) -> bool:
        """Nothing may be read, since the host couldn't say what may."""
        return self.code in {"denied", "broken"}

    @property
    def is_cut(self) -> bool:
        """It is longer than what is looked at."""
        return len(self.body) >= MOST_BYTES

    def allows(self, url: str) -> bool:
        """Whether `url`, of the origin that this is of, may be read."""
        if self.is_closed:
            return False
        return self.rules is None or self.rules.can_fetch(url, self.token)


def answered(status: int, body: bytes, *, token: str) -> Robots:
    """What an answer to the question for robots.txt means (2.3.1)."""
    if 200 <= status < 300:
        return read(body, token=token)
    if status == 429 or status >= 500:
        return closed("denied", f"Its robots.txt can't be had (it answers {status}), so nothing of it is read.", token)
    return absent(token)


def read(body: bytes, *, token: str) -> Robots:
    """The rules for `token` in a robots.txt of which at most MOST_BYTES are looked at."""
    rules = Protego.parse("\n".join(_concerning(_text(body), token=token.lower())))
    delay_s = rules.crawl_delay(token) or 0.0
    return Robots(
        code="read",
        says=_told(delay_s),
        token=token,
        body=body[:MOST_BYTES],
        sitemaps=tuple(_sitemaps(rules)),
        delay_s=min(delay_s, MOST_DELAY_S),
        rules=rules,
    )


def absent(token: str) -> Robots:
    """There is none, so everything may be read."""
    return Robots(code="none", says="It has no robots.txt.", token=token)


def closed(code: Literal["denied", "broken"], says: str, token: str) -> Robots:
    """It is unreachable, so nothing may be read (2.3.1.4)."""
    return Robots(code=code, says=says, token=token)


def _text(body: bytes) -> str:
    if len(body) >= MOST_BYTES:
        # Half a line would mean something else than the whole.
        body = body[:MOST_BYTES].rpartition(b"\n")[0]
    return body.decode("utf-8-sig", "replace")


def _concerning(text: str, *, token: str) -> Iterator[str]:
    """The lines of the groups for us and for everybody, and the sitemaps.

    Protego gives each rule to each of its group's agents: twenty thousand of one and of the other, which is what fits
    in, would take it minutes.
    """
    is_ours = is_naming = False
    for line in text.splitlines():
        name, value = _parted(line)
        if name.startswith("user"):
            is_ours = (is_ours and is_naming) or _names(value, token)
            is_naming = True
            if _names(value, token):
                yield f"User-agent: {_product(value)}"
        elif name.startswith("site") or name == "host":
            yield line
        elif name:
            is_naming = False
            if is_ours:
                yield line


def _parted(line: str) -> tuple[str, str]:
    found = _FIELD.fullmatch(line.partition("#")[0].strip())
    return (found[1].lower(), found[2]) if found else ("", "")


def _names(value: str, token: str) -> bool:
    return _product(value) in {"*", token}


def _product(value: str) -> str:
    """ "AssayBot/1.0", "AssayBot (ours)" and "assaybot*" mean the same as "assaybot"."""
    name = value.replace("/", " ").partition(" ")[0].lower()
    return name if name == "*" else name.rstrip("*")


def _sitemaps(rules: Protego) -> Iterator[str]:
    for number, url in enumerate(rules.sitemaps):
        if number == MOST_SITEMAPS:
            return
        if len(url) <= 2000 and url.isprintable():
            yield url


def _told(delay_s: float) -> str:
    if not delay_s:
        return "Its robots.txt was read."
    obeyed = min(math.ceil(delay_s * 10) / 10, MOST_DELAY_S)
    return f"Its robots.txt asks for {delay_s:g} s between requests; {obeyed:g} s are left."
