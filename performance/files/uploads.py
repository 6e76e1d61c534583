"""The bound on forms with files at every address: a view's own check comes after the body was written to disk."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

# What the boundaries and the other fields of a form may take beside its file.
FORM_OVERHEAD_BYTES = 1024 * 1024


class BoundedUpload(FileUploadHandler):
    """The first of FILE_UPLOAD_HANDLERS: refuses a form above UPLOAD_MAX_MB before anything of it is read."""

    def handle_raw_input(
        self, input_data: Any, META: dict[str, str], content_length: int, boundary: str, encoding: str | None = None
    ) -> None:
        if content_length > settings.UPLOAD_MAX_MB * 1024 * 1024 + FORM_OVERHEAD_BYTES:
            raise RequestDataTooBig(f"The form is larger than {settings.UPLOAD_MAX_MB} MB.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
