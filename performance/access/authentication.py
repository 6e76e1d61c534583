"""Who is asking."""

from knox.auth import TokenAuthentication


class ApiTokenAuthentication(TokenAuthentication):
    """`Authorization: Token …` with one of our scoped tokens."""
