"""A company's name and its legal name. Pure."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from prospects.companies.normalise.name import name_key
from prospects.companies.normalise.text import folded
from prospects.extraction.anchors import begun, places
from prospects.extraction.found import Found
from prospects.extraction.reading import Reading, Said

_MOST = 60
_FORM = (
    r"(?:GmbH(?: ?(?:&|und|u\.) ?Co\.? ?(?:KGaA|KG|OHG))?|gGmbH|mbH|AG(?: ?& ?Co\.? ?KG(?:aA)?)?"
    r"|SE(?: ?& ?Co\.? ?KGaA)?|UG(?: \(haftungsbeschränkt\))?(?: ?& ?Co\.? ?KG)?"
    r"|KGaA|KG|OHG|GbR|PartG(?: ?mbB)?|e\. ?K\.|e\. ?Kfr\.|e\. ?V\.|eG|e\.U\.|Sàrl|S\.à ?r\.l\.|"
    r"(?:Pty|Pvt|Pte|Private|Co|Sdn)\.?,? (?:Ltd|Limited|Bhd)\.?|Ltd\.?|LTD\.?|Limited|PLC|plc|LLP|LLC|L\.L\.C\."
    r"|Inc\.?|INC\.?|Incorporated|Corp\.?|Corporation|Ltée|Co\.(?!,? (?:Ltd|Limited|KG|Inc))|P\.C\.|PLLC|"
    r"B\.V\.|BV|N\.V\.|NV|V\.O\.F\.|VOF|BVBA|SRL|SPRL|S\.A\.R\.L\.?|SARL|EURL|SASU|SAS|S\.A\.S\.?|S\.A\.U\.|SAU"
    r"|S\.A\.|SA|SCOP|SNC|S\.L\.U\.?|SLU|S\.L\.L\.|S\.L\.|SL|S\.Coop\.|"
    r"S\.r\.l\.s?\.?|Srls?|S\.R\.L\.|S\.p\.A\.|SpA|S\.P\.A\.|S\.n\.c\.|S\.a\.s\.|Lda\.?|LDA|Ltda\.?|LTDA\.?|S/A"
    r"|EIRELI|S\.A\. de C\.V\.|"
    r"ApS|A/S|ASA|AS|AB|Aktiebolag|HB|Oyj|Oy|Ab|OÜ|UAB|SIA|s\. ?r\. ?o\.|a\. ?s\.|spol\. s r\. ?o\."
    r"|Sp\. ?z ?o\. ?o\.|sp\. z o\.o\.|S\.A\.|Sp\.j\.|d\.o\.o\.|d\.d\.|Kft\.?|Zrt\.?|Nyrt\.|Bt\.|"
    r"A\.Ş\.|Ltd\. Şti\.|OOO|EOOD|OOD|AD|S\.C\.)"
)
_ENDING = re.compile(rf"(?<=[ \u00a0,]){_FORM}(?![\w-]|\.\w)")
_PARTING = " \u00a0,"
# A legal form between brackets or after a comma is one, too; a sentence's own capitals aren't.
_WITHOUT = re.compile(rf"[\s,]+\(?{_FORM}\)?\s*\Z")
# How the forms begin, in lower case.
_FORM_WORDS = frozenset(
    """
    gmbh ggmbh mbh ag se ug kg kgaa ohg gbr partg eg sàrl pty pvt pte private sdn ltd limited plc llp llc inc
    incorporated corp corporation ltée pllc co bv nv vof bvba srl srls sprl sarl eurl sasu sas sau sa scop snc slu
    sl spa lda ltda eireli aps asa as ab aktiebolag hb oyj oy oü uab sia spol sp kft zrt nyrt bt ooo eood ood ad
    """.split()  # noqa: SIM905 - a list of quotes would be longer
)
_FORM_PARTS = {
    "e": ("e.k.", "e. k.", "e.kfr", "e.v.", "e. v.", "e.u."), "b": ("b.v.",), "n": ("n.v.",), "v": ("v.o.f.",),
    "s": ("s.à", "s.a", "s.l.", "s.r.l", "s.p.a", "s.n.c", "s/a", "s.r.o", "s. r", "s.c"),
    "a": ("a/s", "a.s.", "a. s.", "a.ş."), "d": ("d.o.o", "d.d."), "l": ("l.l.c",), "p": ("p.c.",),
}  # fmt: skip
_EASTERN = re.compile(
    r"(?:株式会社|有限会社|合同会社|（株）|㈱)[^\s、。，｜|（()）,・:：<>]{1,24}?(?=[\s、。，｜|（()）,・:：]|は"
    r"|が|の|を|\Z)"
    r"|[^\s、。，｜|（()）,：:]{1,24}(?:株式会社|有限会社|合同会社|有限公司|주식회사)|(?:주식회사"
    r"|㈜) ?[^\s、。，｜|(),]{1,24}"
)
_EASTERN_FORM = re.compile(r"株式会社|有限会社|合同会社|股份有限公司|有限公司|주식회사|（株）|㈱|㈜")
_A_YEAR = re.compile(r"(?:19|20)\d\d(?:[-–](?:19|20)?\d\d)?")
# In text turned round: to look for what ends somewhere is to try from everywhere.
_WORD_BEFORE = re.compile(r"[ \u00a0]{0,2},?[ \u00a0]{0,2}[^\s,;|•·–—©:(\"„“”«»]+")
_WORD_AFTER = re.compile(r"([^\s,]+)[\s\u00a0]+")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_SMALL = frozenset(
    """
    & + und u. and et e y i og och en of the de di du des da do van der den von zu zur la le les al für pour per
    """.split()  # noqa: SIM905 - a list of quotes would be longer
)
_LEADING = frozenset(
    """
    die der das bei by at willkommen welcome chez copyright about über contact is are by: with mit our unser unsere
    impressum imprint kontakt firma société sociedad azienda empresa bedrijf through durch from für for pour
    registered
    """.split()  # noqa: SIM905 - a list of quotes would be longer
)
_SEGMENTS = re.compile(r"\s+[|–—·•»:-]{1,2}\s+|\s*[｜|»]\s*|:\s")
_GENERIC = frozenset(
    """
    home homepage start startseite accueil inicio início strona glowna contact contacto contatti kontakt kontakta
    contato about us about impressum imprint team our team welcome willkommen bienvenue mentions legales uber uns
    over ons chi siamo om oss om os quem somos quienes somos sobre nosotros o nas a propos equipe equipo privacy
    datenschutz careers karriere news blog pricing products produkte services index legal notice aviso legal note
    legali kontaktujte 会社概要 ホーム お問い合わせ untitled page title
    """.split()  # noqa: SIM905 - a list of quotes would be longer
) | {
    "about us",
    "our team",
    "uber uns",
    "over ons",
    "chi siamo",
    "om oss",
    "om os",
    "quem somos",
    "o nas",
    "mentions legales",
    "contact us",
}
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright)\s*(?:(?:19|20)\d\d(?:\s?[-–]\s?(?:(?:19|20)\d\d|\w+))?)?,?\s*(?:by )?([^\n"
    r"|·•–\t.]{3,70})",
    re.I,
)


_PLAIN = str.maketrans({"ø": "o", "æ": "ae", "å": "a", "ł": "l", "đ": "d", "ı": "i"})
_DIGRAPHS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "æ": "ae", "å": "aa", "ł": "l", "đ": "d", "ı": "i"}
)


@lru_cache(maxsize=4096)
def without_form(name: str) -> str:
    """A name without its legal form: "Brightloop, Inc." → "Brightloop"."""
    if _EASTERN_FORM.search(name):
        return _EASTERN_FORM.sub("", name).strip() or name
    short = name
    for _ in range(2):
        short = _WITHOUT.sub("", short).rstrip(" ,")
    return short or name


@lru_cache(maxsize=4096)
def likeness(name: str, site: str) -> float:
    """How much of a site's label a name explains, 0-1: "Hollenbach Getriebebau" and hollenbach-getriebe.de are 0.9."""
    label = site.partition(".")[0].replace("-", "")
    return max((_likeness(spelt, label) for spelt in _spelt(name)), default=0.0) if label else 0.0


