"""`make run`: the stack, a database in its latest form, and the processes of the Procfile."""

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from config.env import ROOT, env
from config.stack import supervisor
from config.stack.checkout import record
from config.stack.errors import StackError
from config.stack.holding import hold, mark, serving

USUAL_PORT = 8000
# In this order, before anything is served; each does nothing when it was done before.
PREPARATIONS = (
    ("migrate", "--noinput", "--verbosity=0"),
    ("first_start",),
    ("load_samples",),
    ("cache", "warm", "--due"),
)
PATIENCE_S = 60.0


def run() -> int:
    """Serves until told to end. The exit status is that of what failed, if something did."""
    with serving() as only:
        if not only.try_take():
            raise StackError("Assay is being served from here already: `make stop` ends it.")
        mark()
        port = web_port()
        with hold():
            return _prepare() or _serve(port)


def _prepare() -> int:
    """The exit status of the first preparation that fails, else 0."""
    commands = ([sys.executable, "manage.py", *each] for each in PREPARATIONS)
    statuses = (subprocess.run(command, cwd=ROOT, check=False).returncode for command in commands)
    return next(filter(None, statuses), 0)


def _serve(port: int) -> int:
    (record().directory / "static").mkdir(exist_ok=True)  # empty: static files are served from where they are
    threading.Thread(target=_announce, args=[port], daemon=True).start()
    return supervisor.run(ROOT / "Procfile", port=port, environ=_environ())


def web_port() -> int:
    """PORT where it is set, else the first free one from 8000 on. Raises `StackError`."""
    if not _is_free(0):
        raise StackError(f"WEB_HOST is {web_host()!r}, but it must be an address of this machine, or 0.0.0.0 for all.")
    named = env.int("PORT", None, minimum=1, maximum=65_535, help="Port of the web; 8000 or the next free one")
    if named is not None and not _is_free(named):
        raise StackError(f"Port {named} is taken: end what listens there, or set PORT to another one.")
    return named or next(filter(_is_free, range(USUAL_PORT, USUAL_PORT + 1000)))


def web_host() -> str:
    return env.str("WEB_HOST", "127.0.0.1", help="Address that the web listens on")


def web_url(port: int) -> str:
    """As a browser on this machine reaches it."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(web_host(), web_host())  # noqa: S104 - compared, not listened on
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _environ() -> dict[str, str]:
    """This Python's programs come first for the commands of the Procfile."""
    programs = str(Path(sys.executable).parent)
    threads = env.int(
        "WEB_THREADS", 6, minimum=1, maximum=64, help="Requests at once in each of the web's two processes"
    )
    listening = {"WEB_HOST": web_host(), "WEB_THREADS": str(threads)}
    return {**os.environ, **listening, "PATH": os.pathsep.join([programs, os.environ.get("PATH", os.defpath)])}


def _is_free(port: int) -> bool:
    """At the web's address; port 0 asks whether that is one."""
    host = web_host()
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError:
        return False
    return True


def _announce(port: int) -> None:
    """Prints the address once it answers, so that it stands below the lines of the start."""
    url = web_url(port)
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and not _answers(f"{url}livez"):
        time.sleep(0.2)
    print(f"\n    Assay is at {url}\n    Ctrl-C or `make stop` ends it.\n", flush=True)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own address
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
