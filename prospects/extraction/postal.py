"""Postal codes with their towns, in the manners of the countries that write them. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

_W = r"[^\W\d_]"
# A town: up to four words, the first with a capital, small ones only between.
_CITY = (
    rf"(?P<city>(?:(?:Le|La|Les|El|Los|Las|São|Santa|San|St\.?|Saint|Bad|Den|De|Sint)[ -])?[A-ZÀ-ÖØ-ÞĀ-Ž]{_W}{{1,30}}"
    rf"(?:['’.-]{_W}{{1,20}}){{0,4}}"
    rf"(?:[ ](?:(?:am|an|der|den|dem|bei|im|in|ob|sur|sous|en|de|da|do|di|del|des|du|la|le|les|nad|y|e|aan|op|upon"
    rf"|under|ved|i)[ ]){{0,2}}[A-ZÀ-ÖØ-ÞĀ-Ž]{_W}{{1,25}}(?:[-'’]{_W}{{1,20}}){{0,3}}){{0,3}})"
)
_STATES = (
    "A[LKZR]|C[AOT]|D[EC]|FL|GA|HI|I[DLNA]|K[SY]|LA|M[EDAINSOT]|N[EVHJMYCD]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[TA]"
    "|W[AVIY]|PR"
)
_STATES_IN_FULL = (
    "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois"
    "|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri"
    "|Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma"
    "|Oregon|Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington"
    "|West Virginia|Wisconsin|Wyoming"
)
# How a state's name ends: cheaper to see before a number than the town and its state.
_STATE = re.compile(rf"(?:{_STATES})\Z")
_STATE_WORDS = frozenset(re.findall(r"\w+", _STATES_IN_FULL)) | {"D.C."}
# Between a British town and its code.
_COUNTIES = (
    "Surrey|Kent|(?:East |West )?Sussex|Essex|Hertfordshire|Hampshire|Berkshire|Buckinghamshire|Oxfordshire"
    "|Cambridgeshire"
    "|Norfolk|Suffolk|Lancashire|Cheshire|Merseyside|Greater Manchester|(?:North |South |West )Yorkshire|Devon|Cornwall"
    "|Dorset|Somerset|Wiltshire|Gloucestershire|Worcestershire|Warwickshire|West Midlands|Staffordshire|Derbyshire"
    "|Nottinghamshire|Leicestershire|Lincolnshire|Northamptonshire|Bedfordshire|Shropshire|Herefordshire|Middlesex"
    "|Cumbria|Northumberland|Co(?:unty|\\.)? Durham|Tyne and Wear|Middx|Herts|Bucks|Berks|Hants"
)
# What stands before a number, or after one, and is no town.
_NO_TOWN = re.compile(
    r"(?:tel|fax|phone|mobile|siren|siret|rcs|hrb|order|ref|no|nr|page|vat|ust|tva|iva|nip|code|zip|cep|plz|box"
    r"|case|item|model"
    r"|january|february|march|april|may|june|july|august|september|october|november|december|januar|februar|märz"
    r"|juni|juli"
    r"|oktober|dezember|uhr|euro?s?|usd|gbp|copyright|the|and|mitarbeiter\w*|employees|de|parkway|street|road"
    r"|avenue|lane|drive"
    r"|suite|floor|building|hours|reviews|customers|kunden|homes|clients)\b",
    re.IGNORECASE,
)
_PATTERNS: dict[str, str] = {
    "US": rf"{_CITY},? (?P<region>{_STATES}|{_STATES_IN_FULL}|D\.C\.),? (?P<code>\d{{5}}(?:-\d{{4}})?)\b",
    "CA": rf"{_CITY},? \(?(?P<region>AB|BC|MB|NB|NL|NS|NT|NU|ON|PE|QC|SK"
    rf"|YT)\)?,? {{1,2}}(?P<code>[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d)\b",
    "AU": rf"{_CITY},? (?P<region>NSW|VIC|QLD|SA|WA|TAS|ACT|NT),? (?P<code>\d{{4}})\b",
    "GB": rf"{_CITY}(?:,? (?:{_COUNTIES}))?,?[ \n](?P<code>(?:GIR|[A-Z]{{1,2}}\d[A-Z\d]?) \d[A-Z]{{2}})\b",
    "IE": rf"{_CITY}(?: \d{{1,2}})?(?:, (?:Co\.?"
    rf"|County) [A-Z][a-z]+)?,?[ \n](?P<code>[AC-FHKNPRTV-Y]\d[\dW] ?[AC-FHKNPRTV-Y\d]{{4}})\b",
    "BR": rf"{_CITY} ?[-–/,] ?(?P<region>[A-Z]{{2}})(?:\s?[-–,|] ?|,?\s)(?:CEP:? ?)?(?P<code>\d{{5}}-\d{{3}})\b",
    "IN": rf"{_CITY}(?: ?[-–] ?|,? )(?P<code>[1-9]\d{{2}} ?\d{{3}})(?![ .]?\d)"
    rf"(?:, (?P<region>[A-Z][a-z]+(?: [A-Z][a-z]+)?))?",
    "SG": r"(?P<city>Singapore) (?P<code>\d{6})\b",
    "NL": rf"(?:NL-)?(?P<code>[1-9]\d{{3}} ?(?!SA|SD|SS)[A-Z]{{2}}) {{1,2}}{_CITY}",
    "PL": rf"(?:PL-)?(?P<code>\d{{2}}-\d{{3}}) {_CITY}",
    "PT": rf"(?P<code>\d{{4}}-\d{{3}}) {_CITY}",
    "SE": rf"(?:SE?-)?(?P<code>[1-9]\d{{2}} \d{{2}}) {_CITY}",
    "JP": r"〒?(?P<code>\d{3}[-−]\d{4})[ 　]?(?P<region>[^\W\d_a-zA-Z]{2,3}?[都道府県])"
    r"(?P<city>[^\W\d_a-zA-Z]{1,6}?[市区町村])(?P<street>[^\s\n]{2,60})",
    "5": rf"(?:(?:D|DE|F|FR|I|IT|E|ES|FI)[-–] ?)?(?P<code>\d{{5}}) {{1,2}}{_CITY}",
    "4": rf"(?:(?P<prefix>A|AT|CH|B|BE|DK|N|NO|L|LU|H|HU|LI|SI)[-–] ?)?(?P<code>[1-9]\d{{3}}) {{1,2}}{_CITY}",
}
_FIVE = frozenset({"DE", "FR", "ES", "IT", "FI", "EE", "HR", "TR", "MX", "MC"})
_FOUR = frozenset({"AT", "CH", "BE", "DK", "NO", "LU", "HU", "LI", "SI", "AU", "ZA", "NZ"})
_SPACED = frozenset({"SE", "CZ", "SK", "GR"})
_PREFIXES = {
    "A": "AT",
    "B": "BE",
    "N": "NO",
    "L": "LU",
    "H": "HU",
    "D": "DE",
    "F": "FR",
    "I": "IT",
    "E": "ES",
    "S": "SE",
}
_CERTAIN = frozenset({"US", "CA", "GB", "NL", "BR", "JP", "AU", "IE", "SG"})
_COMPILED = {name: re.compile(pattern) for name, pattern in _PATTERNS.items()}
_PREFIX = re.compile(r"(A|AT|CH|B|BE|DK|N|NO|L|LU|H|HU|LI|SI|D|DE|F|FR|I|IT|E|ES|FI|SE?|PL|NL)[-–] ?\d")
# One look for what could be a code at all; only there the patterns are tried, on what surrounds it.
# Numbers on a page that are looked at: a price list has more, and no address among them.
_MOST_RUNS = 1_000
_DIGITS = re.compile(
    r"(?<![\w+/.,])〒?(?:\b[A-Z]{1,2}[-–] ?)?(?:\d{3}[ −-]\d{4}|\d{2,5}[ -]\d{2,4}(?!\d)|\d{4,6}(?![\d%]|[.,/]\d))"
    r"|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b|\b[A-Z]\d[A-Z\dW] ?[A-Z\d]{3,4}\b"
)


_PREFECTURES = {
    name: f"JP-{number:02}"
    for number, name in enumerate(
        """
        北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県
        東京都 神奈川県 新潟県 富山県 石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県
        滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 鳥取県 島根県 岡山県 広島県 山口県 徳島県
        香川県 愛媛県 高知県 福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県
        """.split(),  # noqa: SIM905 - a list of quotes would be longer
        start=1,
    )
}


@dataclass(frozen=True, slots=True)
class Code:
    """A postal code and its town. `is_certain`: nothing else is written so, even without a street."""

    code: str
    code_span: tuple[int, int]
    city: str
    city_span: tuple[int, int]
    region: str
    region_span: tuple[int, int]
    country: str
    span: tuple[int, int]
    is_certain: bool
    street: tuple[str, tuple[int, int]] | None = None


def postal_codes(text: str, numbers: Sequence[tuple[int, int]], *, country: str) -> Iterator[Code]:
    """In the text's order, of which `numbers` are the spans of digits that stand together.

    `country` is the one to think of where the code's form is that of several.
    """
    end = 0
    for start, until in islice(numbers, _MOST_RUNS):
        if start < end or not _may_be(text, start, until):
            continue
        found = _DIGITS.match(text, _token(text, start))
        if found is None:
            continue
        if code := _at(text, found, country):
            end = code.span[1]
            yield code


def _may_be(text: str, start: int, end: int) -> bool:
    """Codes have three to six digits together, unless letters or a hyphen are among them."""
    if end - start > 2:
        return end - start <= 6
    return "A" <= text[start - 1 : start] <= "Z" or text[end : end + 1] == "-"


def _token(text: str, at: int) -> int:
    """Where the word of a digit begins: "A-3550", "M5H"."""
    for _ in range(4):
        if not at or not (text[at - 1] in "-–〒" or "A" <= text[at - 1] <= "Z"):
            break
        at -= 1
    return at


_CODE_LABEL = re.compile(r"(?<=\n)CEP:? ?\Z")


def _at(text: str, found: re.Match[str], country: str) -> Code | None:
    """The manners are tried from the most telling; those that begin with the town need what stands before."""
    start, end = found.span()
    is_followed = text[end : end + 3].strip()[:1].isalpha()
    begin = -1
    for name in _order(found[0], country):
        if (not is_followed and name in _TOWN_LAST) or not _is_told(text, start, name):
            continue
        begin = begin if begin >= 0 else _begin(text, start)
        until = min(len(text), end + 90)
        pattern = _COMPILED[name]
        match = pattern.search(text, begin, until) if name in _TOWN_FIRST else pattern.match(text, start, until)
        if match and match.start("code") <= end and match.end("code") >= start:
            return _code(match, name, country)
    return None


def _begin(text: str, at: int) -> int:
    """Where a code's line begins; where a label stands before it, "CEP 80010-000", the line above."""
    if "CEP" in text[max(0, at - 6) : at] and (label := _CODE_LABEL.search(text, max(0, at - 8), at)):
        at = label.start()
    return max(0, text.rfind("\n", max(0, at - 70), at - 1) + 1, at - 70)


