"""People with their titles: cards, lists, tables, imprints, and sentences that name them. Pure."""

import re
from collections.abc import Iterator, Sequence

from prospects.extraction.anchors import places
from prospects.extraction.found import Found
from prospects.extraction.names import likeness
from prospects.extraction.reading import Reading, Said
from prospects.extraction.titles import LABEL, LABEL_WORDS, NOT_TITLE, TITLE, TITLE_ENDINGS, TITLE_WORDS

_MOST = 200
_LONGEST_LINE = 160
_LONGEST_TITLE = 80
_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĴĶĹĻĽĿŁŃŅŇŊŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽȘȚ"
_DEGREES = r"(?:LL|MBA|MSc|BSc|PhD|CPA|CFA|Esq|Jr|RIBA|FCA|ACA|MD)\b"
_PART = rf"(?!{_DEGREES})(?:[{_UPPER}]['’])?[{_UPPER}][^\W\d_]+(?:[-'’][{_UPPER}]?[^\W\d_]+)*"
_SMALL = r"(?:van|von|vom|zu|der|den|de|del|della|di|da|do|dos|das|du|la|le|ten|ter|af|bin|ibn|al|el|y|e)"
_SMALL_WORDS = frozenset(_SMALL[3:-1].split("|"))
_HONOUR = (
    r"(?:(?:Prof|Dr|Ing|Mag|Dipl|M|Mr|Mrs|Ms|Mme|Mlle|Herr|Frau|Dott|Dott\.ssa|Sig|Sr|Sra|Dame|Sir|Lic|Avv|Arch|Don"
    r"|mgr|inż|dr|ing|Mgr|Bc|Ir|drs|mr|ir)\.?(?:[- ]?(?:Ing|Phil|med|jur|h\.c|rer|nat|oec|Inf|Kfm|Wirt)\.?){0,3}"
    r"(?:[ -](?:\((?:FH|TH|Univ)\.?\)))?[ \u00a0]+){0,3}"
)
_INITIALS = rf"(?:[{_UPPER}]\.[ \u00a0]?)"
NAME = re.compile(
    rf"{_HONOUR}(?P<name>{_INITIALS}{{0,2}}{_PART}(?:[ \u00a0]{_INITIALS}{{1,2}})?"
    rf"(?:[ \u00a0](?:{_SMALL}[ \u00a0]){{0,2}}{_PART}){{1,3}}|{_PART}[ \u00a0]{_INITIALS}{{1,2}}{_PART})"
)
_EASTERN = re.compile(r"[\u4e00-\u9fff々]{1,4}[ \u3000][\u4e00-\u9fff\u3040-\u30ff々]{1,4}|[\uac00-\ud7a3]{2,4}")
_EASTERN_TITLE = re.compile(r"(?:代表取締役(?:社長)?|社長|取締役)[ \u3000]*")
_NO_NAMES = frozenset(
    """
    our team the about us contact meet leadership management board directors company group home services products
    news read more learn view profile privacy policy terms conditions cookie cookies rights reserved all customer
    support sales marketing office head quarters headquarters opening hours monday tuesday wednesday thursday friday
    saturday sunday january february march april may june july august september october november december street
    road avenue lane suite floor united kingdom states new york san los santa north south east west city county
    university college school institute gmbh ag ltd limited inc llc corp srl spa sarl unser unsere uns über kontakt
    impressum datenschutz amtsgericht registergericht straße strasse platz deutschland schweiz österreich notre
    équipe nous mentions légales nuestro equipo chi siamo quem somos over ons zarządu vice president chief executive
    officer managing director manager founder partner email e-mail telefon phone linkedin twitter facebook instagram
    follow connect senior junior human resources finance operations business development engineering design research
    data project account general counsel technology product people talent human your free book call get download
    sign log request demo social media press investor relations annual report case study studies work studio gallery
    shop cart menu search language english deutsch français español
    """.split()  # noqa: SIM905 - a list of quotes would be longer
)
# What stands behind names and belongs to them.
_DEGREE = re.compile(
    r"\A,? ?(?:LL\.? ?M\.?|MBA|M\.?Sc\.?|B\.?Sc\.?|Ph\.?D\.?|CPA|CFA|Esq\.?|Jr\.?|Sr\.?|III?|RIBA|FCA|ACA|MD"
    r"|P\.?E\.?)(?=[\s,–-]|\Z)"
)
_GAP = re.compile(r"\s*(?:[,–—|·:(/\t]|\s-|-\s)\s*")
_END = re.compile(r"\t|\s[|·•]\s|[;)]|\s+(?:tel|phone|e-?mail|t:|m:)\b|[\w.+-]+@|\+?\d[\d ]{6}", re.IGNORECASE)
_AND = re.compile(r"\s*(?:,|;|/|&|\bund\b|\band\b|\bet\b|\by\b|\be\b|\ben\b|\bog\b|\boch\b|\bi\b|\ba\b)\s*")
_WORD = re.compile(r"\w\w*")
_LAST_LETTERS = frozenset(ending[-3:] for ending in TITLE_ENDINGS)
_FOUNDED_WORDS = frozenset(
    """
    founded established started gegründet fondé fondée fondés créé créée fondata fondato fundada fundado opgericht
    grundad grundades grundat grundlagt založen založena założona założony
    """.split()  # noqa: SIM905 - a list of quotes would be longer
)
_SENTENCE_WORDS = frozenset(
    """
    direttore amministratore managing chief ceo geschäftsführer geschäftsführerin directeur director directora
    gérant toimitusjohtaja vd
    """.split()  # noqa: SIM905 - a list of quotes would be longer
)
_NAME_BEFORE = re.compile(rf"(?:{NAME.pattern}), \Z")
_SENTENCE_TITLE = re.compile(r"[^,.;:\n”\"»]{2,80}")
# "Directeur de la publication : M. Delaunay, gérant": what he is, rather than what he answers for.
_OWN_TITLE = re.compile(rf",\s+((?=[^\W\d_])(?:{TITLE.pattern}))\s*\.?\Z", re.IGNORECASE)
_FOUNDED_BY = re.compile(
    r"\b(?:founded|established|started|gegründet|fondée?|créée?|fondat[ao]|fundad[ao]|opgericht|grundad|grundlagt"
    r"|założon\w|založen\w)\b[^.\n]{0,40}?\b(?:by|von|durch|par|da|por|door|av|af|przez)\s+",
    re.IGNORECASE,
)
_IN_SENTENCE = re.compile(
    r"\b(?:direttore generale|amministratore delegato|managing director|chief executive(?: officer)?|ceo"
    r"|geschäftsführer(?:in)?|directeur général|directora? general|gérant|toimitusjohtaja|vd)\b,?\s+",
    re.IGNORECASE,
)


