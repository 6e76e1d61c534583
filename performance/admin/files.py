"""Uploads and exports."""

from django.contrib import admin

from performance.admin.base import ReadOnlyAdmin
from performance.files.models import FileChunk, StoredFile


@admin.register(StoredFile)
class StoredFileAdmin(ReadOnlyAdmin):
    list_display = ["name", "content_type", "size", "owner", "created_at", "expires_at"]
    list_select_related = ["owner"]
    search_fields = ["name", "sha256"]
    ordering = ["-id"]


@admin.register(FileChunk)
class FileChunkAdmin(ReadOnlyAdmin):
    """The pieces of files; their content isn't shown."""

    list_display = ["file", "position"]
    list_select_related = ["file"]
    fields = ["file", "position"]
    ordering = ["-id"]
