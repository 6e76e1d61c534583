"""Numbers that states give companies: VAT, trade registers, and tickers of stock exchanges. Pure."""

import re
from collections.abc import Iterator

from prospects.extraction.anchors import begun, places
from prospects.extraction.found import Found
from prospects.extraction.reading import Reading

# What the numbers of a country look like, without its prefix (https://ec.europa.eu/taxation_customs/vies).
_VAT = {
    "AT": r"U\d{8}", "BE": r"[01]\d{9}", "BG": r"\d{9,10}", "CY": r"\d{8}[A-Z]", "CZ": r"\d{8,10}", "DE": r"\d{9}",
    "DK": r"\d{8}", "EE": r"\d{9}", "EL": r"\d{9}", "ES": r"[A-Z]\d{7}[\dA-Z]|\d{8}[A-Z]", "FI": r"\d{8}",
    "FR": r"[\dA-HJ-NP-Z]{2}\d{9}", "GB": r"\d{9}(?:\d{3})?", "HR": r"\d{11}", "HU": r"\d{8}",
    "IE": r"\d[\dA-Z]\d{5}[A-Z]{1,2}",
    "IT": r"\d{11}", "LT": r"\d{9}(?:\d{3})?", "LU": r"\d{8}", "LV": r"\d{11}", "MT": r"\d{8}", "NL": r"\d{9}B\d{2}",
    "PL": r"\d{10}", "PT": r"\d{9}", "RO": r"\d{2,10}", "SE": r"\d{12}", "SI": r"\d{8}", "SK": r"\d{10}",
}  # fmt: skip
_SHAPES = {country: re.compile(shape) for country, shape in _VAT.items()}
_LABELLED = re.compile(
    r"(?:(?P<DE>ust\W{0,2}(?:id|identifikations)\w*|umsatzsteuer\W{0,2}\w*|steuer-id)|(?P<IT>p(?:artita)?\.? ?iva)"
    r"|(?P<FR>tva)|(?P<NL>btw)|(?P<BE>tva be|btw be)"
    r"|(?P<PL>\bnip\b)|(?P<ES>\bc\.?i\.?f\.?(?![\w])|\bn\.?i\.?f\.?(?![\w]))|(?P<PT>\bnipc|contribuinte)"
    r"|(?P<SE>moms\w*|vat-nr)|(?P<CZ>\bdi[čc])|(?P<GB>\bvat)|(?P<AT>\buid)|(?P<IE>vat)|(?P<FI>alv))"
    r"(?P<gap>[^\n\d]{0,60}?)(?P<number>(?:[A-Z]{2}[ .-]?)?(?:[A-Z]?[ .-]?\d[\dA-Z]?[\d .\-]{5,18}\d?[A-Z]?\d?\d?))",
    re.IGNORECASE,
)
_PREFIXED = re.compile(r"\b(?:DE ?\d{3} ?\d{3} ?\d{3}|ATU ?\d{8}|NL ?\d{9} ?B ?\d{2}|SE ?\d{12}|ESB ?\d{8})\b")
_PREFIXES = {prefix.lower(): prefix for prefix in ("DE", "ATU", "NL", "SE", "ESB")}
_SWISS = re.compile(r"\bCHE[- ]?\d{3}\.?\d{3}\.?\d{3}(?= ?(?:MWST|TVA|IVA)?)")
_REGISTERS = re.compile(
    r"\b(?P<hr>HR[AB])[\s:.Nnr°-]{0,8}(?P<hr_number>\d[\d ]{1,8}\d)(?P<hr_letter> ?[A-Z]\b)?"
    r"|(?:\bFN[\s:]{1,3})(?P<fn>\d{4,6} ?[a-z])\b"
    r"|(?:\bSIRE[NT]|\bRCS|\bR\.C\.S\.?"
    r"|\bregistre du commerce(?: et des soci[ée]t[ée]s)?)[^\d\n]{0,60}(?P<fr>\d{3}[ .]?\d{3}[ .]?\d{3})(?!\d)"
    r"|(?:\bKvK|\bK\.v\.K\.?|\bKamer van Koophandel)[^\d\n]{0,25}(?P<nl>\d{8})\b"
    r"|(?:\bKRS)[^\d\n]{0,12}(?P<pl>\d{10})\b"
    r"|(?:\bOrg(?:anisations|anisasjons)?\.?[ -]?(?:n(?:umme)?r|nr)\.?)[^\d\n]{0,8}(?P<se>\d{6}-?\d{4}"
    r"|\d{3} ?\d{3} ?\d{3})\b"
    r"|(?:\bCVR)[^\d\n]{0,12}(?P<dk>\d{8}|\d{2} \d{2} \d{2} \d{2})\b"
    r"|(?:\bI[ČC]O?\b)[^\d\n]{0,6}(?P<cz>\d{3} ?\d{2} ?\d{3})\b"
    r"|(?:\bY-tunnus)[^\d\n]{0,6}(?P<fi>\d{7}-\d)\b"
    r"|(?:\bABN|\bA\.B\.N\.?)[^\d\n]{0,6}(?P<au>\d{2} ?\d{3} ?\d{3} ?\d{3})\b"
    r"|(?:\bCIN)[^\w\n]{0,6}(?P<in_>[LU]\d{5}[A-Z]{2}\d{4}[A-Z]{3}\d{6})\b"
    r"|(?:\bCNPJ)[^\d\n]{0,6}(?P<br>\d{2}\.?\d{3}\.?\d{3}/?\d{4}-?\d{2})\b"
    r"|(?:\bR\.?E\.?A\.?)[^\d\n]{0,16}?(?P<it>[A-Z]{2}[ -]{0,3}\d{5,7})\b"
    r"|(?:company (?:registration )?(?:number|no\.?)|registered (?:number|no\.?)|registration (?:number|no\.?)"
    r"|company registration|(?:company )?reg(?:\.|istered|istration)? ?(?:no\.?|number)|cro(?: number)?"
    r"|registered in [A-Z][\w ,&()]{3,60}?(?:number|no\.?|#))[^\w\n]{0,4}(?P<gb>(?:SC|NI|OC)?\d{6,8})\b"
    r"|(?:\bUEN)[^\w\n]{0,6}(?P<sg>\d{8,9}[A-Z])\b",
    re.IGNORECASE,
)
# "VAT registration number" is none of a register.
_TAX = re.compile(r"\b(?:vat|tax|gst|sales tax|data protection|charity|ico)\W{1,3}\Z", re.IGNORECASE)
_TICKER = re.compile(
    r"\b(?P<exchange>NYSE(?: American)?|NASDAQ|LSE|AIM|LON|XETRA|FRA|FWB|ETR|TSXV?|ASX|SIX|BME|BIT|EPA|AMS|STO"
    r"|Euronext(?: (?:Paris|Amsterdam|Brussels|Growth))?"
    r"|Nasdaq (?:Stockholm|Helsinki|Copenhagen)|TSE|TYO|HKEX|SGX|NSE|BSE|OTCQ[BX]|WSE|GPW"
    r"|OSE)\s?:\s?(?P<symbol>[A-Z0-9]{1,6}(?:[.-][A-Z]{1,2})?)\b",
    re.IGNORECASE,
)

