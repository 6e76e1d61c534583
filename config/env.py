"""What the environment says: typed, checked and written down.

Every setting a person may turn is read here. The process's environment wins over the file `.env` at the
checkout's root (or the file that ASSAY_ENV_FILE names; empty for none), and an empty value counts as absent.
A bad value raises `BadVariable`, whose message is one sentence fit for a terminal. What was asked for is kept
in `env.declared`, so that the README's table can be held to it.
"""

import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TypeAlias, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})

# `Env` has methods called str, int, float, bool and list, so its annotations need other names for the types.
Text: TypeAlias = str
Texts: TypeAlias = list[str]
Whole: TypeAlias = int
Real: TypeAlias = float
Truth: TypeAlias = bool
Wholes: TypeAlias = list[int]
Networks: TypeAlias = list[IPv4Network | IPv6Network]

T = TypeVar("T")
D = TypeVar("D")
TextOrNone = TypeVar("TextOrNone", bound=Text | None)
WholeOrNone = TypeVar("WholeOrNone", bound=Whole | None)
RealOrNone = TypeVar("RealOrNone", bound=Real | None)
TruthOrNone = TypeVar("TruthOrNone", bound=Truth | None)


class BadVariable(ImproperlyConfigured):
    """A variable of the environment has a value that is not allowed."""

    exit_status = os.EX_CONFIG

    def __init__(self, *, name: str, value: str, allowed: str) -> None:
        self.name = name
        super().__init__(f"{name} is {value!r}, but it must be {allowed}.")


@dataclass(frozen=True, slots=True)
class Variable:
    """One setting as declared.

    `allowed` completes the sentence "it must be …". A secret's default is left out (None).
    """

    name: str
    allowed: str
    default: object
    help: str
    is_secret: bool = False


class Env:
    """Reads and checks variables. `environ` wins over `file`."""

    def __init__(self, environ: Mapping[Text, Text], file: Mapping[Text, Text]) -> None:
        self.declared: dict[Text, Variable] = {}
        self._environ = environ
        self._file = file

    def str(self, name: Text, default: TextOrNone, *, secret: Truth = False, help: Text = "") -> Text | TextOrNone:
        variable = Variable(name, "text", None if secret else default, help, secret)
        return self._read(variable, default, parse=Text)

    def int(
        self,
        name: Text,
        default: WholeOrNone,
        *,
        minimum: Whole | None = None,
        maximum: Whole | None = None,
        help: Text = "",
    ) -> Whole | WholeOrNone:
        variable = Variable(name, "a whole number" + _bounds(minimum, maximum), default, help)
        return self._read(variable, default, parse=lambda raw: _within(int(raw.replace("_", "")), minimum, maximum))

    def float(
        self,
        name: Text,
        default: RealOrNone,
        *,
        minimum: Real | None = None,
        maximum: Real | None = None,
        help: Text = "",
    ) -> Real | RealOrNone:
        variable = Variable(name, "a number" + _bounds(minimum, maximum), default, help)
        return self._read(variable, default, parse=lambda raw: _within(float(raw), minimum, maximum))

    def bool(self, name: Text, default: TruthOrNone, *, help: Text = "") -> Truth | TruthOrNone:
        return self._read(Variable(name, "true or false", default, help), default, parse=_truth)

    def list(self, name: Text, default: Iterable[Text], *, help: Text = "") -> Texts:
        """Items between commas, stripped, empty ones left out."""
        fallback = [*default]
        return self._read(Variable(name, "a list separated by commas", fallback, help), fallback, parse=_items)

    def ports(self, name: Text, default: Iterable[Whole], *, help: Text = "") -> Wholes:
        fallback = [*default]
        variable = Variable(name, "a list of ports from 1 to 65535, separated by commas", fallback, help)
        return self._read(variable, fallback, parse=lambda raw: [_within(int(item), 1, 65_535) for item in _items(raw)])

    def networks(self, name: Text, default: Networks, *, help: Text = "") -> Networks:
        fallback = [*default]
        variable = Variable(name, "a list of networks such as 10.0.0.0/8, separated by commas", fallback, help)
        return self._read(variable, fallback, parse=lambda raw: [ip_network(item) for item in _items(raw)])

    def choice(self, name: Text, default: Text, *, choices: Iterable[Text], help: Text = "") -> Text:
        known = tuple(choices)
        variable = Variable(name, "one of " + ", ".join(known), default, help)
        return self._read(variable, default, parse=lambda raw: known[known.index(raw)])

    def url(
        self, name: Text, default: TextOrNone, *, schemes: Iterable[Text] = ("http", "https"), help: Text = ""
    ) -> Text | TextOrNone:
        known = tuple(schemes)
        allowed = "a URL that begins with " + " or ".join(f"{scheme}://" for scheme in known)
        is_secret = default is not None and redacted(default) != default
        variable = Variable(name, allowed, None if is_secret else default, help, is_secret)
        return self._read(variable, default, parse=lambda raw: _url(raw, known), show=redacted)

    def zone(self, name: Text, default: Text, *, help: Text = "") -> Text:
        variable = Variable(name, "the name of a time zone, such as Europe/Berlin", default, help)
        return self._read(variable, default, parse=_zone)

    def _read(
        self,
        variable: Variable,
        default: D,
        *,
        parse: Callable[[Text], T],
        show: Callable[[Text], Text] = Text,
    ) -> T | D:
        """`show` gives the refused value for the message, without the secrets that it may hold."""
        # The first declaration is the settings', with its help; who asks again for the bare text adds nothing.
        self.declared.setdefault(variable.name, variable)
        raw = (self._environ.get(variable.name) or self._file.get(variable.name) or "").strip()
        if not raw:
            return default
        try:
            return parse(raw)
        except ValueError as error:
            raise BadVariable(name=variable.name, value=show(raw), allowed=variable.allowed) from error


