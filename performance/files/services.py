"""Files in, files out; a file of any size passes through one chunk of memory."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from django.conf import settings
from django.db import connection, transaction

from performance.access.models import User
from performance.files.errors import EmptyFile, FileDamaged, FileTooLarge
from performance.files.models import FileChunk, StoredFile

CHUNK_BYTES = 1024 * 1024
SPOOL_BYTES = 8 * CHUNK_BYTES
_COPY_CHUNK = "COPY performance_filechunk (file_id, position, content) FROM STDIN (FORMAT BINARY)"


@transaction.atomic
def store(
    *,
    name: str,
    content_type: str,
    chunks: Iterable[bytes],
    owner: User | None = None,
    expires_at: datetime | None = None,
    max_bytes: int | None = None,
) -> StoredFile:
    """Keep a file; all of it or nothing. `chunks` may be of any size and are read once.

    `max_bytes` is UPLOAD_MAX_MB unless said: an export of our own making may be larger.
    Raises EmptyFile, FileTooLarge.
    """
    limit = settings.UPLOAD_MAX_MB * 1024 * 1024 if max_bytes is None else max_bytes
    file = StoredFile.objects.create(
        name=_safe_name(name), content_type=content_type[:100], owner=owner, expires_at=expires_at
    )
    digest = hashlib.sha256()
    for position, content in enumerate(_recut(chunks)):
        file.size += len(content)
        if file.size > limit:
            raise FileTooLarge(f"The file is larger than the {limit / 1024 / 1024:,.0f} MB this installation accepts.")
        digest.update(content)
        _insert(file.pk, position, content)
    if not file.size:
        raise EmptyFile
    file.sha256 = digest.hexdigest()
    file.save(update_fields=["size", "sha256"])
    return file


def stream(file: StoredFile) -> Iterator[bytes]:
    """The content, a chunk a statement, so that a slow reader holds no transaction. Raises FileDamaged at its end."""
    digest = hashlib.sha256()
    for position in range(_chunk_count(file)):
        content = FileChunk.objects.filter(file=file, position=position).values_list("content", flat=True).first()
        if content is None:
            raise FileDamaged
        digest.update(content)
        yield bytes(content)
    if digest.hexdigest() != file.sha256:
        raise FileDamaged


def open_file(file: StoredFile) -> BinaryIO:
    """The content as a temporary file at its start, in memory while small; close it. Raises FileDamaged."""
    spool = SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 - handed to the caller
    for content in stream(file):
        spool.write(content)
    spool.seek(0)
    return cast(BinaryIO, spool)


def delete_expired(*, at: datetime) -> int:
    """Delete the files whose time has passed and return how many.

    Each by itself: all the gigabytes of a busy week take longer than a statement may.
    """
    ids = list(StoredFile.objects.filter(expires_at__lt=at).values_list("pk", flat=True))
    for file_id in ids:
        StoredFile.objects.filter(pk=file_id).delete()
    return len(ids)


def _insert(file_id: int, position: int, content: bytes) -> None:
    """By binary COPY: as a parameter a chunk would go as text of twice its size, twice as slowly.

    A COPY for each, since what yields the chunks may use the connection between them.
    """
    with connection.cursor() as cursor, cursor.copy(_COPY_CHUNK) as copy:
        copy.set_types(["int8", "int4", "bytea"])
        copy.write_row((file_id, position, content))


def _chunk_count(file: StoredFile) -> int:
    return -(-file.size // CHUNK_BYTES)


def _recut(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of exactly CHUNK_BYTES, but for the last."""
    waiting = bytearray()
    for chunk in chunks:
        waiting += chunk
        while len(waiting) >= CHUNK_BYTES:
            yield bytes(waiting[:CHUNK_BYTES])
            del waiting[:CHUNK_BYTES]
    if waiting:
        yield bytes(waiting)


def _safe_name(name: str) -> str:
    """The last part of a path, printable, at most 255 characters: it goes into headers and pages."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(character for character in last if character.isprintable())[-255:] or "file"
