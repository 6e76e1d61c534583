"""How many tokens a text has, estimated without a tokenizer. Pure."""

import math
from collections.abc import Mapping, Sequence

# Byte-pair vocabularies take about 4 bytes of English to a token, 3 of other Latin text, and 2-3 of CJK (3 bytes a
# character). Three bytes errs towards more, as a reservation must.
BYTES_PER_TOKEN = 3.0
# What the chat format adds around each message.
TOKENS_PER_MESSAGE = 4


def count(text: str) -> int:
    """Tokens of the text, rather too many than too few."""
    return math.ceil(len(text.encode("utf-8", "surrogatepass")) / BYTES_PER_TOKEN)


def count_messages(messages: Sequence[Mapping[str, str]]) -> int:
    """Tokens of a chat's messages, with what the format adds."""
    return sum(count(message["content"]) + TOKENS_PER_MESSAGE for message in messages)
