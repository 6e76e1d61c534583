"""The same POST twice does its work once (draft-ietf-httpapi-idempotency-key-header).

A client that isn't sure whether its request arrived sends it again with the same `Idempotency-Key`:

- the first time, the key's row is inserted and the work is done in one transaction, which also stores the answer;
- again with the same request: the stored answer, with `Idempotency-Replayed: true`, for 24 h;
- with another request under the same key: 409 `idempotency_key_reused`;
- while the first is still at work: waits for it up to 3 s, then 409 `idempotency_in_progress` with Retry-After;
- a request that was refused or failed changed nothing and isn't remembered: it may be repeated with the same key.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

import orjson
from django.core.files.uploadedfile import UploadedFile
from django.db import OperationalError, connection
from psycopg.errors import LockNotAvailable
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from performance.api.errors import DomainError
from performance.api.models import KEPT_FOR, IdempotencyKey
from performance.api.rendering import JSONRenderer
from performance.database.undoing import one_transaction

HEADER = "Idempotency-Key"
REPLAYED_HEADER = "Idempotency-Replayed"
WAIT_MS = 3000
MAX_KEY_LENGTH = 255

# The insert waits where another transaction has the same key and hasn't committed. A row past its 24 h that hasn't
# been deleted yet is taken over.
_INSERT = """
INSERT INTO performance_idempotencykey AS kept (owner_id, key, request_hash, status, location, body, created_at)
VALUES (%(owner)s, %(key)s, %(hash)s, 0, '', '{}', now())
ON CONFLICT (owner_id, key) DO UPDATE
    SET request_hash = EXCLUDED.request_hash, status = 0, location = '', body = '{}', created_at = now()
    WHERE kept.created_at < now() - make_interval(secs => %(kept_s)s)
RETURNING id
"""

Handler = TypeVar("Handler", bound=Callable[..., Response])


class BadIdempotencyKey(DomainError):
    """The Idempotency-Key must be 1 to 255 visible ASCII characters."""


class IdempotencyKeyReused(DomainError):
    """This Idempotency-Key was used for another request; use a new key for a new request."""

    status = 409


class IdempotencyInProgress(DomainError):
    """The first request with this Idempotency-Key is still being worked on; ask again in a moment."""

    status = 409


class ShownOnce(Response):
    """An answer with something that is shown this once: what is stored, for a repetition, is `remembered`."""

    def __init__(self, data: Any, remembered: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.remembered = remembered


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Whose key, and a hash of what was asked under it."""

    owner_id: int
    key: str
    request_hash: str


def idempotent(handler: Handler) -> Handler:
    """Decorates a view's `post`: honours Idempotency-Key, and runs the handler in a transaction in any case."""

    @wraps(handler)
    def wrapped(view: APIView, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER)
        with one_transaction():
            if key is None:
                return handler(view, request, *args, **kwargs)
            fingerprint = _fingerprint(request, key)
            row_id = _claim(fingerprint)
            if row_id is None:
                return _replay(fingerprint)
            response = handler(view, request, *args, **kwargs)
            _remember(row_id, response)
            return response

    wrapped.is_idempotent = True  # type: ignore[attr-defined]  # read by performance.api.schema
    return wrapped  # type: ignore[return-value]  # it takes what the view takes


def _fingerprint(request: Request, key: str) -> Fingerprint:
    if not (0 < len(key) <= MAX_KEY_LENGTH and key.isascii() and key.isprintable()):
        raise BadIdempotencyKey
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    for name, value in _parts(request):
        digest.update(f"{name}\n".encode())
        for piece in value.chunks() if isinstance(value, UploadedFile) else [value]:
            digest.update(piece)
        if isinstance(value, UploadedFile):
            # The view reads it, too.
            value.seek(0)
    if not request.user.is_authenticated:
        raise NotAuthenticated
    return Fingerprint(request.user.pk, key, digest.hexdigest())


def _parts(request: Request) -> list[tuple[str, Any]]:
    """The body as (name, bytes or file), the same for the same meaning: the order of keys doesn't count."""
    if not request.FILES:
        return [("", orjson.dumps(_plain(request.data), option=orjson.OPT_SORT_KEYS))]
    fields = [(name, orjson.dumps(request.POST.getlist(name))) for name in sorted(request.POST)]
    return fields + [(f"{name}:{file.name}", file) for name, file in sorted(request.FILES.items())]


def _plain(body: Any) -> Any:
    """A form's QueryDict as a dict of lists, so that a repeated field counts."""
    return dict(body.lists()) if hasattr(body, "lists") else body


def _claim(fingerprint: Fingerprint) -> int | None:
    """The id of the new row, or None where there is one. Raises IdempotencyInProgress."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        before = cursor.fetchone()[0]
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{WAIT_MS}ms"])
        try:
            cursor.execute(
                _INSERT,
                {
                    "owner": fingerprint.owner_id,
                    "key": fingerprint.key,
                    "hash": fingerprint.request_hash,
                    "kept_s": KEPT_FOR.total_seconds(),
                },
            )
        except OperationalError as error:
            if isinstance(error.__cause__, LockNotAvailable):
                raise IdempotencyInProgress(retry_after_s=1) from error
            raise
        row = cursor.fetchone()
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [before])
    return row[0] if row else None


def _remember(row_id: int, response: Response) -> None:
    shown = response.remembered if isinstance(response, ShownOnce) else response.data
    # Through the renderer, so that the stored body is what was sent.
    body = orjson.loads(JSONRenderer().render(shown) or b"null")
    location = response.get("Location", "")
    IdempotencyKey.objects.filter(pk=row_id).update(status=response.status_code, location=location, body=body)


def _replay(fingerprint: Fingerprint) -> Response:
    kept = IdempotencyKey.objects.get(owner_id=fingerprint.owner_id, key=fingerprint.key)
    if kept.request_hash != fingerprint.request_hash:
        raise IdempotencyKeyReused
    headers = {REPLAYED_HEADER: "true"} | ({"Location": kept.location} if kept.location else {})
    return Response(kept.body, status=kept.status, headers=headers)
