"""How the rest of the project is told where the servers are."""

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from config.env import BadVariable, redacted

USER = "assay"
DATABASE = "assay"

# libpq's names, and Django's for the same things; what has none goes to OPTIONS.
DJANGO_NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def postgres(port: int, password: str) -> str:
    return f"postgresql://{USER}:{password}@127.0.0.1:{port}/{DATABASE}?sslmode=disable"


def valkey(port: int, password: str) -> str:
    return f"redis://:{password}@127.0.0.1:{port}/0"


def django_database(url: str) -> dict[str, str]:
    """NAME, USER, PASSWORD, HOST and PORT of a PostgreSQL URL, as Django calls them."""
    return {DJANGO_NAMES[key]: value for key, value in _parts(url).items() if key in DJANGO_NAMES}


def libpq_options(url: str) -> dict[str, str]:
    """The other parameters of a PostgreSQL URL (sslmode and the like), for Django's OPTIONS."""
    return {key: value for key, value in _parts(url).items() if key not in DJANGO_NAMES}


def _parts(url: str) -> dict[str, str]:
    """Raises BadVariable; without libpq's own words, which may quote a part of the password."""
    try:
        return {key: str(value) for key, value in conninfo_to_dict(url).items()}
    except ProgrammingError as error:
        allowed = "a URL that libpq can read: only libpq's parameters behind a ?, special characters percent-encoded"
        raise BadVariable(name="DATABASE_URL", value=redacted(url), allowed=allowed) from error
