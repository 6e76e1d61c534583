"""Postal addresses of sixteen countries' manners, read backwards from their postal codes. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from prospects.companies.normalise.country import country as country_code
from prospects.companies.normalise.region import region as region_code
from prospects.extraction.found import Found
from prospects.extraction.postal import Code, postal_codes
from prospects.extraction.reading import Reading

# A street as it is written, and where.
_Street = tuple[str, tuple[int, int]]
_MOST = 40
_PARTS = ("street", "postal_code", "city", "region", "country")
_STREET = re.compile(
    r"stra(?:ß|ss)e|str\.|weg\b|platz\b|allee\b|gasse\b|ring\b|damm\b|ufer\b|\bhof\b|\bam\b|\brue\b|avenue"
    r"|\bave?\b|boulevard|\bbd\b|\bblvd|chemin"
    r"|\bplace\b|\bquai\b|\bimpasse|\broute\b|\broad\b|\brd\b|\bstreet\b|\bst\b|\blane\b|\bdrive\b|\bdr\b"
    r"|\bcourt\b|\bway\b|\bhouse\b|\bpark(?:way)?\b|\bsquare\b"
    r"|\bcalle\b|\bc/|\bavda|\bav\b|\bplaza\b|pol[íi]gono|\bpaseo\b|carretera|\bctra|\bvia\b|\bviale\b|\bcorso\b"
    r"|\bpiazza\b|\blargo\b|\bstrada\b|\brua\b|\bavenida\b|\btravessa\b"
    r"|laan\b|straat\b|weg\b|plein\b|kade\b|gracht\b|\bul\.|\bal\.|\bpl\.|\bos\.|gatan\b|v[äa]gen\b|gata\b|vej\b"
    r"|gade\b|all[ée]\b|veien?\b|katu\b|tie\b|\btř\.|n[áa]m[ěe]st|utca\b|\bút\b"
    r"|caddesi|cad\.|sokak|sok\.|bulvar|丁目|番地|\bmarg\b|\bnagar\b|\bsector\b|\bfloor\b|\bplot\b|\bsuite\b"
    r"|\bunit\b|\bbox\b|postfach|\bgeb[äa]ude\b|\bhaus [a-z\d]{1,3}\b|\baufgang\b|\bb[âa]t(?:iment)?\b|\bbuilding\b"
    r"|\bbldg\b|\bste\b|\bfl\b|\bapt\b|\b[ée]tage\b|\bpiso\b|\bsala\b|\blok\.|\bhall\b|\bblock\b|\brodovia\b"
    r"|\b(?:industrial|business|technology|trading|science) (?:estate|park|centre"
    r"|center)\b|\bestate\b|zone industrielle|zona industriale|zona industrial|gewerbe\w+|industrie\w+|sanayi|cadde",
)
_NUMBERED = re.compile(
    r"(?:^|\s)\d{1,5}\s?(?:[a-zA-Z]|bis|ter)?(?:\s?[-/]\s?\d{1,4}\s?[a-zA-Z]?)?(?:[,\s]|$)|\d{1,4}[-−]\d{1,4}"
)
_NOT_STREET = re.compile(
    r"@|www\.|http|\b(?:tel|telefon|telefax|mobil|fax|phone|fon|e-?mail|iban|vat|ust|hrb|nip|krs|copyright|since|seit)\b"
    r"|[©|]"
)
_LABEL = re.compile(r"^[^:]{2,40}(?<!No)(?<!Nr):\s*")
_BOX = re.compile(
    r"\b(?:p\.? ?o\.? ?box|box|postfach|postbus|boîte postale|b\.?p\.?|apartado|caixa postal|skr\. ?poczt)\b"
)
_UNIT = re.compile(
    r"(?:(?:suite|ste|unit|floor|fl|level|room|apt|building|bldg|block)\b\.? ?#?[\w-]{1,6}"
    r"|\d{1,2}(?:st|nd|rd|th)? (?:floor|fl)\.?|#\d{1,5})",
    re.IGNORECASE,
)
_LEADING = frozenset({"at", "is", "situé", "située", "sis", "sise", "au", "à", "to", "address", "adresse", "aan"})
# A sentence up to its street: "Our registered office is at 5 Mill Lane".
_LED = re.compile(
    r"\s*(?!\d)[^,]{0,80}\b(?:at|is|situé|située|sis|sise|au|à|to|address|adresse|aan)\s+"
    r"(?=(?:(?:unit|suite|floor|level|flat|room|building)\s)?\d)",
    re.IGNORECASE,
)
_QUARTER = re.compile(r"(, [A-Z][\w'’-]+(?: [A-Z][\w'’-]+){0,2}), ")
_FURTHER = re.compile(
    r" (?![^,]*(?i:gmbh|ltd|inc|\d{5}|tel|fon|open|hours|ffnung|monday|montag|uhr))[A-ZÀ-Þ\d#][\w.'’ -]{0,24}"
)
_SPLIT = re.compile(r"\s+[-–—·•|]\s+|\t|\s*·\s*|;\s")
_AFTER = re.compile(r"[\s,–—\-()·|]{0,4}([^\W\d_][^\n\t,;.|·()]{1,40})")


@dataclass(frozen=True, slots=True)
class Address:
    """`spans` are where its parts stand; `country` is ISO alpha-2, "" where it isn't told."""

    street: str
    postal_code: str
    city: str
    region: str
    country: str
    span: tuple[int, int]
    spans: Mapping[str, tuple[int, int]]
    confidence: int
    method: str

    def __str__(self) -> str:
        town = " ".join(part for part in (self.postal_code, self.city) if part)
        return ", ".join(part for part in (self.street, town, self.region, self.country) if part)

    @property
    def parts(self) -> dict[str, str]:
        return {name: text for name in _PARTS if (text := getattr(self, name))}

    def found(self) -> Iterator[Found]:
        """The address, and each of its parts."""
        yield Found("address", str(self), self.confidence, self.method, *self.span, extra=self.parts)
        for name, text in self.parts.items():
            if span := self.spans.get(name):
                yield Found(name, text, self.confidence, self.method, *span)

    def as_location(self) -> Found:
        extra = {name: text for name, text in self.parts.items() if name in ("city", "region", "country")}
        return Found("location", self.city, self.confidence, self.method, *self.spans["city"], extra=extra)


