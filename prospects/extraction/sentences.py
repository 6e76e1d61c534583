"""Where a sentence begins and ends, of text that is half sentences and half table cells. Pure."""

import re

from prospects.extraction.reading import Reading

# "1. April" and "12 Mio. €" go on.
_GOES_ON = r"(?<!\b\d\.)(?<!\b\d\d\.)"
_BEGIN = re.compile(rf"[.!?;\n\t](?:(?<=[\n\t])\s?|{_GOES_ON}(?:\s|\Z))")
_END = re.compile(rf"[.!?\n](?:(?<=\n)|{_GOES_ON}(?<![Mm]io\.)(?<![Mm]rd\.)(?:\s|\Z))")
_MOST_BEFORE = 90


def before_in_sentence(reading: Reading, at: int) -> str:
    """What its sentence, or its cell, says before an offset."""
    text = reading.visible[max(0, at - _MOST_BEFORE) : at]
    ends = [found.end() for found in _BEGIN.finditer(text)]
    return text[ends[-1] :] if ends else text


def sentence_end(text: str, at: int, most: int) -> int:
    """Where the sentence at an offset ends, at most so many characters on."""
    end = _END.search(text, at, at + most)
    return end.start() if end else min(at + most, len(text))
