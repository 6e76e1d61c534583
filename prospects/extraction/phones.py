"""Telephone numbers: a scan for digits first, then a label, a plus or a link before it counts, and the numbering plan.

To let the library look for numbers took a hundred times as long, and it takes "169.3" for a German one.
"""

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import unquote

from prospects.companies.normalise.phone import phone
from prospects.extraction.found import Found
from prospects.extraction.labels import label_before
from prospects.extraction.reading import Reading

_MOST = 300
_DIGITS = r"\d[\d \u00a0\u202f().\-/\u2010-\u2015]{5,24}\d"
# Whatever the number is, from its first digit on: with "00" before it is longer.
_CORE = re.compile(_DIGITS.replace("24", "28"))
_NUMBER = re.compile(rf"(?<![\w/@.,#+(-])(?:\+|\(\+|00)?[ \u00a0]?\(?{_DIGITS}(?![\w@])")
# "(+", a space and a bracket.
_LONGEST_PREFIX = 4
_PREFIX = "+( \u00a0"
# Asked of text in lower case.
_LABEL = re.compile(
    r"(?P<fax>\b(?:tele)?fax\w*|\bfacsimile|\bфакс|传真|傳真|ファックス|ファクス|팩스|\bf(?=[.: ]*\Z))"
    r"|(?P<no>\b(?:iban|bic|konto\w*|account|acct|isbn|issn|ean|vat|ust\w*|hrb|hra|siren|siret|rcs|nip|regon|krs"
    r"|kvk|btw|cnpj|cpf|cif|nif|nipc|p\.? ?iva|c\.? ?f|org\.? ?n\w*|cvr|i[čc]o|di[čc]|abn|acn|gst\w*|cin|duns|ein"
    r"|order|bestell\w*|auftrag\w*|kunden\w*|invoice|art\.|artikel\w*"
    r"|sku|ref\w*|license|licence|lic|reg\w*|registr\w*|number of|visitor|cap\b|cep|zip|postcode|rea|r\.e\.a|uid"
    r"|fn|postgiro|bankgiro|moms\w*|y-tunnus|serial))"
    r"|(?P<yes>\b(?:t[eé]l(?:[eéè]\w*|\b)|tel\w*|phone\w*|fon\b|ph\b|call|mob\w*|m[oó]vil|mobiel|cell\w*|handy|gsm"
    r"|whats ?app|switchboard|v[aä]xel|central\w*"
    r"|zentrale|hotline|helpline|support|toll.?free|freephone|ring\b|bel\b|kom\b|kom[oó]rka|direct\w*|durchwahl"
    r"|notfall|office|reception"
    r"|fijo|cellulare|puhelin|puh\b|vaihde|tlf|tlf\w*|telefon\w*|sími|dial|reach us|anruf\w*|rufnummer|appel\w*"
    r"|sales|service|reservations?|bookings?|enquiries|emergenc\w+|after hours|main\b|text\b|\w*dienst\b"
    r"|verkauf|vertrieb|ventas|vendas|televendas|atendimento|sac\b|sprzeda[żz]|biuro|st[öo]rung\w*|urgence\w*"
    r"|standard|ll[aá]m\w*|chiam\w*|ligue|zadzwo\w*|volejte|infolinka|kundtj[aä]nst)"
    r"|тел\w*|\b[tmp](?=[.: ]*\Z)|電話\w*|电话|전화|대표번호|☎|📞|✆)",
)
_DATES = re.compile(r"(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d|(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2})(?:\D|\Z)")
_YEARS = re.compile(r"(?:1[89]|20)\d\d\s?[-\u2013/]\s?(?:(?:1[89]|20)\d\d|\d\d)\Z")
_AMERICAN = re.compile(r"(?:1[-. ])?\(?[2-9]\d\d\)?[-. ] ?[2-9]\d\d[-. ]\d{4}\Z")
_LEADING = re.compile(r"(?:tel:|callto:|https?://(?:wa\.me/|api\.whatsapp\.com/send/?\?phone=))", re.IGNORECASE)


def phones(reading: Reading, country: str) -> Iterator[Found]:
    """`country`: whose numbers are meant that don't say theirs; "" where that isn't known."""
    yield from _links(reading, country)
    yield from _written(reading, country)


def found_phone(written: str, country: str, span: tuple[int, int], *, confidence: int, method: str) -> Found | None:
    number = phone(written, country=country or ("US" if _AMERICAN.match(written) else None))
    if number is None and "/" in written:
        # "+91 422 267 4410 / 411": a second line's last digits.
        number = phone(written.rpartition("/")[0].strip(), country=country or None)
    # Some plans let five digits through: no company's own, but an emergency service's.
    return Found("phone", number, confidence, method, *span) if number and len(number) >= 9 else None


def _links(reading: Reading, country: str) -> Iterator[Found]:
    faxes = set()
    for link in reading.appendix.links:
        leading = _LEADING.match(link.href)
        if leading is None:
            continue
        number = unquote(link.href[leading.end() :]).partition("?")[0].partition("&")[0]
        is_whatsapp = link.href[:4].lower() == "http"
        if is_whatsapp and number[:1].isdigit():
            number = "+" + number
        place = reading.visible.find(link.text) if link.text else -1
        if place >= 0 and (_kind(reading, place, 0) == "fax" or reading.is_foreign(place)):
            faxes.add(number)
        elif found := found_phone(number, country, link.span, confidence=85 if is_whatsapp else 92, method="link"):
            yield found


def _written(reading: Reading, country: str) -> Iterator[Found]:
    last = 0
    for match in islice(_numbers(reading), _MOST):
        since, last = last, match.end()
        written = match[0].strip()
        digits = sum(map(str.isdigit, written))
        if not 7 <= digits <= 18 or _DATES.match(written) or _YEARS.match(written) or reading.is_foreign(match.start()):
            continue
        confidence = _confidence(written, _kind(reading, match.start(), since), country)
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        if confidence and (
            found := found_phone(written, country, (start, start + len(written)), confidence=confidence, method="text")
        ):
            yield found


def _numbers(reading: Reading) -> Iterator[re.Match[str]]:
    """What `_NUMBER.finditer` gives: its first digit never stands behind another."""
    text, at = reading.visible, 0
    for first, _ in reading.numbers:
        if first < at or not _CORE.match(text, first):
            continue
        starts = [start for start in range(max(at, first - _LONGEST_PREFIX), first) if text[start] in _PREFIX]
        if match := next(filter(None, (_NUMBER.match(text, start) for start in (*starts, first))), None):
            at = match.end()
            yield match


def _kind(reading: Reading, at: int, since: int) -> str:
    """What the last word says that says anything before a number: yes (a phone), fax, no (another number), or ""."""
    kinds = [found.lastgroup or "" for found in _LABEL.finditer(label_before(reading, at, since=since).lower())]
    return kinds[-1] if kinds else ""


def _confidence(written: str, kind: str, country: str) -> int:
    is_international = written.startswith(("+", "(+"))
    if kind in ("fax", "no"):
        return 0
    if kind == "yes":
        return 92 if is_international else 86
    if is_international:
        return 80
    return 65 if country in ("US", "CA") and _AMERICAN.match(written) else 0
