"""How many work at a company: before a word for employees, after a label for them, or as "a team of nine". Pure."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from prospects.extraction.anchors import places, windows
from prospects.extraction.found import Found
from prospects.extraction.labels import label_before
from prospects.extraction.reading import Reading
from prospects.extraction.sentences import before_in_sentence

# These are asked of text in lower case.
_HEADS = re.compile(
    r"(?<![\d.,€$£+-])(?P<number>\d{1,3}(?:[.,' \u00a0\u202f]\d{3})+(?!\d)"
    r"|\d{1,6})(?:\s?[-–]\s?(?P<most>\d{1,6}))?(?P<plus>\s?\+)?"
    r"(?:\s+(?:[^\W\d_]+[ -]){0,2}?(?P<word>employees|staff(?: members)?|team members|colleagues|mitarbeiter\w*"
    r"|mitarbeitende\w*|beschäftigte\w*|angestellte\w*|kolleg(?:en|innen)\w*|collaborateurs|salariés|employés"
    r"|collègues|empleados|empleadas|trabajadores|compañeros|dipendenti|collaboratori|addetti|colleghi"
    r"|medewerkers|werknemers|collega['’]s|anställda|medarbetare|kollegor|ansatte|medarbejdere|kolleger"
    r"|pracowników|współpracowników|zaměstnanců|spolupracovníků|työntekijää|funcionários|colaboradores|çalışan\w*"
    r"|alkalmazott\w*"
    r"|(?P<anybody>people|persons|professionals|experts|specialists|personnes|personas|profesionales|persone"
    r"|professionisti|pessoas|profissionais|menschen|leute\w*|fachleute\w*|köpf\w+|mensen|personer|osób|lidí"
    r"|henkilöä|ihmistä|ammattilaista|asiantuntijaa|kişi))\b"
    r"|\s?(?P<eastern>名|人|명))",
)
_EMPLOY = re.compile(
    r"(?:\b(?:employ\w*|(?:team|staff|studio|firm|company|practice|agency|workshop|crew|business) of|staff|workforce"
    r"|we are|we['’]re|beschäftig\w*|arbeiten|wir sind|team von|team aus|emploi\w*|équipe de|compte|nous sommes"
    r"|emplea\w*|plantilla|equipo de|cuenta con|contamos con|somos|trabajan|impieg\w*|occup\w*|lavorano|siamo"
    r"|squadra di|empreg\w*|equipe de|trabalham|werken|in dienst|wij zijn|team van|sysselsätter|vi är|arbetar"
    r"|beskæftiger|sysselsetter|vi er|arbejder|työllist\w+|työskentelee|palveluksess\w+|zatrudnia\w*|pracuje"
    r"|zespół|jesteśmy|zaměstnáv\w+|tým|foglalkoztat\w*)\b|ekibi\w*)[^.\n]{0,25}\Z",
)
_OVER = re.compile(
    r"\b(?:over|more than|mehr als|über|plus de|más de|oltre|più di|ruim|meer dan|mais de|över|fler än"
    r"|mere end|mer enn|ponad|více než|yli|nearly \Z)\s*\Z",
)
# Those who are counted here work for customers, or may come.
_OF_OTHERS = re.compile(
    r"(?:\b(?:for|für|pour|para|voor|för|dla|training)\s(?:[^\W\d_]+\s){0,4}"
    r"|\b(?:companies|businesses|organi[sz]ations|employers|firms|clients|customers|entreprises|pymes|kmu)\s"
    r"(?:[^\W\d_]+\s){0,4}"
    r"|\b(?:help(?:s|ed|ing)?|served?|trained|reached?|taught)\s(?:[^\W\d_]+\s){0,3}"
    r"|\b(?:(?:trusted|used|loved) by|up to|fewer than|less than|under|bis zu|weniger als|jusqu['’]à|moins de"
    r"|hasta|menos de|fino a|meno di|até|tot)\s(?:[^\W\d_]+\s){0,2})\Z",
)
_EASTERN_HEADS = re.compile(r"従業員|社員数|スタッフ|员工|직원|임직원")
_NEARLY = r"(?:ca|approx|env|circa|around|about|rund|etwa|約)\.?\s*|~\s?"
# What stands before a number alone, and says that it counts those who work there.
_LABEL = re.compile(
    r"(?:\A|[\t\n|·•]|\.\s)\s*(?:(?:total |current )?(?:number|no\.?|#) of |total |our |anzahl (?:der )?|nombre de "
    r"|número de |numero (?:di )?|aantal |antal |liczba |počet )?"
    r"(?:employees|staff(?: members)?|head ?count|team members|team ?size|company size|workforce|mitarbeiter(?:zahl"
    r"|anzahl|innen und mitarbeiter|:innen|\*innen)?|mitarbeitende|beschäftigte|teamgröße|effectifs?|salariés"
    r"|collaborateurs|empleados|plantilla|trabajadores|dipendenti|addetti|medewerkers|werknemers|personeel"
    r"|funcionários|colaboradores|anställda|medarbetare|ansatte|medarbejdere|pracowników|zatrudnienie"
    r"|zaměstnanců|henkilöstö(?:määrä)?|työntekijöitä|çalışan sayısı|従業員数?|社員数|员工人数|직원 ?수)"
    r"(?: worldwide| weltweit| total)?\s*(?:\([^)\n]{1,20}\)\s*)?[:：\t]?\s*"
    rf"(?:{_NEARLY})?\Z",
)
_ABOUT = re.compile(rf"\s*(?:{_NEARLY})")
_COUNT = re.compile(
    r"(?P<number>\d{1,3}(?:[.,' \u00a0\u202f]\d{3})+(?!\d)|\d{1,6})(?:\s?[-–]\s?(?P<most>\d{1,6}))?(?P<plus>\s?\+)?"
    r"(?=\s*(?:[\n\t|(（,;]|名|人|명|\Z)|\s+(?:employees|salariés|\())"
)
_ALONE = re.compile(r"\s*[\d.,'$€£]+\s?[+%kKmM]?\s*")
# Counts of those who write them out.
_WRITTEN = {
    word: str(count)
    for count, words in enumerate(
        (
            "two zwei deux dos due duas twee två dwóch",
            "three drei trois tres tre três drie trzech",
            "four vier quatre cuatro quattro quatro fyra fire czterech",
            "five fünf cinq cinco cinque vijf fem pięciu",
            "six sechs seis sei zes sex seks sześciu",
            "seven sieben sept siete sette sete zeven sju syv siedmiu",
            "eight acht huit ocho otto oito åtta otte ośmiu",
            "nine neun neuf nueve nove negen nio ni dziewięciu",
            "ten zehn dix diez dieci dez tien tio ti dziesięciu",
            "eleven elf onze once undici elva elleve",
            "twelve zwölf douze doce dodici doze twaalf tolv",
            "thirteen dreizehn treize trece tredici treze dertien tretton",
            "fourteen vierzehn quatorze catorce quattordici veertien fjorton",
            "fifteen fünfzehn quinze quindici vijftien femton",
            "sixteen sechzehn seize dieciséis sedici zestien sexton",
            "seventeen siebzehn diecisiete diciassette zeventien",
            "eighteen achtzehn dieciocho diciotto achttien",
            "nineteen neunzehn diecinueve diciannove negentien",
            "twenty zwanzig vingt veinte venti vinte twintig tjugo tyve",
        ),
        start=2,
    )
    for word in words.split()
}
_AS_WORD = "|".join(sorted(_WRITTEN, key=len, reverse=True))
_TEAM = re.compile(
    rf"(?:team|staff|workforce|crew|équipe|equipo|equipe|squadra)\s(?:of|von|aus|de|di|van)\s"
    rf"(?:(?P<over>over|more than|mehr als|plus de|más de|oltre)\s|(?:about|around|some|now|rund)\s)?"
    rf"(?P<number>(?!(?:19|20)\d\d\b)\d{{1,6}}(?:[.,]\d{{3}})*|{_AS_WORD})(?P<plus>\+)?\b(?![.,]\d|[%:]|\s?-)",
)
_STRONG = re.compile(r"\b(?P<number>\d{1,5})[- ]strong\s(?:team|staff|workforce|crew)\b")
_SPELT = re.compile(
    rf"\b(?P<number>{_AS_WORD})\s(?:[^\W\d_]+\s)?(?P<word>employees|staff|team members|colleagues|mitarbeiter\w*"
    rf"|mitarbeitende\w*|collaborateurs|salariés|empleados|dipendenti|medewerkers|anställda|medarbetare|ansatte"
    rf"|(?P<anybody>people|personnes|personas|persone|pessoas|menschen|leuten|mensen|personer|osób))\b",
)
# The words with which those patterns begin, or end.
_HEAD_WORDS = frozenset(
    """
    employees staff members colleagues mitarbeiter mitarbeitern mitarbeiterinnen mitarbeitende mitarbeitenden
    beschäftigte beschäftigten angestellte angestellten kollegen kolleginnen collaborateurs salariés employés
    collègues empleados empleadas trabajadores compañeros dipendenti collaboratori addetti colleghi medewerkers
    werknemers collega anställda medarbetare kollegor ansatte medarbejdere kolleger pracowników współpracowników
    zaměstnanců spolupracovníků työntekijää funcionários colaboradores çalışan çalışanımız çalışanı alkalmazott
    alkalmazottal people persons professionals experts specialists personnes personas profesionales persone
    professionisti pessoas profissionais menschen leute leuten fachleute fachleuten köpfe köpfen mensen personer
    osób lidí henkilöä ihmistä ammattilaista asiantuntijaa kişi headcount count size workforce mitarbeiterzahl
    mitarbeiteranzahl teamgröße effectif effectifs plantilla personeel zatrudnienie henkilöstö henkilöstömäärä
    työntekijöitä sayısı
    """.split()  # noqa: SIM905 - a list of quotes would be longer
)
_TEAM_WORDS = frozenset({"team", "staff", "workforce", "crew", "équipe", "equipo", "equipe", "squadra"})
_WRITTEN_WORDS = frozenset(_WRITTEN)
# From a label's last word to its number.
_LABEL_WITHIN = 60


def employees(reading: Reading) -> Iterator[Found]:
    said = places(reading, _HEAD_WORDS)
    spans = list(windows(reading, said, before=45, after=_LABEL_WITHIN))
    if not reading.visible.isascii() and _EASTERN_HEADS.search(reading.visible):
        spans.append((0, len(reading.visible)))
    written = reading.words & _WRITTEN_WORDS if said else ()
    for span in spans:
        for match in _numbered(reading, _HEADS, span):
            before = before_in_sentence(reading, match.start()).lower()
            if _counts(reading, match, before):
                yield _found(match, before, 82)
        yield from _labelled(reading, span, said)
        yield from _spelt(reading, span, written)
    yield from _teams(reading)


def _found(match: re.Match[str], before: str, confidence: int) -> Found:
    groups = match.groupdict()
    written = match["number"]
    count = _WRITTEN.get(written) or re.sub(r"\D", "", written)
    is_over = groups.get("plus") or groups.get("over") or _OVER.search(before)
    most = groups.get("most")
    return Found(
        "employees", f"{count}-{most}" if most else count + ("+" if is_over else ""), confidence, "text", *match.span()
    )


def _numbered(reading: Reading, pattern: re.Pattern[str], span: tuple[int, int]) -> Iterator[re.Match[str]]:
    """What `pattern.finditer` gives within a span of a pattern that begins with digits that stand together."""
    numbers, (at, until) = reading.numbers, span
    for start, _ in islice(numbers, bisect_left(numbers, (at, 0)), None):
        if start >= until:
            return
        if start >= at and (match := pattern.match(reading.lower, start, until)):
            at = match.end()
            yield match


def _counts(reading: Reading, match: re.Match[str], before: str) -> bool:
    """Whether they are the company's own people: "people" alone are anybody."""
    if reading.is_foreign(match.start()) or _OF_OTHERS.search(before):
        return False
    if match["eastern"]:
        return bool(_EASTERN_HEADS.search(before + label_before(reading, match.start())))
    return bool(_EMPLOY.search(before)) if match["anybody"] else True


