"""Files in the database, in chunks: an upload taken by one host is parsed, and an export streamed, by any other."""

from django.conf import settings
from django.db import models

from performance.cache.declared import invalidates


class StoredFile(models.Model):
    """An upload or an export. `size` is in bytes; complete once `sha256` is set."""

    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            # expire_rows: DELETE … WHERE expires_at < now()
            models.Index(
                fields=["expires_at"], name="storedfile_expires", condition=models.Q(expires_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FileChunk(models.Model):
    """A piece of a stored file, at most 1 MiB."""

    file = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="chunks")
    position = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "position"], name="filechunk_file_position")]

    def __str__(self) -> str:
        return f"{self.file_id}:{self.position}"


# Whoever names a file that expires no longer does, and isn't told.
invalidates(StoredFile, gone=["files"])