def _is_told(text: str, at: int, name: str) -> bool:
    if name == "US":
        return _is_after_state(text, at)
    told = _TOLD_BEFORE.get(name)
    return told is None or told.search(text, max(0, at - 12), at) is not None


# What stands right before such codes: cheaper to see than the town.
_TOLD_BEFORE = {
    "CA": re.compile(r"\b[A-Z]{2}\)?,? {1,2}\Z"),
    "AU": re.compile(r"\b(?:NSW|VIC|QLD|SA|WA|TAS|ACT|NT),? \Z"),
    "GB": re.compile(r"[^\W\d_]\.?,?[ \n]\Z"),
    "IE": re.compile(r"[^\W_],?[ \n]\Z"),
    "BR": re.compile(r"[A-Z]{2}\W{1,3}(?:CEP:? ?)?\Z"),
    "IN": re.compile(r"[^\W\d_](?: ?[-–] ?|,? )\Z"),
    "SG": re.compile(r"Singapore \Z"),
}
# Right after those stands the town, or the letters that belong to them.
_TOWN_LAST = frozenset({"NL", "PL", "PT", "SE", "5", "4"})
_TOWN_FIRST = frozenset({"US", "CA", "AU", "GB", "IE", "BR", "IN", "SG"})


def _is_after_state(text: str, at: int) -> bool:
    word = text[max(0, at - 18) : at].rstrip(" ,").rpartition(" ")[2]
    return bool(_STATE.match(word)) if len(word) == 2 else word in _STATE_WORDS