def people(reading: Reading) -> Iterator[Found]:
    for number, found in enumerate(_all(reading)):
        if number >= _MOST:
            return
        yield found


def bare_name(written: str) -> str:
    """A person's name without academic and other titles; "" for what is none."""
    text = " ".join(written.split())
    match = NAME.fullmatch(text)
    if match and _is_name(match["name"]):
        return match["name"]
    return text if _EASTERN.fullmatch(text) else ""


def _all(reading: Reading) -> Iterator[Found]:
    labels: dict[int, list[int]] = {}
    for at in places(reading, LABEL_WORDS, ("geschäftsf", "geschaftsf", "vertretungsb", "代表", "대표", "法定")):
        labels.setdefault(reading.lines.at(at), []).append(at)
    titled = _titled(reading)
    for number in sorted(titled.union([number - 1 for number in titled if number], labels)):
        line = reading.lines[number]
        if len(line.text) <= _LONGEST_LINE and (number in labels or line.text[0].isupper()):
            yield from _in_line(reading, number, line, labels.get(number, ()))
    yield from _in_sentences(reading)
    for pattern, title, words in ((_FOUNDED_BY, "Founder", _FOUNDED_WORDS), (_IN_SENTENCE, "", _SENTENCE_WORDS)):
        for match in filter(None, (pattern.match(reading.visible, at) for at in places(reading, words))):
            name = NAME.match(reading.visible, match.end(), match.end() + 80)
            if name and _is_name(name["name"]) and not reading.is_foreign(match.start()):
                yield _person(name["name"], title or match[0].strip(" ,"), name.start("name"), name.end("name"), 78)


def _titled(reading: Reading) -> set[int]:
    """The lines in which a title may stand: without one on its line, or on the next, a name is nobody's."""
    wanted = reading.words & TITLE_WORDS
    wanted |= {word for word in reading.words if word[-3:] in _LAST_LETTERS and word.endswith(TITLE_ENDINGS)}
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
    return (
        bool(more) and first[:1].isupper() and (more[0][:1].isupper() or first[-1:] == "." or more[0] in _SMALL_WORDS)
    )


def _in_sentences(reading: Reading) -> Iterator[Found]:
    """ "…", said Jane Doe, CEO of Acme: looked for where the site's own name stands."""
    label = reading.site.partition(".")[0]
    for at in places(reading, frozenset(), (label,)) if len(label) >= 4 else ():
        before = reading.visible[max(0, at - 160) : at]
        for comma in list(re.finditer(r", ", before))[-3:]:
            written = _SENTENCE_TITLE.match(reading.visible, at - len(before) + comma.end())
            if not written or not _has_title(written[0]) or not _is_of_house(reading, written[0]):
                continue
            name = _NAME_BEFORE.search(before[max(0, comma.end() - 70) : comma.end()])
            if name and _is_name(name["name"]):
                start = at - len(before) + max(0, comma.end() - 70) + name.start("name")
                if not reading.is_foreign(start):
                    yield _person(name["name"], written[0].strip(), start, start + len(name["name"]), 74)


