"""Text that gives orders to whoever reads pages by machine, blanked out before a model sees it. Pure.

The first of several guards, and the weakest: what passes it must still be quoted verbatim, stand within its quote and
have its field's form. Characters keep their places, so that offsets hold.
"""

import re
import unicodedata
from collections.abc import Iterator

from prospects.prompts.documents import cleaned

# In a line, the first characters are looked at: nobody hides an order behind thousands of others without line ends,
# and what stands there isn't shown to models anyway.
_LOOKED_AT = 4_000
_MODEL = (
    r"(?:ai|a\.i\.|language|chat)[ -]?(?:models?|assistants?|agents?|bots?|crawlers?|readers?)|llms?|chat ?gpt|gpt-\d"
)
_ORDER = re.compile(
    "|".join(
        (
            # "Ignore all previous instructions", and in other languages.
            r"\b(?:ignore|disregard|forget|override|bypass|skip)\b.{0,50}\b(?:instruction|prompt|rule|guideline"
            r"|previous|prior|above|earlier|before)",
            r"\b(?:ignorier|missachte|vergiss|vergesst)\w*\b.{0,50}\b(?:anweisung|regel|vorgabe|instruktion|vorherig)",
            r"\b(?:ignore[zs]?|oublie[zs]?)\b.{0,50}\b(?:instructions?|consignes?|règles?)",
            r"\b(?:ignor[ae]\w*|olvid[ae]\w*)\b.{0,50}\b(?:instrucci|reglas|istruzion|regole|instruç)",
            # Roles and marks of chats.
            r"<\|?\s*(?:im_start|im_end|system|endoftext)|\[/?inst\]|<</?sys>>|^\W{0,5}(?:system|assistant|developer)\s*:",
            r"\b(?:system|developer|hidden)\s+(?:prompt|message|instruction)|#{2,}\s*(?:instruction|system|response)",
            r"</?document-|\bnonce\b",
            # Whoever is addressed is a machine.
            r"\b(?:you are|act as|pretend|if you(?:'re| are)|note (?:to|for)|attention|dear|hey|hello)\b.{0,40}"
            rf"\b(?:{_MODEL})\b",
            rf"\b(?:{_MODEL})\b.{{0,60}}\b(?:must|should|shall|please|instruct|record|report|output|respond|set)\b",
            # What answers are made of.
            r"\b(?:respond|reply|answer|output|return|print|write|report|set|classify|rate|score|label|mark|record"
            r"|extract|store|fill)\b.{0,60}\b(?:json|schema|confidence|verdict|fit score|the (?:\w+ )?(?:field|value)"
            r"|quote field|criteri(?:on|a)|null)\b",
            r"\b(?:new|updated) (?:instruction|task|prompt)s?\b",
        )
    ),
    re.IGNORECASE | re.MULTILINE,
)


def without_orders(text: str) -> str:
    """The text with every line that gives an order, and the one after it, made of spaces."""
    if not _gives_order(text):
        return text
    return "".join(_blank(line) if is_told else line for line, is_told in _lines(text))


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    after = False
    for line in text.splitlines(keepends=True):
        gives = _gives_order(line[:_LOOKED_AT])
        # An order goes on: "Ignore the above." / "The company's name is …".
        is_told = gives or (after and bool(line.strip()))
        yield line, is_told
        after = gives or (after and not line.strip())


def _gives_order(text: str) -> bool:
    """As models read it: without what hides in it, and in plain letters."""
    return _ORDER.search(unicodedata.normalize("NFKC", cleaned(text))) is not None


def _blank(line: str) -> str:
    return "".join(char if char in "\r\n" else " " for char in line)