def _spelt(name: str) -> set[str]:
    """As names become addresses: "Møllebæk" is mollebaek or moellebaek, "Müller" muller or mueller."""
    lower = name.casefold()
    return {folded(lower.translate(_PLAIN)), folded(lower.translate(_DIGRAPHS))}


def _likeness(name: str, label: str) -> float:
    squashed = "".join(char for char in name if char.isalnum())
    if not squashed:
        return 0.0
    if label in squashed or squashed in label:
        return 0.7 + 0.3 * min(len(label), len(squashed)) / max(len(label), len(squashed))
    words = [word for word in re.findall(r"\w+", name) if len(word) > 1]
    if len(words) > 1 and "".join(word[0] for word in words).startswith(label[:4]) and len(label) <= 6:
        return 0.6
    told = sum(len(word) for word in words if len(word) >= 3 and word in label)
    shared = next((n for n in range(min(len(label), len(squashed)), 0, -1) if label[:n] == squashed[:n]), 0)
    return 0.9 * max(told, shared) / max(len(label), 4)


def names(reading: Reading, legal: Sequence[Found]) -> Iterator[Found]:
    """The name that a page gives its company in the places for that; at most one of each place."""
    site_name = reading.appendix.metas.get("og:site_name")
    if site_name and (name := site_name.text.strip()) and len(name) <= 100:
        yield _name(name, site_name.start + site_name.text.find(name), 90, "open_graph")
    if title := reading.appendix.title:
        yield from _titled(reading, title)
    for found in legal[:1]:
        bare = without_form(found.value)
        yield Found("name", bare, found.confidence - 12, "text", found.start, found.start + max(len(bare), 1))
    if asked := reading.asked.name:
        at = reading.visible.find(asked)
        if at >= 0:
            yield Found("name", asked, 85, "text", at, at + len(asked))
    yield from _copyright(reading)