def _is_of_house(reading: Reading, title: str) -> bool:
    """ "CEO of Tidewise" on Tidewise's site; whoever doesn't say of what is somebody else's as well as its own."""
    of = re.search(r"\b(?:of|at|von|bei|chez|de|di|da|van|på|hos)\s+(?P<house>[^\s].*)\Z", title)
    return of is not None and likeness(of["house"], reading.site) >= 0.6


def _in_line(reading: Reading, number: int, line: Said, labels: Sequence[int]) -> Iterator[Found]:
    labelled = [found for at in labels[:1] for found in _labelled(reading, line, at - line.start)]
    if labelled and not reading.is_foreign(line.start):
        yield from labelled
    name = NAME.match(line.text) if not labelled and _may_begin(line.text) else None
    if name is None or reading.is_foreign(line.start):
        return
    name = _before_title(name)
    if not _is_name(name["name"]):
        return
    rest = _DEGREE.sub("", line.text[name.end() :])
    if not rest.strip():
        yield from _titled_below(reading, number, line, name)
    else:
        gap = _GAP.match(rest)
        title = _clean(rest[gap.end() :] if gap else rest) if gap or _begins_title(rest) else ""
        if title and not _has_company(title):
            yield _person(name["name"], title, line.start + name.start("name"), line.start + name.end("name"), 86)


def _before_title(name: re.Match[str]) -> re.Match[str]:
    """ "Hélène Roussillon Gérante": the name ends where the title begins."""
    if not _has_title(name[0]):
        return name
    for gap in re.finditer(r"[ \u00a0]", name[0]):
        if gap.start() > name.start("name") - name.start() and TITLE.match(name[0], gap.end()):
            return NAME.match(name.string, name.start(), name.start() + gap.start()) or name
    return name


def _begins_title(rest: str) -> bool:
    return _has_title(rest.split(",", 1)[0][:40]) and bool(TITLE.match(rest.lstrip()))


def _titled_below(reading: Reading, number: int, line: Said, name: re.Match[str]) -> Iterator[Found]:
    """A name that has its line for itself, and its title under or, more rarely, over it."""
    below = reading.lines[number + 1].text if number + 1 < len(reading.lines) else ""
    title = _clean(below) if len(below) <= 120 else ""
    if title and not _has_company(title):
        yield _person(name["name"], title, line.start + name.start("name"), line.start + name.end("name"), 88)


def _labelled(reading: Reading, line: Said, place: int) -> Iterator[Found]:
    """ "Geschäftsführer: Jane Doe, John Doe"; in a table the label is the cell before."""
    label = LABEL.match(line.text, place) if place <= 60 else None
    if label is None:
        return
    at = label.end()
    colon = re.match(r"[^:\n]{0,30}?(?::|\t|：)\s*|\s+(?=[^\W\d_])|\s*", line.text[at:])
    at += colon.end() if colon else 0
    if (
        label.start() > 0
        and line.text[: label.start()].strip(" \t.–-")
        and not line.text[: label.start()].rstrip().endswith((".", ":", "|", "·", "–"))
    ):
        return
    title = label[0]
    for _ in range(8):
        eastern = _EASTERN_TITLE.match(line.text, at)
        if eastern:
            title, at = eastern[0].strip(), eastern.end()
        name = NAME.match(line.text, at) or _EASTERN.match(line.text, at)
        if name is None:
            return
        group = "name" if name.re is NAME else 0
        if group and not _is_name(name[group]):
            return
        own = _OWN_TITLE.match(line.text, name.end())
        yield _person(
            name[group], own[1] if own else title, line.start + name.start(group), line.start + name.end(group), 90
        )
        if own:
            return
        joint = _AND.match(line.text, name.end())
        if joint is None or joint.end() == name.end():
            return
        at = joint.end()


def _clean(written: str) -> str:
    """A title up to what follows it; "" for what is none."""
    text = _END.split(written, maxsplit=1)[0].strip(" ,.–-:(\u00a0")
    if not text or len(text) > _LONGEST_TITLE or NOT_TITLE.search(text) or len(text.split()) > 9:
        return ""
    return text if _has_title(text) else ""


def _has_title(text: str) -> bool:
    """Asked before the pattern with all titles: whether there is a word that any of them has."""
    words = _WORD.findall(text.lower())
    return any(word in TITLE_WORDS or word.endswith(TITLE_ENDINGS) for word in words) and bool(TITLE.search(text))


def _has_company(title: str) -> bool:
    """ "Operations Director, Garnet Foods": somebody of another house, quoted."""
    first, comma, last = title.partition(", ")
    return bool(comma) and _has_title(first) and not _has_title(last) and bool(re.match(rf"[{_UPPER}]\w+", last))


def _is_name(name: str) -> bool:
    words = [word.lower().strip(".") for word in name.replace("-", " ").split()]
    return (
        not any(word in _NO_NAMES for word in words)
        and not TITLE.fullmatch(name)
        and not TITLE.search(words[-1])
        and len(name) <= 60
    )


def _person(name: str, title: str, start: int, end: int, confidence: int) -> Found:
    value = " ".join(name.split())
    return Found("person", value, confidence, "text", start, end, extra={"title": title.strip()})