def address_of(
    parts: Mapping[str, str],
    spans: Mapping[str, tuple[int, int]],
    span: tuple[int, int],
    *,
    confidence: int,
    method: str,
) -> Address | None:
    """None where a town or a postal code is all but missing, since a country alone is no address."""
    if not parts["city"] and not (parts["street"] and parts["postal_code"]):
        return None
    street, code, city, region, country = (parts[name] for name in _PARTS)
    return Address(street, code, city, region, country, span, spans, confidence, method)


def addresses(reading: Reading, country: str) -> Iterator[Address]:
    """Those of visible text, in its order; `country` decides between manners where an address doesn't tell its own."""
    for number, code in enumerate(postal_codes(reading.visible, reading.numbers, country=country)):
        if number >= _MOST:
            return
        if not reading.is_foreign(code.span[0]) and (address := _around(reading, code)):
            yield address


def _around(reading: Reading, code: Code) -> Address | None:
    told, country_span = _country(reading, code)
    country = told or code.country
    if not (country or code.is_certain):
        return None
    street = _street(reading, code)
    if not (told or code.is_certain or street):
        return None
    spans = {"postal_code": code.code_span, "city": code.city_span}
    if street:
        spans["street"] = street[1]
    if country:
        spans["country"] = country_span or code.span
    region = region_code(code.region, country=country or None) or "" if code.region else ""
    if region:
        spans["region"] = code.region_span
    start = min(span[0] for span in spans.values())
    end = max(span[1] for span in spans.values())
    is_boxed = bool(street and _BOX.search(street[0].lower()))
    # Where a company takes its mail is no place; its street stands elsewhere on the page.
    confidence = 60 + 15 * bool(street and not is_boxed) + 10 * bool(told) - 5 * is_boxed
    parts = {"street": street[0] if street else "", "postal_code": code.code, "city": code.city, "region": region}
    return address_of(parts | {"country": country}, spans, (start, end), confidence=confidence, method="text")


def _country(reading: Reading, code: Code) -> tuple[str, tuple[int, int] | None]:
    """A country's name right after, on the line or on the next."""
    at = code.span[1]
    for _ in range(2):
        found = _AFTER.match(reading.visible, at, at + 60)
        if found is None:
            return "", None
        written = found[1].strip(" .-–")
        for piece in (written, _SPLIT.split(written)[0], written.split("  ")[0]):
            if known := country_code(piece) if len(piece) > 3 or piece in ("USA", "UK", "UAE") else None:
                return known, (found.start(1), found.start(1) + len(piece))
        # A state may stand between: "Modena (MO) - Italia".
        at = found.end()
    return "", None


