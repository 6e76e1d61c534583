"""Which rows a chunk takes, and taking them: in one transaction with what keeps them.

The statements are put together from the registry and the catalogue (names quoted); what comes from people are values.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.backends.utils import CursorWrapper

from performance.database.archival.eligibility import Choice, eligible
from performance.database.archival.staging import make_table
from performance.database.archival.tree import Branch, Column, Pointer, columns_of, quoted, tree

# So many keys are looked at for one chunk, however few of them may go: a chunk's time is bounded.
WINDOW_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Taken:
    """A temporary table, `staged`, with what a chunk took from `table`: of a link, "table.column", whom it named."""

    staged: str
    table: str
    columns: Sequence[Column]


class Taking:
    """One chunk's rows: `pick` names and locks them, then `take` or `remove`."""

    def __init__(self, cursor: CursorWrapper, choice: Choice) -> None:
        self._cursor = cursor
        self._choice = choice
        self._tree = tree(choice.target.name)
        self._columns = [columns_of(branch.table) for branch in self._tree]
        self._is_copy = choice.work == "copy"

    def pick(self, after: Sequence[str], *, limit: int) -> Sequence[str] | None:
        """At most `limit` of the next rows after the key `after`, and their children; where to go on, None at the end.

        What is to go and is locked by somebody is passed over: the next run takes it.
        """
        end = self._window_end(after)
        picked = self._pick_roots(after, end, limit=limit)
        for place in range(1, len(self._tree)):
            self._pick_children(place)
        return self._last_picked() if picked == limit else end

    def take(self) -> list[Taken]:
        """The picked rows, out of their tables but for a copy: children first, then where others are set to null."""
        links = [] if self._is_copy else self._take_links()
        rows = [self._take_rows(place) for place in reversed(range(len(self._tree)))]
        return [*reversed(rows), *links]

    def remove(self) -> list[int]:
        """The picked rows for good; how many of each table, the target's own first."""
        for place, branch in enumerate(self._tree):
            for link in branch.links:
                self._cursor.execute(self._unlinking(link, place))
        return [self._removed(place) for place in reversed(range(len(self._tree)))][::-1]

    def _window_end(self, after: Sequence[str]) -> Sequence[str] | None:
        root = self._tree[0]
        keys, given = _listed(root.key, of="r"), dict(zip(_names("after", root), after, strict=False))
        self._cursor.execute(
            f"SELECT {_texts(root.key, of='r')} FROM {quoted(root.table)} r WHERE {self._bound('>', 'after', after)}"  # noqa: S608
            f" ORDER BY {keys} OFFSET {WINDOW_ROWS - 1} LIMIT 1",
            given,
        )
        row = self._cursor.fetchone()
        return list(row) if row else None

    def _pick_roots(self, after: Sequence[str], end: Sequence[str] | None, *, limit: int) -> int:
        root = self._tree[0]
        keys = _listed(root.key, of="r")
        lock = "" if self._is_copy else "FOR UPDATE OF r SKIP LOCKED"
        bounds = f"{self._bound('>', 'after', after)} AND {self._bound('<=', 'until', end)}"
        given = dict(zip([*_names("after", root)], after, strict=False))
        given |= dict(zip([*_names("until", root)], end or (), strict=False))
        self._cursor.execute(
            f"INSERT INTO {self._picked(0)} SELECT {keys} FROM {quoted(root.table)} r"  # noqa: S608
            f" WHERE {bounds} AND {eligible(self._choice)} ORDER BY {keys} LIMIT {limit} {lock}",
            self._choice.given | given,
        )
        return int(self._cursor.rowcount)

    def _pick_children(self, place: int) -> None:
        branch = self._tree[place]
        parent = branch.parent
        lock = "" if self._is_copy else "FOR UPDATE OF t"
        above = f"{_picked_name(parent)} p ON t.{quoted(branch.via)} = p.{quoted(self._tree[parent].key[0])}"
        self._cursor.execute(
            f"INSERT INTO {self._picked(place)} SELECT {_listed(branch.key, of='t')} FROM {quoted(branch.table)} t"  # noqa: S608
            f" JOIN pg_temp.{above} {lock}"
        )

    def _last_picked(self) -> Sequence[str]:
        key = self._tree[0].key
        descending = ", ".join(f"r.{quoted(each)} DESC" for each in key)
        self._cursor.execute(
            f"SELECT {_texts(key, of='r')} FROM pg_temp.{_picked_name(0)} r ORDER BY {descending} LIMIT 1"  # noqa: S608
        )
        return list(self._cursor.fetchone())

    def _take_rows(self, place: int) -> Taken:
        branch, columns = self._tree[place], self._columns[place]
        name = f"archival_taken_{place}"
        staged = make_table(self._cursor, name, columns)
        listed = _listed([column.name for column in columns], of="t")
        chosen = f"{quoted(branch.table)} t {{}} pg_temp.{_picked_name(place)} p {{}} {_same(branch.key)}"
        if self._is_copy:
            source = f"SELECT {listed} FROM {chosen.format('JOIN', 'ON')}"  # noqa: S608
        else:
            source = f"DELETE FROM {chosen.format('USING', 'WHERE')} RETURNING {listed}"  # noqa: S608
        self._cursor.execute(f"WITH taken AS ({source}) INSERT INTO {staged} SELECT * FROM taken")  # noqa: S608
        return Taken(staged, branch.table, columns)

    def _take_links(self) -> list[Taken]:
        """Whom the rows that go were named by, before that is set to null."""
        return [
            self._take_link(link, place, number)
            for place, branch in enumerate(self._tree)
            for number, link in enumerate(branch.links)
        ]

    def _take_link(self, link: Pointer, place: int, number: int) -> Taken:
        kinds = {column.name: column for column in columns_of(link.table)}
        columns = [kinds[name] for name in (*link.key, link.column)]
        staged = make_table(self._cursor, f"archival_link_{place}_{number}", columns)
        own = _listed(link.key, of="m")
        self._cursor.execute(
            f"WITH taken AS ({self._unlinking(link, place)} RETURNING {own}, p.{quoted(self._tree[place].key[0])})"  # noqa: S608
            f" INSERT INTO {staged} SELECT * FROM taken"
        )
        return Taken(staged, link.name, columns)

    def _unlinking(self, link: Pointer, place: int) -> str:
        column, key = quoted(link.column), quoted(self._tree[place].key[0])
        return (
            f"UPDATE {quoted(link.table)} m SET {column} = NULL FROM pg_temp.{_picked_name(place)} p"  # noqa: S608
            f" WHERE m.{column} = p.{key}"
        )

    def _removed(self, place: int) -> int:
        branch = self._tree[place]
        picked = f"pg_temp.{_picked_name(place)} p"
        self._cursor.execute(f"DELETE FROM {quoted(branch.table)} t USING {picked} WHERE {_same(branch.key)}")  # noqa: S608
        return int(self._cursor.rowcount)

    def _picked(self, place: int) -> str:
        kinds = {column.name: column for column in self._columns[place]}
        return make_table(self._cursor, _picked_name(place), [kinds[name] for name in self._tree[place].key])

    def _bound(self, sign: str, name: str, values: Sequence[str] | None) -> str:
        """The row's key compared with one that is kept as texts; no bound where there is none."""
        if not values:
            return "true"
        root = self._tree[0]
        kinds = {column.name: column.type for column in self._columns[0]}
        marks = ", ".join(f"%({mark})s::{kinds[key]}" for mark, key in zip(_names(name, root), root.key, strict=True))
        return f"({_listed(root.key, of='r')}) {sign} ({marks})"


def _picked_name(place: int) -> str:
    return f"archival_picked_{place}"


def _names(name: str, branch: Branch) -> list[str]:
    return [f"{name}_{place}" for place in range(len(branch.key))]


def _listed(columns: Sequence[str], *, of: str) -> str:
    return ", ".join(f"{of}.{quoted(column)}" for column in columns)


def _texts(columns: Sequence[str], *, of: str) -> str:
    return ", ".join(f"{of}.{quoted(column)}::text" for column in columns)


def _same(key: Sequence[str]) -> str:
    return " AND ".join(f"t.{quoted(column)} = p.{quoted(column)}" for column in key)
