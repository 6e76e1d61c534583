"""Money: what a company turns over, and what it has raised. Pure."""

import re
from collections.abc import Collection, Iterator

from prospects.extraction.anchors import places
from prospects.extraction.found import Found
from prospects.extraction.reading import Reading
from prospects.extraction.sentences import before_in_sentence, sentence_end

_MONEY = (
    r"(?:(?:US|C|A|R|HK|S)?[$€£¥₹]|(?:EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN|BRL)\b)\s?\d[\d.,]*(?:\s?(?:million|billion"
    r"|mn|bn|m|b|k|mio\.?|mrd\.?|millones|milioni|millions?|milliards?|crore)\b)?"
    r"|\d[\d.,]*\s?(?:(?:million(?:en|s)?|billion|mio\.?|mrd\.?|millones|milioni|miliardi|milliards?|milhões"
    r"|miljoner|miljoen|mln|mld|mkr|m)(?:(?:\b|(?<=\.))\s?|(?=€)))?(?:de |di |d['’]|d' )?(?:€|\$|£|euros?\b|EUR\b|USD\b"
    r"|CHF\b|SEK\b|DKK\b|NOK\b|kronor\b|kr\b|Franken\b|dollars\b|reais\b|zł\b|PLN\b)"
)
_AMOUNT = re.compile(_MONEY, re.IGNORECASE)
_REVENUE = re.compile(
    r"\b(?:revenues?|turnover|umsatz\w*|jahresumsatz|chiffre d['’]affaires|fatturato|facturación|factura"
    r"|volume d['’]affari|omzet|omsättning|omsætning|omsetning|faturamento|przychod\w+|przychód|obrat|liikevaihto"
    r"|annual sales|(?-i:CA)(?= (?:20\d\d|annuel|de |:)))\b",
    re.IGNORECASE,
)
_EARNED = re.compile(rf"(?:{_MONEY})\s(?:in|of)\s(?:[^\W\d_]+\s){{0,2}}\Z", re.IGNORECASE)
_YEN = re.compile(
    r"(?:売上高?|年商)[^\d\n]{0,12}[\n\t]?[^\d\n]{0,12}?(\d[\d,.]*\s?(?:兆|億|百万|千万|万|千)+[\d,.万千]*円)"
)
_ROUND = re.compile(
    r"(?P<series>series[ -](?P<letter>[A-H]\d?))\b"
    r"|(?P<foreign>(?:série|serie|serii|sarja)[ -](?P<other>[A-H]))\b"
    r"|(?P<seed>(?:pre-)?seed)(?:[- ](?:round|funding|financing|investment|extension|runde|finanzierung))",
    re.IGNORECASE,
)
# What says that a letter is a round's: a class of cars has letters, too, and so has football.
_OF_MONEY = re.compile(
    r"rais|round|fund(?:ing|ed)|financ|finanz|invest|ronda|levée|levé|rodada|runda|runde|capital|venture|million"
    r"|mio\b|m€|[$€£]\s?\d|backed|led by|kapital",
    re.IGNORECASE,
)
_RAISED = re.compile(
    r"\b(?:raised|raises|closed|secured|secures|levée de fonds|levé|lève|sammelt|eingesammelt|finanzierungsrunde"
    r"|raccolto|ha recaudado|captou|(?:total |venture |seed )?funding(?: of|:| to date:?)|financiación de"
    r"|backed (?:by|with))(?!\w)",
    re.IGNORECASE,
)
# Below that it was for a good cause, or for a machine.
_LEAST_RAISED = 100_000
_SCALED = re.compile(r"m(?:illi|rd|ld|io|ln|€|\b)|b(?:illi|n|\b)|crore|k\b", re.IGNORECASE)
_REVENUE_WORDS = frozenset(
    """
    revenue revenues turnover jahresumsatz chiffre fatturato facturación factura volume omzet omsättning omsætning
    omsetning faturamento obrat liikevaihto annual przychód ca
    """.split()  # noqa: SIM905 - a list of quotes would be longer
)
_ROUND_WORDS = frozenset({"series", "seed", "pre", "série", "serie", "serii", "sarja"})
_RAISED_WORDS = frozenset(
    """
    raised raises closed secured secures levée levé lève sammelt eingesammelt finanzierungsrunde raccolto ha captou
    funding financiación total venture backed
    """.split()  # noqa: SIM905 - a list of quotes would be longer
)


def revenue(reading: Reading) -> Iterator[Found]:
    visible = reading.visible
    for match in _begun(reading, _REVENUE, _REVENUE_WORDS, ("umsatz", "przychod")):
        amount = _AMOUNT.search(visible, match.end(), sentence_end(visible, match.end(), 70))
        amount = amount or _earned(reading, match.start())
        if amount and not reading.is_foreign(match.start()):
            yield Found("revenue", amount[0].strip(), 78, "text", *amount.span())
    for at in places(reading, frozenset(), ("売上", "年商")) if not visible.isascii() else ():
        if (yen := _YEN.match(visible, at)) and not reading.is_foreign(at):
            yield Found("revenue", yen[1], 78, "text", *yen.span(1))


def _earned(reading: Reading, at: int) -> re.Match[str] | None:
    """ "$40M in annual revenue"."""
    start = max(0, at - 60)
    if not {"in", "of"}.intersection(reading.lower[start:at].split()):
        return None
    before = _EARNED.search(reading.visible, start, at)
    return _AMOUNT.match(reading.visible, before.start(), at) if before else None


def funding(reading: Reading) -> Iterator[Found]:
    """The last round's name, else what was raised."""
    rounds = [match for match in _begun(reading, _ROUND, _ROUND_WORDS) if _is_round(reading, match)]
    for match in sorted(rounds, key=_letter, reverse=True)[:1]:
        yield Found("funding", _round(match), 75, "text", *match.span())
    for match in _begun(reading, _RAISED, _RAISED_WORDS):
        amount = _AMOUNT.search(reading.visible, match.end(), sentence_end(reading.visible, match.end(), 50))
        if amount and _is_much(amount[0]) and not reading.is_foreign(match.start()):
            yield Found("funding", amount[0].strip(), 65, "text", *amount.span())


def _is_round(reading: Reading, match: re.Match[str]) -> bool:
    if reading.is_foreign(match.start()):
        return False
    around = before_in_sentence(reading, match.start()) + reading.visible[match.end() : match.end() + 60]
    # "series" and "seed" are of English, where a letter after them is hardly anything else.
    return not match["foreign"] or bool(_OF_MONEY.search(around))


def _letter(match: re.Match[str]) -> str:
    return (match["letter"] or match["other"] or "").upper()


def _is_much(amount: str) -> bool:
    digits = "".join(filter(str.isdigit, amount.partition(".")[0]))
    return bool(_SCALED.search(amount)) or int(digits or 0) >= _LEAST_RAISED


def _begun(
    reading: Reading, pattern: re.Pattern[str], words: frozenset[str], parts: Collection[str] = ()
) -> Iterator[re.Match[str]]:
    for at in places(reading, words, parts)[:20]:
        if match := pattern.match(reading.visible, at):
            yield match


def _round(match: re.Match[str]) -> str:
    return f"Series {_letter(match)}" if _letter(match) else match["seed"].capitalize()
