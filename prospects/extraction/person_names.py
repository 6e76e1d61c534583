"""What a person's name looks like, and what only looks like one. Pure."""

import re
from collections.abc import Sequence

from prospects.extraction.titles import LOWER_TITLE, TITLE_ENDINGS, TITLE_WORDS

UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĴĶĹĻĽĿŁŃŅŇŊŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽȘȚ"
_DEGREES = r"(?:LL|MBA|MSc|BSc|PhD|CPA|CFA|Esq|Jr|RIBA|FCA|ACA|MD|III?|IV)\b"
_PART = rf"(?!{_DEGREES})(?:[{UPPER}]['’])?[{UPPER}][^\W\d_]+(?:[-'’][{UPPER}]?[^\W\d_]+)*"
_SMALL = r"(?:van|von|vom|zu|der|den|de|del|della|di|da|do|dos|das|du|la|le|ten|ter|af|bin|ibn|al|el|y|e|Ó)"
SMALL_WORDS = frozenset(_SMALL[3:-1].split("|"))
_HONOUR = (
    r"(?:(?:Prof|Dr|Ing|Mag|Dipl|M|Mr|Mrs|Ms|Mme|Mlle|Herr|Frau|Dott|Dott\.ssa|Sig|Sr|Sra|Dame|Sir|Lic|Avv|Arch|Don"
    r"|mgr|inż|dr|ing|Mgr|Bc|Ir|drs|mr|ir)\.?(?:[- ]?(?:Ing|Phil|med|jur|h\.c|rer|nat|oec|Inf|Kfm|Wirt)\.?){0,3}"
    r"(?:[ -](?:\((?:FH|TH|Univ)\.?\)))?[ \u00a0]+){0,3}"
)
_INITIALS = rf"(?:[{UPPER}]\.[ \u00a0]?)"
NAME = re.compile(
    rf"{_HONOUR}(?P<name>{_INITIALS}{{0,2}}{_PART}(?:[ \u00a0]{_INITIALS}{{1,2}})?"
    rf"(?:[ \u00a0](?:(?:{_SMALL}|St\.)[ \u00a0]){{0,2}}{_PART}){{1,3}}|{_PART}[ \u00a0]{_INITIALS}{{1,2}}{_PART})"
)
EASTERN = re.compile(r"[\u4e00-\u9fff々]{1,4}[ \u3000][\u4e00-\u9fff\u3040-\u30ff々]{1,4}|[\uac00-\ud7a3]{2,4}")
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
# What stands behind names and belongs to them: known degrees, and after a comma what is all in capitals.
DEGREE = re.compile(
    r"\A(?:,? ?(?:LL\.? ?M\.?|MBA|M\.?Sc\.?|B\.?Sc\.?|Ph\.?D\.?|CPA|CFA|CFP|CPCU|Esq\.?"
    r"|Jr\.?|Sr\.?|III?|IV|RIBA|FCA|ACA|MD"
    r"|P\.?E\.?)[®™]?(?=[\s,–-]|\Z)|, (?!(?:C[A-Z]O|CISO|S?E?VP|MD|HR|IT|PR|QA)\b)[A-Z]{2,6}[®™]?(?=,|\s*\Z))+"
)
_WORD = re.compile(r"\w\w*")


def bare_name(written: str) -> str:
    """A person's name without academic and other titles; "" for what is none."""
    text = " ".join(written.split())
    match = NAME.fullmatch(text)
    if match and is_name(match["name"]):
        return match["name"]
    return text if EASTERN.fullmatch(text) else ""


def is_name(name: str) -> bool:
    lower = name.lower()
    words = [word.strip(".") for word in lower.replace("-", " ").split()]
    return (
        len(name) <= 60 and _NO_NAMES.isdisjoint(words) and not (_may_have_title(words) and _is_title(lower, words[-1]))
    )


def has_title(text: str) -> bool:
    """Asked before the pattern with all titles: whether there is a word that any of them has."""
    lower = text.lower()
    return _may_have_title(_WORD.findall(lower)) and LOWER_TITLE.search(lower) is not None


def _is_title(lower: str, last: str) -> bool:
    return LOWER_TITLE.fullmatch(lower) is not None or LOWER_TITLE.search(last) is not None


def _may_have_title(words: Sequence[str]) -> bool:
    return not TITLE_WORDS.isdisjoint(words) or any(word.endswith(TITLE_ENDINGS) for word in words)
