"""Which prospects are found: by the indexed texts, and among those changed since by what they say now."""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, F, FloatField, Func, QuerySet, Value
from django.db.models.expressions import RawSQL

from prospects.companies.finding import terms

# Of each kind of hit a search ranks so many: of more it would take longer to say which are the best.
MOST_FOUND = 500
# Of more hits the others aren't looked at, whatever else is asked for.
_MOST_HITS = 20_000

_HITS = """
(SELECT prospect_id FROM prospects_searchtext
WHERE {condition} AND company_id NOT IN (SELECT unnest(company_ids) FROM prospects_searchchange){limit})
UNION ALL
SELECT prospect_id FROM (
    SELECT p.id AS prospect_id, prospects_search_text(c.name, c.domain, p.person_name) AS text
    FROM prospects_prospect p JOIN prospects_company c ON c.id = p.company_id
    WHERE p.company_id IN (SELECT unnest(company_ids) FROM prospects_searchchange)
) AS changed
WHERE {of_changed}
"""
_FOLDED = "prospects_folded(%s)"
_CONTAINS = f"text LIKE {_FOLDED}"
# As a range, for a B-tree: an index can't take a LIKE whose pattern is a parameter.
_BEGINS = rf"text ~>=~ {_FOLDED} AND text ~<~ ({_FOLDED} || U&'\+10FFFF')"
_WORDS = f"words @@ to_tsquery('simple', {_FOLDED})"
# A tsvector takes ten times as long to make as its text: of what changed lately all that contains the words will do.
_HAS_WORDS = f"text LIKE ALL(ARRAY(SELECT '%%' || word || '%%' FROM regexp_split_to_table({_FOLDED}, ' ') word))"  # noqa: S608
_ALIKE = f"{_FOLDED} <%% text"
# Fewer letters have no trigram, and are part of half of all words.
_SHORTEST_PART = 3


Sql = tuple[str, list[str]]


class Rank(Func):
    """How well a prospect fits what was typed, 0 to 5: best if the name is that, or begins with it."""

    function = "prospects_search_rank"
    output_field = FloatField()


def containing(typed: str) -> RawSQL:
    """Ids of prospects whose name, domain or person contains it, in any case and without accents."""
    # Of nothing but control characters nothing is left, which nothing contains.
    condition = _CONTAINS if terms.plain(typed) else f"false AND {_CONTAINS}"
    sql, params = _hits(condition, [terms.containing(typed)], most=None)
    return RawSQL(sql, params, output_field=BigIntegerField())  # noqa: S611


def best(among: QuerySet[Any], typed: str) -> QuerySet[Any]:
    """The best of a queryset of prospects, with their `rank`: at most MOST_FOUND of those whose name begins with it,
    of those that have its words, and, where these are few, of those that contain it, or else are spelt alike.

    Asks the database which these are, in one or two statements; three where only what is spelt alike is found.
    """
    plain = terms.plain(typed)
    ids = _first(among, _hits(_BEGINS, [plain, plain]), _with_words(typed)) if plain else []
    if len(ids) < MOST_FOUND and len(plain) >= _SHORTEST_PART:
        ids += _first(among, _hits(_CONTAINS, [terms.containing(typed)]))
        ids = ids or _first(among, _hits(_ALIKE, [plain]))
    chosen = RawSQL("SELECT unnest(%s::bigint[])", [sorted(set(ids))])
    rank = Rank(Value(plain.lower()), F("company__name"), F("company__domain"), F("person_name"))
    chosen_rows: QuerySet[Any] = among.model._default_manager.filter(pk__in=chosen)
    ranked: QuerySet[Any] = chosen_rows.annotate(rank=rank)
    return ranked


def _first(among: QuerySet[Any], *kinds: Sql) -> list[int]:
    """Ids of the first MOST_FOUND hits of each kind that are among these, some of them twice. One statement.

    Each hit is looked up by itself, and no hit is looked for once there are enough. As a join the planner would read
    all prospects, or gather all hits: of a misspelt word, each of thousands costs ten microseconds to tell.
    """
    one = among.order_by().filter(pk=RawSQL("hit.prospect_id", [])).annotate(is_there=Value(True))
    try:
        there, own = one.values_list("is_there").query.sql_with_params()
    except EmptyResultSet:
        return []
    first = " UNION ALL ".join(
        f"(SELECT prospect_id FROM ({hits}) AS hit WHERE ({there}) LIMIT {MOST_FOUND:d})"  # noqa: S608
        for hits, _ in kinds
    )
    with connection.cursor() as cursor:
        cursor.execute(first, [param for _, params in kinds for param in (*params, *own)])
        return [pk for (pk,) in cursor.fetchall()]


def _with_words(typed: str) -> Sql:
    words = terms.words(typed)
    if not words:
        return _hits("false", [])
    return _hits(_WORDS, [terms.query(words)], of_changed=(_HAS_WORDS, [" ".join(words)]))


def _hits(condition: str, params: list[str], *, of_changed: Sql | None = None, most: int | None = _MOST_HITS) -> Sql:
    theirs, own = of_changed or (condition, params)
    limit = f" LIMIT {most:d}" if most else ""
    return _HITS.format(condition=condition, of_changed=theirs, limit=limit), [*params, *own]
