"""How the rest of the project is told where the servers are."""

from psycopg.conninfo import conninfo_to_dict

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
    return {key: str(value) for key, value in conninfo_to_dict(url).items()}
