"""Who is asking."""

from copy import copy
from datetime import timedelta
from hmac import compare_digest

from django.db import connection
from django.utils import timezone
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from knox.settings import CONSTANTS
from rest_framework.exceptions import AuthenticationFailed

from performance.access.holders import tokens_of
from performance.access.known import Principal, generation, keep, key_of_token, principal_of, seen
from performance.access.models import ApiToken, User
from performance.cache.transactions import in_transaction

# A busy client would otherwise cost a write on every read.
USE_NOTED_EVERY = timedelta(minutes=1)
# Written out, as one's first request in each process makes it, and the ORM would take most of its time to compile it.
_NOTED = (
    f"UPDATE {ApiToken._meta.db_table} SET last_used_at = %s"  # noqa: S608 - a table of our own
    " WHERE digest = %s AND (last_used_at IS NULL OR last_used_at <= %s)"
)
# A request waits for no disk to have it on record: what a crash may lose is a minute's. It holds for the transaction,
# so never in one that has more to commit.
_WITHOUT_WAITING = " AND set_config('synchronous_commit', 'off', true) = 'off'"


class ApiTokenAuthentication(TokenAuthentication):
    """`Authorization: Token …` with one of our scoped tokens: the database is asked once a minute in each process."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, ApiToken | None]:
        """Raises AuthenticationFailed (401) for a token that is unknown, revoked, expired, or of a disabled user.

        knox's own version deletes expired tokens while reading; here `performance.tasks.expire_rows` does that.
        """
        known = principal_of_token(token.decode("ascii", errors="replace"))
        # Copies, which carry the permissions along: a view may do with them what it likes.
        return copy(known.user), copy(known.token)


def principal_of_token(text: str) -> Principal:
    """Whoever holds the token of that text, read at most a minute ago. Raises AuthenticationFailed as above."""
    at, key = generation(), key_of_token(text)
    return seen(key, at) or keep(key, _read(text), at)


def _read(text: str) -> Principal:
    digest = hash_token(text)
    candidates = tokens_of(text[: CONSTANTS.TOKEN_KEY_LENGTH])
    found = next((each for each in candidates if compare_digest(digest, each.digest)), None)
    if found is None:
        raise AuthenticationFailed("There is no such token; it may have been revoked.", code="token_unknown")
    if found.expiry <= timezone.now():
        raise AuthenticationFailed(f"The token expired on {found.expiry:%Y-%m-%d}.", code="token_expired")
    if not found.user.is_active:
        raise AuthenticationFailed("The token's user is disabled.", code="user_disabled")
    _note_use(found)
    return principal_of(found.user, found)


def _note_use(token: ApiToken) -> None:
    now = timezone.now()
    due = now - USE_NOTED_EVERY
    if token.last_used_at is None or token.last_used_at <= due:
        with connection.cursor() as cursor:
            cursor.execute(_NOTED + ("" if in_transaction() else _WITHOUT_WAITING), [now, token.pk, due])