def read_file(path: Path) -> dict[str, str]:
    """The `NAME=value` lines of a `.env` file, `export`, quotes and comments as in a shell. Empty if absent."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, IsADirectoryError):
        return {}
    pairs = (line.strip().removeprefix("export ").partition("=") for line in lines if not line.lstrip().startswith("#"))
    return {name.strip(): _unquoted(value.strip()) for name, equals, value in pairs if equals}


def _unquoted(value: str) -> str:
    if value[:1] in {'"', "'"} and (end := value.find(value[0], 1)) > 0:
        return value[1:end]
    return value.split(" #", 1)[0].rstrip()


def _bounds(minimum: float | None, maximum: float | None) -> str:
    match minimum, maximum:
        case None, None:
            return ""
        case _, None:
            return f" of at least {minimum}"
        case None, _:
            return f" of at most {maximum}"
        case _:
            return f" from {minimum} to {maximum}"


N = TypeVar("N", int, float)


def _within(value: N, minimum: float | None, maximum: float | None) -> N:
    if not math.isfinite(value):
        raise ValueError(value)
    if (minimum is not None and value < minimum) or (maximum is not None and value > maximum):
        raise ValueError(value)
    return value


def _truth(raw: str) -> bool:
    if raw.lower() not in TRUE | FALSE:
        raise ValueError(raw)
    return raw.lower() in TRUE


def _items(raw: str) -> list[str]:
    return [item for item in (part.strip() for part in raw.split(",")) if item]


def _url(raw: str, schemes: tuple[str, ...]) -> str:
    parts = urlsplit(raw)
    # A database's server may be on a socket, and its name all that the URL says.
    is_named = parts.hostname or (parts.path.strip("/") and parts.scheme not in {"http", "https"})
    if parts.scheme not in schemes or "://" not in raw or not is_named:
        raise ValueError(raw)
    _ = parts.port  # refuses a port that is no number
    return raw


def redacted(raw: str) -> str:
    """`raw` without what may be secret in a URL: user name and password before its last @, and its parameters."""
    scheme, separator, rest = raw.partition("://") if "://" in raw else ("", "", raw)
    credentials, at, place = rest.rpartition("@")
    if "?" in credentials:
        return f"{scheme}{separator}…"
    place, mark, _ = place.partition("?")
    return f"{scheme}{separator}{'…@' if at else ''}{place}{'?…' if mark else ''}"


def _zone(raw: str) -> str:
    try:
        return ZoneInfo(raw).key
    except (KeyError, OSError) as error:
        raise ValueError(raw) from error


class EnvFile(Mapping[str, str]):
    """What the file says, read when it is first asked for: so that a bad one is told where bad values are."""

    def __init__(self, named: str | None) -> None:
        self._named = named

    def __getitem__(self, name: str) -> str:
        return self._lines[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)

    @cached_property
    def _lines(self) -> dict[str, str]:
        """Raises BadVariable for a file that can't be read, or was named and isn't there."""
        if self._named == "":
            return {}
        path = Path(self._named) if self._named else ROOT / ".env"
        try:
            if self._named and not path.is_file():
                raise FileNotFoundError(path)
            return read_file(path)
        except (OSError, UnicodeDecodeError) as error:
            allowed = "a file of UTF-8 text that this user can read"
            name = "ASSAY_ENV_FILE" if self._named else "The file of settings"
            raise BadVariable(name=name, value=str(path), allowed=allowed) from error


env = Env(os.environ, EnvFile(os.environ.get("ASSAY_ENV_FILE")))