# The words with which those patterns begin.
_REGISTER_WORDS = frozenset(
    """
    hra hrb fn siren siret rcs kvk kamer krs org organisations organisationsnummer organisasjonsnummer organisasjons
    cvr ič ičo ic ico abn cin cnpj rea company registered registration reg registre cro uen
    """.split()  # noqa: SIM905 - a list of quotes would be longer
)
_VAT_WORDS = frozenset(
    """
    ust ustid ustidnr steuer partita piva tva btw nip cif nif nipc contribuinte moms momsreg momsnr
    momsregistreringsnummer dič dic vat uid alv
    """.split()  # noqa: SIM905 - a list of quotes would be longer
)
# "listed on the London Stock Exchange (ticker: ACM)".
_SYMBOL = re.compile(r"(?:ticker|symbol)s?(?: symbol)?(?: is)?[\s:“\"'‘]{1,3}(?P<symbol>[A-Z]{1,5}(?:\.[A-Z])?)\b")
_LISTED = re.compile(
    r"(?P<NYSE>new york stock exchange|\bnyse\b)|(?P<NASDAQ>\bnasdaq\b)|(?P<LSE>london stock exchange|\blse\b)"
    r"|(?P<AIM>\baim\b)|(?P<TSX>toronto stock exchange|\btsx\b)|(?P<ASX>australian securities exchange|\basx\b)"
    r"|(?P<Euronext>\beuronext\b)|(?P<XETRA>\bxetra\b)|(?P<TSE>tokyo stock exchange)"
)
_JAPANESE = re.compile(r"証券コード[\s:：]{0,3}(\d{4})(?!\d)")
_REGISTER_PARTS = {"r": ("r.c.s", "r.e.a"), "k": ("k.v.k",), "a": ("a.b.n",), "y": ("y-tunnus",)}
_VAT_PARTS = {"c": ("c.i.f",), "n": ("n.i.f",)}
_EXCHANGES = frozenset(
    """
    nyse nasdaq lse aim lon xetra fra fwb etr tsx tsxv asx six bme bit epa ams sto euronext tse tyo hkex sgx nse bse
    otcqb otcqx wse gpw ose
    """.split()  # noqa: SIM905 - a list of quotes would be longer
)