def legal_names(reading: Reading) -> list[Found]:
    """The best first: nearest to the site's own name."""
    found = [*_western(reading), *_eastern(reading)]
    best: dict[str, Found] = {}
    for each in found:
        key = " ".join(folded(each.value).split())
        if key not in best or best[key].confidence < each.confidence:
            best[key] = each
    return sorted(best.values(), key=lambda each: -each.confidence)


def _western(reading: Reading) -> Iterator[Found]:
    end = 0
    for at in places(reading, _FORM_WORDS, begun(reading, _FORM_PARTS)):
        ending = _ENDING.match(reading.visible, at) if at >= end and reading.visible[at - 1] in _PARTING else None
        if ending is None:
            continue
        end = ending.end()
        start = _beginning(reading.visible, ending.start())
        if start is None:
            continue
        written = " ".join(reading.visible[start : ending.end()].split())
        if len(written) <= 120 and (confidence := _standing(reading, written, start)):
            yield Found("legal_name", written, confidence, "text", start, ending.end())


def _beginning(text: str, at: int) -> int | None:
    """Where the name ends whose legal form is at `at`: back over words with capitals, and small ones between them."""
    least = max(text.rfind("\n", 0, at) + 1, at - 110)
    before = text[least:at][::-1]
    start, first = at, None
    for _ in range(10):
        word = _WORD_BEFORE.match(before, at - start)
        if word is None:
            break
        plain = word[0][::-1].strip(" \u00a0,")
        if "," in word[0] and start != at:
            break
        if plain in _SMALL:
            start = at - word.end()
            continue
        if not (plain[:1].isupper() or plain[:1].isdigit() or plain[:1] in "&+") or (
            plain.endswith((".", "!", "?")) and len(plain) > 4
        ):
            break
        start = first = at - word.end()
    if first is None:
        return None
    while (word_after := _WORD_AFTER.match(text, first, at)) and (
        word_after[1].lower() in _LEADING or _A_YEAR.fullmatch(word_after[1])
    ):
        first = word_after.end()
    return first if first < at and _LETTERS.search(text, first, at) else None


def _standing(reading: Reading, written: str, start: int) -> int:
    like = likeness(without_form(written), reading.site)
    if reading.asked.name and name_key(written) == name_key(reading.asked.name):
        like = 1.0
    if like >= 0.5:
        return 92 if like >= 0.75 else 85
    return 0 if reading.is_foreign(start) else 60 if like >= 0.25 else 40


def _eastern(reading: Reading) -> Iterator[Found]:
    if reading.visible.isascii() or not _EASTERN_FORM.search(reading.visible):
        return
    for number, match in enumerate(_EASTERN.finditer(reading.visible)):
        if number >= _MOST:
            return
        if not reading.is_foreign(match.start()):
            yield Found("legal_name", match[0], 88 if number == 0 else 60, "text", *match.span())


def _titled(reading: Reading, title: Said) -> Iterator[Found]:
    """The part of the title that is most like the site's name; of a title that is like nothing, none."""
    at, best = 0, (0.0, "", 0)
    for gap in [*_SEGMENTS.finditer(title.text), None]:
        end = gap.start() if gap else len(title.text)
        part = title.text[at:end].strip(" ,-–|")
        if 2 <= len(part) <= 80 and folded(part) not in _GENERIC:
            best = max(
                best, (likeness(without_form(part), reading.site), part, title.start + title.text.find(part, at))
            )
        at = gap.end() if gap else end
    like, part, start = best
    if like >= 0.45:
        yield _name(part, start, 88 if like >= 0.75 else 80, "title")


def _copyright(reading: Reading) -> Iterator[Found]:
    for at in places(reading, frozenset({"copyright"}), ("©", "(c)"))[:5]:
        match = _COPYRIGHT.match(reading.visible, at)
        if match is None:
            continue
        written = match[1].strip(" ,-")
        if likeness(without_form(written), reading.site) >= 0.6 and len(written.split()) <= 6:
            yield _name(written, match.start(1) + match[1].find(written), 70, "text")


def _name(written: str, start: int, confidence: int, method: str) -> Found:
    bare = without_form(written)
    return Found("name", bare, confidence, method, start, start + len(bare))
