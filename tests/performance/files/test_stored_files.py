import hashlib
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from performance.files.errors import EmptyFile, FileDamaged, FileTooLarge
from performance.files.models import FileChunk, StoredFile
from performance.files.services import CHUNK_BYTES, delete_expired, open_file, store, stream

pytestmark = pytest.mark.django_db


def pieces(content: bytes, *, size: int) -> Iterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


def keep(content: bytes, **fields: object) -> StoredFile:
    return store(name="a.csv", content_type="text/csv", chunks=[content], **fields)  # type: ignore[arg-type]


CONTENT = bytes(range(256)) * 10_241  # 2.5 chunks and a bit


@pytest.mark.parametrize("size", [1000, CHUNK_BYTES, CHUNK_BYTES + 1, len(CONTENT)])
def test_what_goes_in_comes_out_however_it_was_cut(size: int) -> None:
    file = store(name="a.bin", content_type="application/octet-stream", chunks=pieces(CONTENT, size=size))

    assert b"".join(stream(file)) == CONTENT
    assert (file.size, file.sha256) == (len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
    assert [len(chunk) for chunk in stream(file)] == [CHUNK_BYTES, CHUNK_BYTES, len(CONTENT) - 2 * CHUNK_BYTES]


def test_it_can_be_opened_like_a_file() -> None:
    with open_file(keep(b"name\nAcme\n")) as content:
        assert content.readlines() == [b"name\n", b"Acme\n"]


@pytest.mark.parametrize("chunks", [[], [b""], [b"", b""]])
def test_an_empty_file_is_refused_and_leaves_nothing(chunks: list[bytes]) -> None:
    with pytest.raises(EmptyFile):
        store(name="a.csv", content_type="text/csv", chunks=chunks)

    assert not StoredFile.objects.exists()


def test_a_file_above_the_limit_is_refused_while_it_is_read_and_leaves_nothing(settings: Settings) -> None:
    settings.UPLOAD_MAX_MB = 1
    read = []

    def endless() -> Iterator[bytes]:
        while True:
            read.append(1)
            yield b"x" * CHUNK_BYTES

    with pytest.raises(FileTooLarge, match="larger than the 1 MB this installation accepts"):
        store(name="a.csv", content_type="text/csv", chunks=endless())

    assert len(read) == 2
    assert not StoredFile.objects.exists()
    assert not FileChunk.objects.exists()


def test_a_file_of_exactly_the_limit_is_kept(settings: Settings) -> None:
    settings.UPLOAD_MAX_MB = 1

    assert keep(b"x" * CHUNK_BYTES).size == CHUNK_BYTES


def test_a_lost_chunk_is_noticed() -> None:
    file = store(name="a", content_type="x/y", chunks=[CONTENT])
    FileChunk.objects.filter(position=1).delete()

    with pytest.raises(FileDamaged):
        list(stream(file))


def test_a_changed_chunk_is_noticed() -> None:
    file = keep(b"name")
    FileChunk.objects.update(content=b"nome")

    with pytest.raises(FileDamaged):
        open_file(file)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\lists\\prospects.csv", "prospects.csv"),
        ('a\r\nX: "1".csv', 'aX: "1".csv'),
        ("", "file"),
        ("firmen-ä.csv", "firmen-ä.csv"),
        ("x" * 300 + ".csv", "x" * 251 + ".csv"),
    ],
)
def test_a_name_is_made_safe(given: str, kept: str) -> None:
    assert store(name=given, content_type="text/csv", chunks=[b"a"]).name == kept


def test_what_has_expired_is_deleted_with_its_chunks() -> None:
    now = timezone.now()
    keep(b"old", expires_at=now - timedelta(seconds=1))
    later = keep(b"new", expires_at=now + timedelta(seconds=1))
    lasting = keep(b"for ever")

    assert delete_expired(at=now) == 1
    assert set(StoredFile.objects.all()) == {later, lasting}
    assert FileChunk.objects.count() == 2


def test_a_busy_weeks_files_are_deleted_one_by_one() -> None:
    """All at once they would take longer than a statement may, and none would ever go."""
    now = timezone.now()
    for _ in range(3):
        keep(b"old", expires_at=now - timedelta(seconds=1))

    with CaptureQueriesContext(connection) as asked:
        assert delete_expired(at=now) == 3

    deletions = [query["sql"] for query in asked if 'DELETE FROM "performance_filechunk"' in query["sql"]]
    assert len(deletions) == 3
