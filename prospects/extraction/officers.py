"""People whom a label names: after "Geschäftsführer:", in the cell beside it, or in the lines under it. Pure."""

import re
from collections.abc import Iterator
from itertools import islice

from prospects.extraction.found import Found
from prospects.extraction.person_names import DEGREE, EASTERN, NAME, has_title, is_name
from prospects.extraction.reading import Reading, Said
from prospects.extraction.titles import LABEL, TITLE

_MOST = 8
_EASTERN_TITLE = re.compile(
    r"(?:代表取締役(?:社長|会長)?|取締役(?:社長|会長)?|社長|会長|(?:専務|常務)(?:取締役)?|監査役|執行役員)"
    r"[ \u3000]*"
)
AND = re.compile(r"\s*(?:,|;|/|&|\bund\b|\band\b|\bet\b|\by\b|\be\b|\ben\b|\bog\b|\boch\b|\bi\b|\ba\b)\s*")
# "Directeur de la publication : M. Delaunay, gérant": what he is, rather than what he answers for.
_OWN_TITLE = re.compile(rf",\s+((?=[^\W\d_])(?:{TITLE.pattern}))\s*\.?\Z", re.IGNORECASE)
_GAP = re.compile(r"[^:\n]{0,30}?(?::|\t|：)\s*|\s+(?=[^\W\d_])|\s*")
# What may stand before a label and belongs to it.
_BEFORE = re.compile(
    r"(?:.*[.:|·–]|\W*|(?:company|general|our|the|board of|sole|co-|der|die|unsere?|le|la)\s?)\s*", re.IGNORECASE
)
# Of one person there is one title; a list of several has its label over it.
_SEVERAL = re.compile(
    r"(?:directors|owners|founders|proprietors|vorst[äa]nde|zarz[ąa]d|representantes"
    r"|representants|vertreten durch|gesetzlich vertreten durch|役員)",
    re.IGNORECASE,
)
_HAS_COLON = re.compile(r"[^:：\n]{0,40}[:：]\s*\Z")


def officers(reading: Reading, number: int, place: int) -> Iterator[Found]:
    """Those whom the label at a place of a line names."""
    line = reading.lines[number]
    label = LABEL.match(reading.lower, line.start + place, line.end) if place <= 60 else None
    if label is None or (place and not _BEFORE.fullmatch(line.text, 0, place)):
        return
    end = label.end() - line.start
    gap = _GAP.match(line.text, end)
    at = gap.end() if gap else end
    title = _title(line.text[place:end], line.text[end:at])
    if at >= len(line.text) and number + 1 < len(reading.lines):
        yield from _under(reading, number, title)
    else:
        yield from _listed(line, at, title)


def _title(label: str, rest: str) -> str:
    """ "Vertreten durch die Geschäftsführung": what they are stands behind."""
    own = TITLE.search(rest) if label.lower().endswith("durch") else None
    return own[0] if own else label


def _listed(line: Said, at: int, title: str) -> Iterator[Found]:
    """Names from an offset of a line on, with what joins them."""
    for _ in range(_MOST):
        if eastern := _EASTERN_TITLE.match(line.text, at):
            title, at = eastern[0].strip(), eastern.end()
        name = NAME.match(line.text, at) or EASTERN.match(line.text, at)
        if name is None:
            return
        group = "name" if name.re is NAME else 0
        if group and not is_name(name[group]):
            return
        own = _OWN_TITLE.match(line.text, name.end())
        yield person(
            name[group], own[1] if own else title, line.start + name.start(group), line.start + name.end(group), 90
        )
        joint = None if own else AND.match(line.text, name.end())
        if joint is None or joint.end() == name.end():
            return
        at = joint.end()


def _under(reading: Reading, number: int, title: str) -> Iterator[Found]:
    """The lines that are names and nothing else, under a label that stands alone."""
    text = reading.lines[number].text
    is_list = bool(_HAS_COLON.fullmatch(text) or _SEVERAL.search(text))
    if not is_list and (number and _names(reading.lines[number - 1].text)):
        return
    for line in islice((reading.lines[n] for n in range(number + 1, len(reading.lines))), _MOST):
        if len(line.text) > 120 or not _names(line.text):
            return
        follows = reading.lines.at(line.start) + 1
        if not is_list and follows < len(reading.lines) and has_title(reading.lines[follows].text):
            return
        yield from _listed(line, 0, title)


def _names(text: str) -> bool:
    """Whether a line begins with a name, and goes on with further ones, degrees or not at all."""
    if _EASTERN_TITLE.match(text) or EASTERN.fullmatch(text):
        return True
    name = NAME.match(text)
    if name is None or not is_name(name["name"]):
        return False
    rest = DEGREE.sub("", text[name.end() :])
    joint = AND.match(rest)
    is_joined = joint is not None and joint.end() > 0 and NAME.match(rest, joint.end()) is not None
    return not rest.strip(" .") or is_joined or _OWN_TITLE.match(rest) is not None


def person(name: str, title: str, start: int, end: int, confidence: int) -> Found:
    value = " ".join(name.split())
    return Found("person", value, confidence, "text", start, end, extra={"title": title.strip()})
