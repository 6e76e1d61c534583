"""What holds the house up: which way imports point, where they stand, how long things get, what they are called."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Lowest first: a package imports itself and what stands before it. Settings are read through django.conf.
LAYERS = ["performance", "prospects", "analytics", "config"]
# Edges of an app: they call services, and nothing calls them back.
EDGES = {"api", "admin", "views", "forms", "templatetags", "management", "cli"}
# In a noun's folder what answers its addresses and draws its pages is an edge, too.
EDGE_MODULES = {"urls", "pages", "page", "console_page"}
# The platform's own `performance/api` is how every app speaks HTTP: a noun, not an edge.
NOUNS_CALLED_LIKE_EDGES = {("performance", "api")}
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}
MODULE_LINES, TEST_MODULE_LINES, FUNCTION_LINES = 300, 500, 40
# A table that people read from top to bottom, decided to be one file.
AS_LONG_AS_IT_TAKES = {"config/settings.py"}
MODULES = [
    path
    for package in [*LAYERS, "locustfiles", "tests"]
    for path in sorted((ROOT / package).rglob("*.py"))
    if "migrations" not in path.parts
]


def faults(source: str, name: str) -> list[str]:
    """Every breach in the module `name` (a path from the root, such as prospects/icp/profile.py)."""
    tree, path = ast.parse(source), Path(name)
    limit = TEST_MODULE_LINES if path.parts[0] == "tests" else MODULE_LINES
    lines = len(source.splitlines())
    found = [f"{name}: {lines} lines, at most {limit}"] if lines > limit and name not in AS_LONG_AS_IT_TAKES else []
    if path.stem in BANNED_NAMES:
        found.append(f"{name}: a name that says nothing; name it by its noun")
    found += [f"{name}:{where}: {what}" for where, what in _imports(tree, path)]
    return found + [f"{name}:{where}: {what}" for where, what in _functions(tree, path)]


def _imports(tree: ast.Module, path: Path) -> Iterator[tuple[int, str]]:
    app = path.parts[0]
    for node in ast.walk(tree):
        targets = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            targets = [node.module or ""]
            # Settings that differ in a few values begin with all the others.
            if node.names[0].name == "*" and path.name != "settings.py":
                yield node.lineno, "import *"
        if isinstance(node, ast.Name) and node.id == "TYPE_CHECKING":
            yield node.lineno, "TYPE_CHECKING hides a cycle"
        for target in targets:
            package, *rest = target.split(".")
            if app in LAYERS and package in LAYERS[LAYERS.index(app) + 1 :]:
                yield node.lineno, f"{app} must not import {target}"
            if app in LAYERS and package == app and rest and _is_edge(app, rest[0]) and not _stands_on_edge(path):
                yield node.lineno, f"{path.parts[1]} must not call back to the edge {target}"


def _is_edge(app: str, noun: str) -> bool:
    return noun in EDGES and (app, noun) not in NOUNS_CALLED_LIKE_EDGES


def _stands_on_edge(path: Path) -> bool:
    names = {path.parts[1].removesuffix(".py"), path.stem, path.parent.name}
    return bool(names & EDGE_MODULES) or path.parts[1] in EDGES


def _functions(tree: ast.Module, path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if length > FUNCTION_LINES:
            yield node.lineno, f"{node.name} has {length} lines, at most {FUNCTION_LINES}"
        is_ready = path.name == "apps.py" and node.name == "ready"
        if not is_ready and path.parts[0] != "tests":
            inner = (each for each in ast.walk(node) if isinstance(each, ast.Import | ast.ImportFrom))
            yield from ((each.lineno, f"{node.name} imports inside a function") for each in inner)


def test_the_architecture_holds() -> None:
    found = {name: faults(path.read_text(), name) for path in MODULES for name in [str(path.relative_to(ROOT))]}

    assert {name: its for name, its in found.items() if its} == {}
    assert len(found) > 500


LONG = "def f():\n" + "    x = 1\n" * FUNCTION_LINES
READY = "class C:\n    def ready(self):\n        import os\n"


@pytest.mark.parametrize(
    ("name", "source", "fault"),
    [
        ("performance/jobs/a.py", "from prospects.icp import models", "performance must not import prospects.icp"),
        ("performance/jobs/a.py", "import analytics", "performance must not import analytics"),
        ("prospects/icp/a.py", "from analytics.models import X", "prospects must not import analytics.models"),
        ("prospects/icp/a.py", "from config.env import env", "prospects must not import config.env"),
        ("prospects/icp/a.py", "from prospects.views import x", "icp must not call back to the edge prospects.views"),
        ("prospects/icp/a.py", "from prospects.icp.models import *", "import *"),
        ("prospects/icp/a.py", "if TYPE_CHECKING:\n    pass", "TYPE_CHECKING hides a cycle"),
        ("prospects/icp/a.py", READY, "ready imports inside a function"),
        ("prospects/icp/a.py", LONG, "f has 41 lines, at most 40"),
        ("prospects/icp/a.py", "x = 1\n" * 301, "301 lines, at most 300"),
        ("tests/a.py", "x = 1\n" * 501, "501 lines, at most 500"),
        ("prospects/icp/utils.py", "", "a name that says nothing; name it by its noun"),
    ],
)
def test_a_breach_is_found(name: str, source: str, fault: str) -> None:
    assert [found.split(": ", 1)[1] for found in faults(source, name)] == [fault]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("config/urls.py", "from prospects.icp import models"),
        ("analytics/a.py", "from prospects.icp import models\nfrom performance.jobs import models"),
        ("prospects/icp/a.py", "from performance.api.errors import DomainError"),
        ("prospects/api/a.py", "from prospects.api.serializers import x\nfrom prospects.icp import services"),
        ("prospects/apps.py", READY),
        ("tests/a.py", "x = 1\n" * 500),
    ],
)
def test_what_is_allowed_is_let_through(name: str, source: str) -> None:
    assert faults(source, name) == []