def registers(reading: Reading) -> Iterator[Found]:
    yield from _vats(reading)
    for at in places(reading, _REGISTER_WORDS, begun(reading, _REGISTER_PARTS)):
        match = _REGISTERS.match(reading.visible, at)
        is_tax = bool(match and match["gb"] and _TAX.search(reading.visible, max(0, at - 16), at))
        if match and not is_tax and not reading.is_foreign(at):
            yield Found("registry_number", _number(match), 90, "text", *match.span())


def tickers(reading: Reading) -> Iterator[Found]:
    """A page that gives many is about markets, not about its company."""
    tried = (_TICKER.match(reading.visible, at) for at in places(reading, _EXCHANGES))
    found = [match for match in tried if match and (match["symbol"].isupper() or match["symbol"].isdigit())]
    if len({match["symbol"] for match in found}) <= 2:
        for match in found[:1]:
            value = f"{match['exchange']}:{match['symbol']}"
            yield Found("ticker", value, 88, "text", *match.span())
    if not found:
        yield from _listed(reading)


def _listed(reading: Reading) -> Iterator[Found]:
    """A symbol in a sentence that names its exchange before it."""
    for at in places(reading, frozenset({"ticker", "symbol"}))[:5]:
        symbol = _SYMBOL.match(reading.visible, at)
        exchange = list(_LISTED.finditer(reading.lower, max(0, at - 120), at))[-1:] if symbol else []
        if symbol and exchange:
            yield Found("ticker", f"{exchange[0].lastgroup}:{symbol['symbol']}", 80, "text", *symbol.span())
    for at in places(reading, frozenset(), ("証券コード",))[:1] if not reading.visible.isascii() else ():
        if match := _JAPANESE.match(reading.visible, at):
            yield Found("ticker", f"TYO:{match[1]}", 85, "text", *match.span())


def as_vat(written: str, *, country: str = "") -> str | None:
    """With its country's prefix and without spaces, or None for what no country's looks like."""
    plain = re.sub(r"[ .\-]", "", written.upper())
    prefix = plain[:2]
    if prefix in _SHAPES and _SHAPES[prefix].fullmatch(plain[2:]):
        return plain
    if country in _SHAPES and _SHAPES[country].fullmatch(plain):
        return country + plain
    return None


def _vats(reading: Reading) -> Iterator[Found]:
    for at in places(reading, _VAT_WORDS, ("umsatzsteuer", "p.iva", "p. iva", *begun(reading, _VAT_PARTS))):
        match = _LABELLED.match(reading.visible, at)
        if match is None:
            continue
        country = next(name for name in _SHAPES if match.groupdict().get(name))
        value = _longest(match["number"], country)
        if value and not reading.is_foreign(match.start()):
            start = match.start("number")
            yield Found("vat", value, 92, "text", start, match.end("number"))
    for match in _prefixed(reading):
        if (value := as_vat(match[0])) and not reading.is_foreign(match.start()):
            yield Found("vat", value, 75, "text", *match.span())
    for at in places(reading, frozenset({"che"})):
        match = _SWISS.match(reading.visible, at)
        if match is None:
            continue
        digits = re.sub(r"\D", "", match[0])
        yield Found("vat", f"CHE-{digits[:3]}.{digits[3:6]}.{digits[6:]}", 92, "text", *match.span())


def _prefixed(reading: Reading) -> Iterator[re.Match[str]]:
    """Numbers that a country's letters stand before, with a space between or without."""
    prefixes = [_PREFIXES[word] for word in _PREFIXES if word in reading.words and _PREFIXES[word] in reading.visible]
    for start, _ in reading.numbers if prefixes else ():
        before = reading.visible[max(0, start - 4) : start].removesuffix(" ")
        for prefix in filter(before.endswith, prefixes):
            if match := _PREFIXED.match(reading.visible, reading.visible.rindex(prefix, 0, start)):
                yield match


def _longest(written: str, country: str) -> str | None:
    """The number at the start of what was taken along: the longest that has a country's shape."""
    for end in range(len(written), 6, -1):
        is_whole = written[end - 1].isalnum() and not written[end : end + 1].isalnum()
        if is_whole and (value := as_vat(written[:end], country=country)):
            return value
    return None


def _number(match: re.Match[str]) -> str:
    if match["hr"]:
        letter = (match["hr_letter"] or "").strip()
        return f"{match['hr'].upper()} {match['hr_number'].replace(' ', '')}" + (f" {letter}" if letter else "")
    kind = match.lastgroup or ""
    written = match[kind]
    if kind == "it":
        return f"{written[:2].upper()}-{re.sub(r'[^0-9]', '', written)}"
    return re.sub(r"[ .]", "", written) if kind != "br" else written
