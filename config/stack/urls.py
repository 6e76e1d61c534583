"""How the rest of the project is told where the servers are."""

from psycopg.conninfo import conninfo_to_dict

USER = "assay"
DATABASE = "assay"

# libpq's names, and Django's for the same things; what has none goes to OPTIONS.
DJANGO_NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def postgres(port: int, password: str) -> str:
    return f"postgresql://{USER}:{password}@127.0.0.1:{port}/{DATABASE}"


def valkey(port: int, password: str) -> str:
    return f"redis://:{password}@127.0.0.1:{port}/0"


def django_database(url: str) -> dict[str, object]:
    """NAME, USER, PASSWORD, HOST, PORT of a PostgreSQL URL for Django, its other parameters as OPTIONS."""
    parts = conninfo_to_dict(url)
    named: dict[str, object] = {DJANGO_NAMES[key]: str(value) for key, value in parts.items() if key in DJANGO_NAMES}
    return {**named, "OPTIONS": {key: value for key, value in parts.items() if key not in DJANGO_NAMES}}