def _order(written: str, country: str) -> list[str]:
    digits = sum(map(str.isdigit, written))
    if written[0].isalpha() and digits <= 3 and "-" not in written:
        return ["CA", "GB", "IE"] if country != "IE" else ["IE", "GB", "CA"]
    if digits == 7:
        return ["JP", "PT"]
    if digits == 8:
        return ["BR"]
    if digits == 6:
        return ["SG", "IN"] if country != "IN" else ["IN", "SG"]
    if digits == 5 and re.search(r"\d-\d", written):
        return ["PL"]
    if digits == 5:
        return ["SE"] if re.search(r"\d \d", written) else (["5", "US"] if country in _FIVE else ["US", "5"])
    if digits == 4:
        return ["NL", "AU", "4"] if country != "AU" else ["AU"]
    return ["US"] if digits == 9 else []


def _code(match: re.Match[str], name: str, country: str) -> Code | None:
    groups = match.groupdict()
    meant = _country(match, name, country)
    town = groups["city"].strip()
    if meant is None or _NO_TOWN.match(town) or _NO_TOWN.match(town.rpartition(" ")[2]):
        return None
    region_span = match.span("region") if groups.get("region") else match.span()
    region = groups.get("region") or ""
    street = (groups["street"], match.span("street")) if groups.get("street") else None
    return Code(
        code=groups["code"].replace("−", "-"),
        code_span=match.span("code"),
        city=town,
        city_span=match.span("city"),
        region=_PREFECTURES.get(region, region),
        region_span=region_span,
        country=meant,
        span=match.span(),
        is_certain=name in _CERTAIN,
        street=street,
    )


def _country(match: re.Match[str], name: str, country: str) -> str | None:
    """The country whose manner it is; "" where several write so and none is known."""
    if name in ("5", "4", "SE"):
        prefix = _PREFIX.match(match[0])
        if prefix:
            return _PREFIXES.get(prefix[1], prefix[1])
        known = {"5": _FIVE, "4": _FOUR, "SE": _SPACED}[name]
        return country if country in known else ""
    return name
