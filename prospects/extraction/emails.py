"""E-mail addresses: as written, as links, and as people hide them from harvesters. Pure."""

import re
from collections.abc import Iterator
from itertools import chain, islice
from urllib.parse import unquote

from prospects.companies.normalise.domain import domain, is_shared
from prospects.companies.normalise.email import email
from prospects.extraction.found import Found
from prospects.extraction.reading import Leading, Reading, Said

# On a page; whoever writes more of them isn't a company telling its own.
_MOST = 300
# How sure an address at the site's own domain is.
_OWN = 95
_BEFORE = re.compile(r"[A-Za-z0-9_+&'%.-]{1,64}\Z")
_AFTER = re.compile(r"(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24}(?![A-Za-z0-9])")
_WORD_AFTER = re.compile(r"[A-Za-z0-9._+-]{1,64}")
_AT = re.compile(
    r"[\[({<][ \u00a0]?(?i:at|ät|@|arroba|arobase|chiocciola|chez|snabel-a|snabela|kukac|zavin[aá][cč]|ma[lł]pa"
    r"|apenstaartje)"
    r"[ \u00a0]?[\])}>][ \u00a0]?"
)
_AT_SIGNS = ("-at-", "*at*", "_at_", "\uff20")
_AT_SIGN = re.compile(r"(?:[-*](?i:at)[-*]|_(?i:at)_|\uff20)[ \u00a0]?")
_AT_WORD = re.compile(r" (?:at|AT|arroba) (?=[\w-]{2,60} ?(?:\[dot\]|\(dot\)|dot|DOT|punto|punkt) ?\w)")
_AT_WORDS = frozenset({"at", "arroba"})
_DOT_SIGN = re.compile("dot|punkt|punto")
_DOT = (
    r"(?:[ \u00a0]?[\[({<][ \u00a0]?(?:dot|\.|punkt|punto|point|ponto|pkt|piste|prick)[ \u00a0]?[\])}>][ \u00a0]?"
    r"|\.| (?:dot|DOT|punkt|punto|point) )"
)
_HIDDEN_HOST = re.compile(rf"[A-Za-z0-9-]{{1,63}}(?:{_DOT}[A-Za-z0-9-]{{2,63}}){{1,4}}", re.IGNORECASE)
_HIDDEN_DOT = re.compile(_DOT, re.IGNORECASE)
# Literals that a script puts together: 'info' + "@" + 'acme.com'.
_CHAIN = re.compile(r"""(?:'[^'\n]{0,300}'|"[^"\n]{0,300}")(?:\s?\+\s?(?:'[^'\n]{0,300}'|"[^"\n]{0,300}")){1,12}""")
_JOINT = re.compile(r"""['"]\s?\+\s?['"]""")
_PLACEHOLDERS = frozenset(
    """
    example.com example.org example.net domain.com yourdomain.com email.com mail.de company.com yourcompany.com
    sentry.io wixpress.com sentry.wixpress.com mysite.com website.com muster.de mustermann.de beispiel.de exemple.fr
    exemple.com ejemplo.com esempio.it test.com site.com mydomain.com godaddy.com
    """.split()  # noqa: SIM905 - a list of quotes would be longer
)
_FILES = ("png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "css", "js", "woff", "ico")
# Mail that the law of a country has companies keep, at whoever provides it.
_CERTIFIED = re.compile(r"(?:^|\.)(?:pec|legalmail|postacert|arubapec|pec-mail)(?:\.|$)|pec\.it$")


def emails(reading: Reading) -> Iterator[Found]:
    yield from _links(reading)
    yield from _written(reading)
    yield from _hidden(reading)
    yield from _concatenated(reading)


def found_email(reading: Reading, address: str, span: tuple[int, int], *, method: str = "text") -> Found | None:
    """The address as a value, unless it is a placeholder's or somebody else's."""
    whole = email(address)
    if whole is None:
        return None
    confidence = _confidence(reading, whole, span[0])
    return Found("email", whole, confidence, method, *span) if confidence else None


def _confidence(reading: Reading, address: str, at: int) -> int:
    """By whose domain it is at. Anybody's address stands beside what a page says of others."""
    local, _, host = address.rpartition("@")
    registered = domain(host) or host
    if host in _PLACEHOLDERS or registered in _PLACEHOLDERS or host.rpartition(".")[2] in _FILES:
        return 0
    if len(local) >= 24 and re.fullmatch(r"[0-9a-f]+", local):
        return 0
    if registered == reading.site:
        return _OWN
    if reading.is_foreign(at):
        return 0
    if is_shared(registered) or _CERTIFIED.search(host):
        return 75
    return 70 if _is_like(registered, reading.site) or not reading.site else 45


def _is_like(one: str, other: str) -> bool:
    """ "acme.de" and "acme-group.com" are of one house."""
    first, second = (name.partition(".")[0].replace("-", "") for name in (one, other))
    return len(first) >= 4 and len(second) >= 4 and (first.startswith(second) or second.startswith(first))


def _links(reading: Reading) -> Iterator[Found]:
    for link in reading.appendix.links:
        if link.href[:7].lower() == "mailto:":
            yield from _mailto(reading, link)


def _mailto(reading: Reading, link: Leading) -> Iterator[Found]:
    addresses = unquote(link.href[7:].partition("?")[0])
    for address in re.split(r"[,;]", addresses)[:10]:
        written = address.strip()
        place = reading.visible.find(written) if written else -1
        # Told of others where readers see it, it is theirs.
        at = place if place >= 0 else link.span[0]
        found = found_email(reading, written, link.span, method="link")
        if found and (found.confidence == _OWN or not reading.is_foreign(at)):
            yield found


def _written(reading: Reading) -> Iterator[Found]:
    visible, at = reading.visible, -1
    for _ in range(_MOST):
        at = visible.find("@", at + 1)
        if at < 0:
            return
        before = _BEFORE.search(visible, max(0, at - 64), at)
        if before is None:
            continue
        after = _AFTER.match(visible, at + 1, at + 256)
        start = before.start() + (before[0].startswith((".", "-", "'")) and 1)
        if after:
            found = found_email(reading, visible[start : after.end()], (start, after.end()))
        else:
            found = _backwards(reading, at)
        if found:
            yield found


def _backwards(reading: Reading, at: int) -> Found | None:
    """Letters in reverse, which a style sheet turns round: only as the site's own address can they be told."""
    before, after = _BEFORE.search(reading.visible, max(0, at - 200), at), _WORD_AFTER.match(reading.visible, at + 1)
    start = re.search(r"[A-Za-z0-9.-]{1,200}\Z", reading.visible[max(0, at - 200) : at])
    if not before or not after or not start:
        return None
    span = at - len(start[0]), after.end()
    address = email(reading.visible[span[0] : span[1]][::-1])
    is_own = address is not None and domain(address.rpartition("@")[2]) == reading.site
    return Found("email", address, 85, "text", *span) if address and is_own else None


def _hidden(reading: Reading) -> Iterator[Found]:
    visible = reading.visible
    worded = _AT_WORD.finditer(visible) if reading.words & _AT_WORDS and _DOT_SIGN.search(reading.lower) else ()
    bracketed = _AT.finditer(visible) if any(map(visible.__contains__, "[({<")) else ()
    may_be_signed = "at" in reading.words or "\uff20" in visible
    signed = _AT_SIGN.finditer(visible) if may_be_signed and any(map(reading.lower.__contains__, _AT_SIGNS)) else ()
    for sign in islice(chain(bracketed, worded, signed), _MOST):
        end = sign.start() - (visible[max(0, sign.start() - 1)] in " \u00a0")
        before = _BEFORE.search(visible, max(0, end - 64), end)
        after = _HIDDEN_HOST.match(visible, sign.end(), sign.end() + 256)
        if before and after:
            host = _HIDDEN_DOT.sub(".", after[0])
            span = before.start(), after.end()
            if found := found_email(reading, f"{before[0]}@{host}", span):
                yield Found("email", found.value, found.confidence - 5, "text", *span)


def _concatenated(reading: Reading) -> Iterator[Found]:
    for script in reading.appendix.inlines:
        for literals in _CHAIN.finditer(script.text):
            yield from _joined(reading, script, literals)


def _joined(reading: Reading, script: Said, literals: re.Match[str]) -> Iterator[Found]:
    whole = _JOINT.sub("", literals[0])
    at = whole.find("@")
    if at < 0:
        return
    before, after = _BEFORE.search(whole, max(0, at - 64), at), _AFTER.match(whole, at + 1)
    if before and after:
        span = script.start + literals.start(), script.start + literals.end()
        if found := found_email(reading, before[0] + "@" + after[0], span):
            yield Found("email", found.value, min(found.confidence, 85), "text", *span)
