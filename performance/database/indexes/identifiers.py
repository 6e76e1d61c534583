"""Names as SQL writes them. Pure."""

# Of pg_get_keywords() in PostgreSQL 18, those that can't name a column or a table without quotes.
_RESERVED = frozenset(
    """
    all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation
    column concurrently constraint create cross current_catalog current_date current_role current_schema
    current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for
    foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral
    leading left like limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps
    placing primary references returning right select session_user similar some symmetric system_user table
    tablesample then to trailing true union unique user using variadic verbose when where window with
    """.split()  # noqa: SIM905 - words are read more easily than a list of them
)


def quoted(name: str) -> str:
    """An identifier, in quotes where PostgreSQL needs them."""
    is_word = name.isascii() and name.replace("_", "a").isalnum() and not name[:1].isdigit()
    is_plain = is_word and name == name.lower() and name not in _RESERVED
    return name if is_plain else '"{}"'.format(name.replace('"', '""'))
