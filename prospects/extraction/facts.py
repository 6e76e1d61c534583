"""Years, heads and money: when a company was founded, how many work there, what it turns over and has raised. Pure."""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator
from itertools import islice

from prospects.extraction.anchors import places, windows
from prospects.extraction.found import Found
from prospects.extraction.labels import label_before
from prospects.extraction.reading import Reading

_MOST = 200
_YEAR = re.compile(r"(?<![\d.,/+€$£-])(1[6-9]\d\d|20[0-2]\d)(?![\d,./€%]\d|\d)(?:年|년)?")
_FOUNDED = re.compile(
    r"\b(?:founded|established|est\.|incorporated|gegründet|gründung\w*|gegr\.|gründungsjahr|fondée?s?|créée?s?"
    r"|création|fundad[ao]s?|constituida|fundación|creada|fondat[ao]|nasce|nata|costituita|fondazione"
    r"|opgericht|oprichting\w*|gesticht|grundad\w*|grundat|grundades|startades|stiftet|grundlagt|etableret"
    r"|etablert|perustettu|založen\w*|vznik\w*|założon\w*|rok założenia|powstał\w*|fundação|kurul\w+|kuruluş\w*"
    r"|alapít\w*|started in|began in|nació|nace|born in)"
    r"|設立|創業|創立|成立|설립|창립",
    re.IGNORECASE,
)
_SINCE = re.compile(
    r"\b(?:since|seit|depuis|desde|dal|sinds|siden|sedan|od roku|od|fra|from|vuodesta)\s+(?:the year\s+"
    r"|dem jahr\s+|el año\s+|l'an\s+|het jaar\s+)?\Z",
    re.IGNORECASE,
)
_NOT_FOUNDED = re.compile(
    r"\b(?:joined|member|partner of|director|leads?|guida|leitet|arbeitet|works?|leiter|führt|dirige|certifi\w+"
    r"|iso|award\w*)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.!?;\n\t](?:\s|\Z|(?<=[\n\t]))")
_SENTENCE_END = re.compile(r"[.!?\n](?:(?<=\n)|\s|\Z)")
_HEADS = re.compile(
    r"(?<![\d.,€$£+-])(?P<number>\d{1,3}(?:[.,' \u00a0\u202f]\d{3})+(?!\d)"
    r"|\d{1,6})(?:\s?[-–]\s?(?P<most>\d{1,6}))?(?P<plus>\s?\+)?"
    r"(?:\s+(?:[^\W\d_]+[ -]){0,2}?(?P<word>employees|staff(?: members)?|team members|colleagues|mitarbeiter\w*"
    r"|mitarbeitende\w*|beschäftigte\w*|angestellte\w*|collaborateurs|salariés|employés|empleados|trabajadores"
    r"|personas"
    r"|dipendenti|collaboratori|addetti|medewerkers|werknemers|anställda|medarbetare|ansatte|medarbejdere"
    r"|pracowników|osób|zaměstnanců|työntekijää|henkilöä|funcionários|colaboradores|çalışan\w*|people|persons"
    r"|personnes|alkalmazott\w*)\b|\s?(?P<eastern>名|人|명))",
    re.IGNORECASE,
)
_EMPLOY = re.compile(
    r"\b(?:employ\w*|team of|staff|workforce|we are|plantilla|équipe de|equipo de|team von|zatrudnia\w*"
    r"|equipe de)\b[^.\n]{0,25}\Z",
    re.IGNORECASE,
)
_OVER = re.compile(
    r"\b(?:over|more than|mehr als|über|plus de|más de|oltre|più di|ruim|meer dan|mais de|över|fler än|over"
    r"|mere end|mer enn|ponad|více než|yli|nearly \Z)\s*\Z",
    re.IGNORECASE,
)
_EASTERN_HEADS = re.compile(r"従業員|社員数|スタッフ|员工|직원|임직원")
_MONEY = (
    r"(?:(?:US|C|A|R|HK|S)?[$€£¥₹]|(?:EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN|BRL)\b)\s?\d[\d.,]*(?:\s?(?:million|billion"
    r"|mn|bn|m|b|k|mio\.?|mrd\.?|millones|milioni|millions?|milliards?|crore)\b)?"
    r"|\d[\d.,]*\s?(?:(?:million(?:en|s)?|billion|mio\.?|mrd\.?|millones|milioni|miliardi|milliards?|milhões"
    r"|miljoner|miljoen|mln|mld|mkr|m)\b\s?)?(?:de |di |d['’]|d' )?(?:€|\$|£|euros?\b|EUR\b|USD\b|CHF\b|SEK\b"
    r"|DKK\b|NOK\b|kronor\b|kr\b|Franken\b|dollars\b|reais\b|zł\b|PLN\b)"
)
_AMOUNT = re.compile(_MONEY, re.IGNORECASE)
_REVENUE = re.compile(
    r"\b(?:revenues?|turnover|umsatz\w*|jahresumsatz|chiffre d['’]affaires|fatturato|facturación|factura"
    r"|volume d['’]affari|omzet|omsättning|omsætning|omsetning|faturamento|przychod\w+|obrat|liikevaihto"
    r"|annual sales)\b",
    re.IGNORECASE,
)
_ROUND = re.compile(
    r"\b(?:(?P<series>series [A-H]\d?)\b|(?P<seed>(?:pre-)?seed)(?:[- ](?:round|funding|financing|extension|runde"
    r"|finanzierung)))",
    re.IGNORECASE,
)
_RAISED = re.compile(
    r"\b(?:raised|raises|closed|secured|secures|levée de fonds|levé|lève|sammelt|eingesammelt|finanzierungsrunde"
    r"|raccolto|ha recaudado|captou|funding of|financiación de)\b",
    re.IGNORECASE,
)

