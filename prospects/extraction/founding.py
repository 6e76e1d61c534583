"""When a company was founded: a year beside a word for it, a year since which it has worked. Pure."""

import re
from collections.abc import Iterator
from itertools import islice

from prospects.extraction.found import Found
from prospects.extraction.labels import label_before
from prospects.extraction.names import likeness
from prospects.extraction.reading import Reading
from prospects.extraction.sentences import before_in_sentence, sentence_end

_MOST = 200
_YEAR = re.compile(r"(?<![\d.,/+€$£-])(1[6-9]\d\d|20[0-2]\d)(?![\d,./€%]\d|\d)(?:年|년)?")
_FOUNDED = re.compile(
    r"\b(?:founded|established|est\.|incorporated|gegründet|gründung\w*|gegr\.|gründungsjahr|fondée?s?|créée?s?"
    r"|création|fundad[ao]s?|constituida|fundación|creada|fondat[ao]|nasce|nata|costituita|fondazione"
    r"|opgericht|oprichting\w*|gesticht|grundad\w*|grundat|grundades|startades|stiftet|grundlagt|etableret"
    r"|etablert|perustettu|založen\w*|vznik\w*|założon\w*|rok założenia|powstał\w*|fundação|kurul\w+|kuruluş\w*"
    r"|alapít\w*|started in|began in|nació|nace|born in|nasceu|surgiu|set up in|opened (?:its|our|their) doors"
    r"|(?:started|began)(?: out)? as\b[^.\n]{0,25} in)"
    r"|設立|創業|創立|成立|설립|창립",
)
# "In 1999, two teachers founded …": who began what, in a sentence that begins with its year.
_IN = re.compile(
    r"\s*(?:it (?:all )?(?:began|started) )?(?:in|im jahre?|en|en l['’]an|nel|em|i|år|in het jaar|w)\s*\Z", re.I
)
_BEGAN = re.compile(
    r"(?<!, )\b(?:founded|co-founded|established(?! as)|gründet\w*|gegründet|fond(?:e|ent|a|èrent|ait)"
    r"|crée(?:nt)?|cré(?:a|èrent)"
    r"|fund(?:ó|aron|ou|aram)|fond(?:ò|arono|ano)|richtte\w*|grundade|grundla\w+|perusti\w*|założy\w+|založi\w+)\b"
    r"|\b(?:started|launched|set up|opened)\s"
    r"(?:(?:the|our|this|their) (?:company|business|firm)\b|(?P<name>[^\W_]\w+))",
    re.IGNORECASE,
)
_SINCE = re.compile(
    r"\b(?:since|seit|depuis|desde|dal|sinds|siden|sedan|od roku|od|fra|from|vuodesta)\s+(?:the year\s+"
    r"|dem jahr\s+|el año\s+|l'an\s+|het jaar\s+)?\Z",
)
_NOT_FOUNDED = re.compile(
    r"\b(?:joined|member|partner of|director|leads?|guida|leitet|arbeitet|works?|leiter|führt|dirige|certifi\w+"
    r"|zertifiziert|iso|award\w*|ranked|rated|listed|recogni[sz]ed|accredited|approved|featured|named|sponsor\w*"
    r"|available|(?:ceo|president|manager|partner|geschäftsführer(?:in)?|chef\w*|owner))\b",
)
_UNDER = re.compile(rf"(?:{_FOUNDED.pattern})(?: (?:in|by|at)\b.*)?")
# A number's own label stands before its cell, or over it: "3 June", "昭和47年" are of the value.
_OWN_CELL = 24


def founded(reading: Reading) -> Iterator[Found]:
    """A year beside a word for founding; "since 1947" is less sure."""
    visible = reading.visible
    tried = (_YEAR.match(visible, start) for start, end in reading.numbers if end - start == 4)
    for match in islice(filter(None, tried), _MOST):
        if confidence := _founding(reading, match):
            yield Found("founded_year", match[1], confidence, "text", *match.span(1))


def _founding(reading: Reading, match: re.Match[str]) -> int:
    if reading.is_foreign(match.start()):
        return 0
    before = before_in_sentence(reading, match.start()).lower()
    if _FOUNDED.search(before[-45:]) or _is_labelled(reading, match.start(), before):
        return 88
    if _FOUNDED.search(_after(reading, match)):
        return 84
    if _IN.fullmatch(before) and _says_who_began(reading, match.end()):
        return 80
    if _SINCE.search(before) and not _NOT_FOUNDED.search(before):
        return 62
    return 0


def _is_labelled(reading: Reading, at: int, before: str) -> bool:
    if len(before) > _OWN_CELL:
        return False
    label = label_before(reading, at - len(before))
    return bool(_FOUNDED.search(label.lower()))


def _after(reading: Reading, match: re.Match[str]) -> str:
    """The rest of its sentence; of a year that has its line for itself, the line under it."""
    visible, end = reading.lower, match.end()
    if visible[end : end + 1] == "\n" and (match.start() == 0 or visible[match.start() - 1] == "\n"):
        under = visible[end + 1 : end + 40].lstrip("\n").partition("\n")[0]
        return under if _UNDER.fullmatch(under) else ""
    return visible[end : sentence_end(visible, end, 30)]


def _says_who_began(reading: Reading, at: int) -> bool:
    told = _BEGAN.search(reading.visible, at, sentence_end(reading.visible, at, 140))
    return told is not None and (not told["name"] or likeness(told["name"], reading.site) >= 0.6)
