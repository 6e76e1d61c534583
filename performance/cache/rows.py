"""Rows: which of a noun's rows a value shows, so that a change of what one row says drops only what shows it.

A noun whose model is declared so (`declared.invalidates(…, content=…)`) has two kinds of changes. What decides which
rows there are, or in which order, raises the noun ("prospects"). What only changes what is said of a row raises the
row's block ("prospects#17"), and a value is of one of three kinds:

- "prospects" among its tags: stale with any change. So is whatever doesn't say more.
- "prospects#" (`members_of`), and the blocks of the rows that it shows, which are known once it was computed.
- "prospects#" alone: it shows rows of other nouns, counted or chosen by these.

Blocks have a clock: each change takes its next number, and the block's number is that of its last change. What was
computed after the clock said 12 is good while all its blocks' numbers are at most 12. So nobody has to know the blocks
before they know the rows. Clock and numbers are in one hash of Valkey: it is lost as a whole, and a new one has another
beginning, under which nothing old is good.
"""

from collections.abc import Collection, Iterable

PREFIX = "assay:r:"
MARK = "#"
ANY = "*"
# Neighbours are mostly shown together: a page of fifty has one block or two. What shows a neighbour is dropped, too.
ROWS_OF_A_BLOCK = 64
# So many blocks; beyond that rows share them, and the hash takes no more than some hundred kilobytes.
MOST_BLOCKS = 4096
# What shows rows of more blocks than that is stale with a change of any row: to ask for each would cost more.
MOST_OF_A_VALUE = 64

# `number_of(key, field)` is the number of a block, or of the clock for "*". It makes the hash if there is none.
# Numbers are "<beginning>.<twelve digits>", so that those of one beginning compare as texts.
NUMBER_OF = f"""
local clocks = {{}}
local function clock_of(key)
    local found = redis.pcall('HMGET', key, 'born', 'clock')
    if found.err or not (found[1] and tonumber(found[2])) then
        local time = redis.call('TIME')
        found = {{string.format('%.0f', time[1] * 1000000 + time[2]), 0}}
        redis.call('UNLINK', key)
        redis.call('HSET', key, 'born', found[1], 'clock', 0)
    end
    return found
end
local function number_of(key, field)
    local clock = clocks[key] or clock_of(key)
    clocks[key] = clock
    if field == '{ANY}' then return string.format('%s.%012d', clock[1], clock[2]) end
    return redis.call('HGET', key, field) or clock[1] .. '.000000000000'
end
"""
# `raise(key, field)`. A noun without a hash has no values either. Where memory is short HINCRBY is refused and UNLINK
# isn't.
RAISE = """
local function raise(key, field)
    if redis.call('EXISTS', key) == 0 then return end
    local clock = redis.pcall('HINCRBY', key, 'clock', 1)
    local born = type(clock) == 'number' and redis.call('HGET', key, 'born')
    local done = born and redis.pcall('HSET', key, field, string.format('%s.%012d', born, clock))
    if type(done) ~= 'number' then redis.call('UNLINK', key) end
end
"""

# Nouns that have blocks.
_nouns: set[str] = set()


def has_rows(noun: str) -> bool:
    return noun in _nouns


def declare(noun: str) -> None:
    """From now on what shows rows of `noun` may say which."""
    _nouns.add(noun)


def members_of(noun: str) -> str:
    """The tag of what depends on which rows the noun has and on their order, beside the rows that it shows itself."""
    return noun + MARK


def any_of(noun: str) -> str:
    """The tag of all that is said of any row."""
    return f"{noun}{MARK}{ANY}"


def tag_of(noun: str, key: int) -> str:
    """The tag of what is said of one row, and some of its neighbours."""
    return f"{noun}{MARK}{key // ROWS_OF_A_BLOCK % MOST_BLOCKS}"


def tags_of(noun: str, keys: Iterable[int] | None) -> tuple[str, ...]:
    """Those of what shows these rows; None: nobody knows which."""
    blocks = None if keys is None else {tag_of(noun, key): None for key in keys}
    return (any_of(noun),) if blocks is None or len(blocks) > MOST_OF_A_VALUE else tuple(blocks)


def is_of_rows(tag: str) -> bool:
    """ "prospects#", "prospects#*" and "prospects#17", and nothing else that somebody may call a tag."""
    if MARK not in tag:
        return False
    noun, _, field = tag.partition(MARK)
    return ":" not in noun and (field in ("", ANY) or (field.isascii() and field.isdecimal()))


def is_members(tag: str) -> bool:
    """ "prospects#"."""
    return is_of_rows(tag) and tag.endswith(MARK)


def noun_of(tag: str) -> str:
    return tag.partition(MARK)[0]


def named(tag: str) -> str:
    """What is to be raised for it: the noun where all rows are meant."""
    return noun_of(tag) if is_of_rows(tag) and field_of(tag) in ("", ANY) else tag


def key_of(tag: str) -> bytes:
    """The hash that has its number."""
    return (PREFIX + noun_of(tag)).encode("utf-8", "replace")


def field_of(tag: str) -> str:
    return tag.partition(MARK)[2]


def are_unchanged(numbers: Collection[bytes], *, since: bytes) -> bool:
    """Whether none of these blocks was changed after the clock had been read."""
    born = since.partition(b".")[0] + b"."
    return all(number <= since and number.startswith(born) for number in numbers)
