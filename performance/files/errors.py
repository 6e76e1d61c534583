"""What can be wrong with a file."""

from performance.api.errors import DomainError


class EmptyFile(DomainError):
    """The file is empty."""

    status = 422


class FileTooLarge(DomainError):
    """The file is larger than this installation accepts (UPLOAD_MAX_MB)."""

    status = 413


class FileDamaged(DomainError):
    """The stored file is incomplete or was changed; upload or export it again."""

    status = 410