# The words with which those patterns begin, or end.
_HEAD_WORDS = frozenset(
    """
    employees staff members colleagues mitarbeiter mitarbeitern mitarbeiterinnen mitarbeitende mitarbeitenden
    beschäftigte beschäftigten angestellte angestellten collaborateurs salariés employés empleados trabajadores
    personas dipendenti collaboratori addetti medewerkers werknemers anställda medarbetare ansatte medarbejdere
    pracowników osób zaměstnanců työntekijää henkilöä funcionários colaboradores çalışan çalışanımız çalışanı people
    persons personnes alkalmazott alkalmazottal
    """.split()  # noqa: SIM905 - a list of quotes would be longer
)
_REVENUE_WORDS = frozenset(
    """
    revenue revenues turnover jahresumsatz chiffre fatturato facturación factura volume omzet omsättning omsætning
    omsetning faturamento obrat liikevaihto annual
    """.split()  # noqa: SIM905 - a list of quotes would be longer
)
_ROUND_WORDS = frozenset({"series", "seed", "pre"})
_RAISED_WORDS = frozenset(
    """
    raised raises closed secured secures levée levé lève sammelt eingesammelt finanzierungsrunde raccolto ha captou
    funding financiación
    """.split()  # noqa: SIM905 - a list of quotes would be longer
)


def founded(reading: Reading) -> Iterator[Found]:
    """A year beside a word for founding; "since 1947" is less sure."""
    visible = reading.visible
    tried = (_YEAR.match(visible, start) for start, end in reading.numbers if end - start == 4)
    for match in islice(filter(None, tried), _MOST):
        if confidence := _founding(reading, match):
            yield Found("founded_year", match[1], confidence, "text", *match.span(1))


def employees(reading: Reading) -> Iterator[Found]:
    spans = list(windows(reading, _HEAD_WORDS, before=45, after=25))
    if _EASTERN_HEADS.search(reading.visible) if not reading.visible.isascii() else False:
        spans.append((0, len(reading.visible)))
    for match in (match for span in spans for match in _numbered(reading, _HEADS, span)):
        before = _before(reading, match.start())
        if _counts(reading, match, before):
            count = re.sub(r"\D", "", match["number"])
            is_over = match["plus"] or _OVER.search(before)
            value = f"{count}-{match['most']}" if match["most"] else count + ("+" if is_over else "")
            yield Found("employees", value, 82, "text", *match.span())


def _numbered(reading: Reading, pattern: re.Pattern[str], span: tuple[int, int]) -> Iterator[re.Match[str]]:
    """What `pattern.finditer` gives within a span of a pattern that begins with digits that stand together."""
    numbers, (at, until) = reading.numbers, span
    for start, _ in islice(numbers, bisect_left(numbers, (at, 0)), None):
        if start >= until:
            return
        if start >= at and (match := pattern.match(reading.visible, start, until)):
            at = match.end()
            yield match


def revenue(reading: Reading) -> Iterator[Found]:
    for match in _begun(reading, _REVENUE, _REVENUE_WORDS, ("umsatz", "przychod")):
        end = _sentence_end(reading.visible, match.end(), 70)
        amount = _AMOUNT.search(reading.visible, match.end(), end)
        if amount and not reading.is_foreign(match.start()):
            yield Found("revenue", amount[0].strip(), 78, "text", *amount.span())


def funding(reading: Reading) -> Iterator[Found]:
    """The last round's name, else what was raised."""
    for match in _begun(reading, _ROUND, _ROUND_WORDS):
        if not reading.is_foreign(match.start()):
            yield Found("funding", _round(match), 75, "text", *match.span())
    for match in _begun(reading, _RAISED, _RAISED_WORDS):
        amount = _AMOUNT.search(reading.visible, match.end(), _sentence_end(reading.visible, match.end(), 50))
        if amount and not reading.is_foreign(match.start()):
            yield Found("funding", amount[0].strip(), 65, "text", *amount.span())


def _begun(
    reading: Reading, pattern: re.Pattern[str], words: frozenset[str], parts: Collection[str] = ()
) -> Iterator[re.Match[str]]:
    for at in places(reading, words, parts)[:20]:
        if match := pattern.match(reading.visible, at):
            yield match


def _round(match: re.Match[str]) -> str:
    return f"Series {match['series'][7:].upper()}" if match["series"] else match["seed"].capitalize()


def _founding(reading: Reading, match: re.Match[str]) -> int:
    before = _before(reading, match.start())
    if reading.is_foreign(match.start()):
        return 0
    if not before.strip():
        before = label_before(reading, match.start())
    if _FOUNDED.search(before[-45:]):
        return 88
    after = reading.visible[match.end() : _sentence_end(reading.visible, match.end(), 30)]
    if _FOUNDED.search(after):
        return 84
    if _SINCE.search(before) and not _NOT_FOUNDED.search(before):
        return 62
    return 0


def _counts(reading: Reading, match: re.Match[str], before: str) -> bool:
    """Whether they are the company's own people: "people" alone are anybody."""
    if reading.is_foreign(match.start()):
        return False
    if match["eastern"]:
        return bool(_EASTERN_HEADS.search(before + label_before(reading, match.start())))
    word = match["word"].lower()
    if word in ("people", "persons", "personnes", "personas", "osób", "henkilöä"):
        return bool(_EMPLOY.search(before))
    return True


def _before(reading: Reading, at: int) -> str:
    """What its sentence says before an offset."""
    text = reading.visible[max(0, at - 90) : at]
    ends = [found.end() for found in _SENTENCE.finditer(text)]
    return text[ends[-1] :] if ends else text


def _sentence_end(text: str, at: int, most: int) -> int:
    end = _SENTENCE_END.search(text, at, at + most)
    return end.start() if end else min(at + most, len(text))
