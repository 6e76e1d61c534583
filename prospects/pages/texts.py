"""Texts as rows keep them: compressed, once however many pages say them."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

import orjson
import zstandard
from django.db.backends.utils import CursorWrapper
from psycopg.types.json import Json

from prospects.pages.models import PageText
from prospects.pages.parsed import Block, Document, ParsedPage, StoredText

_LEVEL = 3
_MOST_BYTES = 2_000_000
# Known ones are kept from being deleted until the pages that name them are stored.
_KNOWN = "SELECT id FROM prospects_pagetext WHERE id = ANY(%s::uuid[]) ORDER BY id FOR KEY SHARE"
_COPY = """
COPY prospects_pagetext (id, body, visible_length, length, language, blocks) FROM STDIN WITH (FORMAT BINARY)
"""
_TYPES = ["uuid", "bytea", "int4", "int4", "varchar", "json"]


def write_texts(cursor: CursorWrapper, pages: Iterable[ParsedPage]) -> None:
    """Those that aren't there yet, in the order of their ids.

    A writer who had one of them first, since, makes a UniqueViolation: the transaction is to be done anew.
    """
    by_hash = {page.document.hash: page for page in pages}
    if not by_hash:
        return
    cursor.execute(_KNOWN, [[str(each) for each in by_hash]])
    missing = sorted(by_hash.keys() - {each for (each,) in cursor.fetchall()})
    if not missing:
        return
    with cursor.copy(_COPY) as copy:
        copy.set_types(_TYPES)
        compressor = zstandard.ZstdCompressor(level=_LEVEL)
        for each in missing:
            copy.write_row(_row(by_hash[each], compressor))


def texts_of(hashes: Collection[UUID]) -> dict[UUID, StoredText]:
    """Those that are there. One statement."""
    rows = PageText.objects.filter(pk__in=set(hashes)).values_list("pk", "body", "visible_length", "language", "blocks")
    return {
        key: StoredText(key, unpacked(body), visible_length, language, _blocks(blocks))
        for key, body, visible_length, language, blocks in rows
    }


def packed(text: str) -> bytes:
    return zstandard.ZstdCompressor(level=_LEVEL).compress(text.encode())


def unpacked(body: bytes | memoryview) -> str:
    return zstandard.ZstdDecompressor().decompress(bytes(body), max_output_size=_MOST_BYTES).decode()


def _row(page: ParsedPage, compressor: zstandard.ZstdCompressor) -> Sequence[Any]:
    document: Document = page.document
    return (
        document.hash,
        compressor.compress(document.text.encode()),
        document.visible_length,
        len(document.text),
        document.language,
        Json([block[: 4 if block.classes else 3] for block in page.blocks], orjson.dumps),
    )


def _blocks(rows: Iterable[Sequence[Any]]) -> tuple[Block, ...]:
    return tuple(Block(*row) for row in rows)