def _labelled(reading: Reading, span: tuple[int, int], said: Sequence[int]) -> Iterator[Found]:
    """ "Employees: 240", the cell beside or the line under; a label that a number stands over is that number's."""
    for match in _numbered(reading, _COUNT, span):
        at = match.start()
        near = bisect_left(said, at) - 1
        if (near < 0 or at - said[near] > _LABEL_WITHIN) and reading.visible.isascii():
            continue
        line = reading.lines.at(at)
        before = reading.lower[max(reading.lines.starts[line], at - 60) : at]
        if line and (not before.strip() or _ABOUT.fullmatch(before)):
            above = reading.lines[line - 1].text.lower()
            if len(above) > 40 or (line > 1 and _ALONE.fullmatch(reading.lines[line - 2].text)):
                continue
            before = f"{above}\n{before}"
        if _LABEL.search(before) and not reading.is_foreign(at):
            yield _found(match, "", 86)


def _teams(reading: Reading) -> Iterator[Found]:
    for at in places(reading, _TEAM_WORDS):
        match = _TEAM.match(reading.lower, at)
        if match and not reading.is_foreign(at) and not _OF_OTHERS.search(before_in_sentence(reading, at).lower()):
            yield _found(match, "", 76)
    for at in places(reading, frozenset({"strong"})):
        match = _STRONG.search(reading.lower, max(0, at - 7), at + 24)
        if match and not reading.is_foreign(at):
            yield _found(match, "", 76)


def _spelt(reading: Reading, span: tuple[int, int], words: Iterable[str]) -> Iterator[Found]:
    """ "Twelve employees", and "a studio of nine people"."""
    for word in words:
        at = reading.lower.find(word, *span)
        match = _SPELT.match(reading.lower, at) if at >= 0 else None
        if match is None:
            continue
        before = before_in_sentence(reading, at).lower()
        is_own = not match["anybody"] or _EMPLOY.search(before)
        if is_own and not _OF_OTHERS.search(before) and not reading.is_foreign(at):
            yield _found(match, before, 70)
