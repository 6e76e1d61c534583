"""Who is asking."""

from copy import copy
from datetime import timedelta
from hmac import compare_digest

from django.db.models import Func, Q, TextField, Value
from django.utils import timezone
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from knox.settings import CONSTANTS
from rest_framework.exceptions import AuthenticationFailed

from performance.access.known import Principal, generation, keep, key_of_token, principal_of, seen
from performance.access.models import ApiToken, User
from performance.cache.transactions import in_transaction

# A busy client would otherwise cost a write on every read.
USE_NOTED_EVERY = timedelta(minutes=1)
# A request waits for no disk to have it on record: what a crash may lose is a minute's. It holds for the transaction,
# so never in one that has more to commit.
_WITHOUT_WAITING = Func(
    *(Value("synchronous_commit"), Value("off"), Value(True)), function="set_config", output_field=TextField()
)


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
    candidates = ApiToken.objects.select_related("user").filter(token_key=text[: CONSTANTS.TOKEN_KEY_LENGTH])
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
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lte=due)
        noted = ApiToken.objects.filter(stale, pk=token.pk)
        if not in_transaction():
            noted = noted.alias(aside=_WITHOUT_WAITING).filter(aside="off")
        noted.update(last_used_at=now)