def _street(reading: Reading, code: Code) -> _Street | None:
    """Before the town on its line; else the line or two above."""
    if code.street:
        return code.street
    number = reading.lines.at(code.span[0])
    line, boxed = reading.lines[number], None
    before = reading.visible[line.start : code.span[0]]
    if found := _in_line(before, line.start):
        return _with_quarter(reading, code, found)
    if before.strip(" \t,–-|·〒") and not before.rstrip().endswith(":") and "\t" not in before:
        return None
    for above in range(number - 1, max(number - 4, -1), -1):
        found = _in_line(reading.lines[above].text, reading.lines[above].start, is_whole=True)
        if found is None and number - above >= 2:
            return None
        if found and not _BOX.search(found[0].lower()):
            return _with_above(reading, above, found)
        boxed = boxed or found
    return boxed


def _with_quarter(reading: Reading, code: Code, found: _Street) -> _Street:
    """ "7 Mill Road, Newtown, Cardiff CF10 2AB": a quarter may stand between a British street and its town."""
    start, end = found[1]
    quarter = _QUARTER.fullmatch(reading.visible, end, code.span[0]) if code.country == "GB" else None
    return (reading.visible[start : quarter.end(1)], (start, quarter.end(1))) if quarter else found


def _with_above(reading: Reading, number: int, found: _Street) -> _Street:
    """ "3rd Floor" on its line belongs to the street on the line above."""
    if number == 0 or not _UNIT.fullmatch(found[0]):
        return found
    line = reading.lines[number - 1]
    street = _in_line(line.text, line.start)
    if street is None or street[1][1] != line.end or not any(map(str.isdigit, street[0])):
        return found
    span = street[1][0], found[1][1]
    return " ".join(reading.visible[span[0] : span[1]].split()), span


def _in_line(text: str, start: int, *, is_whole: bool = False) -> _Street | None:
    """The last part of a line that reads like a street, with what belongs before it ("Castle House, 7 Mill Road")."""
    if len(text) > 400:
        text, start = text[-400:], start + len(text) - 400
    pieces, at = [], 0
    for gap in [*_SPLIT.finditer(text), None]:
        pieces.append((at, gap.start() if gap else len(text)))
        at = gap.end() if gap else at
    for begin, end in reversed(pieces):
        if found := _in_piece(text[begin:end], start + begin, is_whole=is_whole):
            return found
    return None


def _in_piece(piece: str, start: int, *, is_whole: bool) -> _Street | None:
    label = _LABEL.match(piece)
    begin = label.end() if label else 0
    parts, at = [], begin
    for part in piece[begin:].split(","):
        parts.append((at, at + len(part)))
        at += len(part) + 1
    last = [place for place in parts if _is_street(piece[place[0] : place[1]])]
    if not last:
        return None
    first = next(n for n, place in enumerate(parts) if place == last[0])
    until = next(n for n, place in enumerate(parts) if place == last[-1])
    if until + 1 < len(parts) and re.fullmatch(
        r"\s*(?:n[.°º]?\s?)?\d{1,5}\s?\w?\s*", piece[parts[until + 1][0] : parts[until + 1][1]]
    ):
        until += 1
    if first and re.fullmatch(
        r"\s*\d{1,5}\s?(?:bis|ter|[a-zA-Z])?\s*", piece[parts[first - 1][0] : parts[first - 1][1]]
    ):
        first -= 1
    # On a line above its town's a street goes on to the line's end: "Hauptstr. 12, Haus B".
    while is_whole and until + 1 < len(parts) and _FURTHER.fullmatch(piece, *parts[until + 1]):
        until += 1
    if _LEADING.intersection(piece[parts[first][0] : parts[first][1]].lower().split()):
        lead = _LED.match(piece, parts[first][0], parts[until][1])
        parts[first] = (lead.end() if lead else parts[first][0], parts[first][1])
    written = piece[parts[first][0] : parts[until][1]]
    begin = parts[first][0] + len(written) - len(written.lstrip())
    written = written.strip(" .–-")
    return (written, (start + begin, start + begin + len(written))) if 4 <= len(written) <= 120 else None


def _is_street(part: str) -> bool:
    lower = part.lower()
    if len(part) > 80 or _NOT_STREET.search(lower):
        return False
    return bool(_STREET.search(lower) and (any(map(str.isdigit, part)) or len(part) <= 45)) or bool(
        _NUMBERED.search(part) and re.search(r"[^\W\d_]{3}", part) and len(part.split()) <= 6
    )
