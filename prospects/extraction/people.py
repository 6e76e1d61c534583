"""People with their titles: cards, lists, tables, imprints, and sentences that name them. Pure."""

import re
from collections.abc import Iterator, Sequence

from prospects.extraction.anchors import places
from prospects.extraction.found import Found
from prospects.extraction.names import likeness
from prospects.extraction.officers import AND, officers, person
from prospects.extraction.person_names import DEGREE, NAME, SMALL_WORDS, UPPER, has_title, is_name
from prospects.extraction.reading import Reading, Said
from prospects.extraction.titles import LABEL_WORDS, NOT_TITLE, TITLE, TITLE_ENDINGS, TITLE_WORDS

_MOST = 200
_LONGEST_LINE = 160
_LONGEST_TITLE = 80
_GAP = re.compile(r"\s*(?:[,–—|·:(/\t]|\s-|-\s)\s*")
_END = re.compile(r"\t|\s[|·•]\s|[;)]|\s+(?:tel|phone|e-?mail|t:|m:)\b|[\w.+-]+@|\+?\d[\d ]{6}", re.IGNORECASE)
_WORD = re.compile(r"\w\w*")
_LAST_LETTERS = frozenset(ending[-4:] for ending in TITLE_ENDINGS)
_FOUNDED_WORDS = frozenset(
    """
    founded established started gegründet fondé fondée fondés créé créée fondata fondato fundada fundado opgericht
    grundad grundades grundat grundlagt založen založena założona założony
    """.split()  # noqa: SIM905 - a list of quotes would be longer
)
_SENTENCE_WORDS = frozenset(
    """
    direttore amministratore managing chief ceo geschäftsführer geschäftsführerin directeur director directora
    gérant toimitusjohtaja vd founder owner president principal
    """.split()  # noqa: SIM905 - a list of quotes would be longer
)
_LABEL_PARTS = ("geschäftsf", "geschaftsf", "vertretungsb")
_EASTERN_LABELS = ("代表", "役員", "取締役", "監査役", "대표", "法定")
_NAME_BEFORE = re.compile(rf"(?:{NAME.pattern}), \Z")
_SENTENCE_TITLE = re.compile(r"[^,.;:\n”\"»]{2,80}")
_FOUNDED_BY = re.compile(
    r"\b(?:founded|established|started|gegründet|fondée?|créée?|fondat[ao]|fundad[ao]|opgericht|grundad|grundlagt"
    r"|założon\w|založen\w)\b[^.\n]{0,40}?\b(?:by|von|durch|par|da|por|door|av|af|przez)\s+",
    re.IGNORECASE,
)
_IN_SENTENCE = re.compile(
    r"\b(?:direttore generale|amministratore delegato|managing director|chief executive(?: officer)?|ceo"
    r"|geschäftsführer(?:in)?|directeur général|directora? general|gérant|toimitusjohtaja|vd"
    r"|(?:(?<=our )|(?<=our co-))(?:founder|owner|president|principal)(?: (?:and|&) [^\W\d_]+)?)\b,?\s+",
    re.IGNORECASE,
)


def people(reading: Reading) -> Iterator[Found]:
    for number, found in enumerate(_all(reading)):
        if number >= _MOST:
            return
        yield found


def _all(reading: Reading) -> Iterator[Found]:
    labels: dict[int, list[int]] = {}
    parts = _LABEL_PARTS if reading.visible.isascii() else (*_LABEL_PARTS, *_EASTERN_LABELS)
    for at in places(reading, LABEL_WORDS, parts):
        labels.setdefault(reading.lines.at(at), []).append(at)
    titled = _titled(reading)
    for number in sorted(titled.union([number - 1 for number in titled if number], labels)):
        text = reading.lines.texts[number]
        if len(text) <= _LONGEST_LINE and (number in labels or _may_begin(text)):
            yield from _in_line(reading, number, reading.lines[number], labels.get(number, ()))
    yield from _in_sentences(reading)
    for pattern, title, words in ((_FOUNDED_BY, "Founder", _FOUNDED_WORDS), (_IN_SENTENCE, "", _SENTENCE_WORDS)):
        for match in filter(None, (pattern.match(reading.visible, at) for at in places(reading, words))):
            if not reading.is_foreign(match.start()):
                yield from _named(reading, match.end(), title or match[0].strip(" ,"), 3 if title else 1)


def _named(reading: Reading, at: int, title: str, most: int) -> Iterator[Found]:
    """One name at an offset of a sentence, or several: "founded by Jane Doe and John Doe"."""
    for _ in range(most):
        name = NAME.match(reading.visible, at, at + 80)
        if name is None or not is_name(name["name"]):
            return
        yield person(name["name"], title, name.start("name"), name.end("name"), 78)
        joint = AND.match(reading.visible, name.end())
        if joint is None or joint.end() == name.end():
            return
        at = joint.end()


def _titled(reading: Reading) -> set[int]:
    """The lines in which a title may stand: without one on its line, or on the next, a name is nobody's."""
    wanted = reading.words & TITLE_WORDS
    wanted |= {word for word in reading.words if word[-4:] in _LAST_LETTERS and word.endswith(TITLE_ENDINGS)}
    # In lower case it is two characters, which part a word.
    if "İ" in reading.lower:
        wanted |= {"İ"}
    lines = set()
    for word in wanted:
        at = reading.lower.find(word)
        while at >= 0:
            number = reading.lines.at(at)
            lines.add(number)
            at = reading.lower.find(word, max(at + 1, reading.lines[number].end))
    return lines


def _may_begin(line: str) -> bool:
    """Whether a name may stand at its beginning: seen before the pattern is tried."""
    first, *more = line.split(None, 2)[:2] or [""]
    return bool(more) and first[:1].isupper() and (more[0][:1].isupper() or first[-1:] == "." or more[0] in SMALL_WORDS)


def _in_sentences(reading: Reading) -> Iterator[Found]:
    """ "…", said Jane Doe, CEO of Acme: looked for where the site's own name stands."""
    label = reading.site.partition(".")[0]
    for at in places(reading, frozenset(), (label,)) if len(label) >= 4 else ():
        before = reading.visible[max(0, at - 160) : at]
        for comma in list(re.finditer(r", ", before))[-3:]:
            written = _SENTENCE_TITLE.match(reading.visible, at - len(before) + comma.end())
            if not written or not has_title(written[0]) or not _is_of_house(reading, written[0]):
                continue
            name = _NAME_BEFORE.search(before[max(0, comma.end() - 70) : comma.end()])
            if name and is_name(name["name"]):
                start = at - len(before) + max(0, comma.end() - 70) + name.start("name")
                if not reading.is_foreign(start):
                    yield person(name["name"], written[0].strip(), start, start + len(name["name"]), 74)


def _is_of_house(reading: Reading, title: str) -> bool:
    """ "CEO of Tidewise" on Tidewise's site; whoever doesn't say of what is somebody else's as well as its own."""
    of = re.search(r"\b(?:of|at|von|bei|chez|de|di|da|van|på|hos)\s+(?P<house>[^\s].*)\Z", title)
    return of is not None and likeness(of["house"], reading.site) >= 0.6


def _in_line(reading: Reading, number: int, line: Said, labels: Sequence[int]) -> Iterator[Found]:
    labelled = [found for at in labels[:1] for found in officers(reading, number, at - line.start)]
    if labelled and not reading.is_foreign(line.start):
        yield from labelled
    name = NAME.match(line.text) if not labelled and _may_begin(line.text) else None
    if name is None or reading.is_foreign(line.start):
        return
    name = _before_title(name)
    if not is_name(name["name"]):
        return
    rest = DEGREE.sub("", line.text[name.end() :])
    if not rest.strip():
        yield from _titled_below(reading, number, line, name)
    else:
        gap = _GAP.match(rest)
        title = _clean(rest[gap.end() :] if gap else rest) if gap or _begins_title(rest) else ""
        if title and not _has_company(title):
            yield person(name["name"], title, line.start + name.start("name"), line.start + name.end("name"), 86)


def _before_title(name: re.Match[str]) -> re.Match[str]:
    """ "Hélène Roussillon Gérante": the name ends where the title begins."""
    if not has_title(name[0]):
        return name
    for gap in re.finditer(r"[ \u00a0]", name[0]):
        if gap.start() > name.start("name") - name.start() and TITLE.match(name[0], gap.end()):
            return NAME.match(name.string, name.start(), name.start() + gap.start()) or name
    return name


def _begins_title(rest: str) -> bool:
    return has_title(rest.split(",", 1)[0][:40]) and bool(TITLE.match(rest.lstrip()))


def _titled_below(reading: Reading, number: int, line: Said, name: re.Match[str]) -> Iterator[Found]:
    """A name that has its line for itself, and its title under or, more rarely, over it."""
    below = reading.lines[number + 1].text if number + 1 < len(reading.lines) else ""
    title = _clean(below) if len(below) <= 120 else ""
    if title and not _has_company(title):
        yield person(name["name"], title, line.start + name.start("name"), line.start + name.end("name"), 88)


def _clean(written: str) -> str:
    """A title up to what follows it; "" for what is none."""
    text = _END.split(written, maxsplit=1)[0].strip(" ,.–-:(\u00a0")
    if not text or len(text) > _LONGEST_TITLE or NOT_TITLE.search(text) or len(text.split()) > 9:
        return ""
    return text if has_title(text) else ""


def _has_company(title: str) -> bool:
    """ "Operations Director, Garnet Foods": somebody of another house, quoted."""
    first, comma, last = title.partition(", ")
    return bool(comma) and has_title(first) and not has_title(last) and bool(re.match(rf"[{UPPER}]\w+", last))
