"""Every operation of the OpenAPI schema is asked by schemathesis, of a web that serves as in production.

`make check` runs it. What is answered must be in the schema, and no question may be answered with a fault of the
server. Arguments go to `st run`: `python -m tests.conformance --include-path /api/v1/prospects --max-examples 100`.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from config.stack.checkout import free_ports
from tests import stack

TREE = Path(__file__).resolve().parents[2]
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "ignored_auth",
)
# They would end the token that everything is asked with.
LEFT_OUT = ("/api/v1/tokens/current",)
USER = "conformance"


def main(arguments: list[str]) -> int:
    stack.begin(os.environ)
    os.environ |= {"RATE_LIMIT_ENABLED": "false", "LOG_LEVEL": "ERROR"}
    _manage("migrate", "--verbosity", "0")
    _manage("load_samples")
    # A run with results, by the rubric: something to show at every address.
    _manage("qualify", "--out", str(Path(os.environ["ASSAY_VAR"]) / "out"))
    with _web() as url:
        return _st(url, _token(), arguments)


def _st(url: str, token: str, arguments: list[str]) -> int:
    options = ["--header", f"Authorization: Token {token}", "--checks", ",".join(CHECKS), "--seed", "1"]
    options += ["--phases", "examples,coverage,fuzzing", "--max-examples", "5", "--workers", "2"]
    options += ["--no-shrink", "--continue-on-failure"]
    options += ["--suppress-health-check", "all", "--warnings", "off", "--generation-database", "none"]
    for path in LEFT_OUT:
        options += ["--exclude-path", path]
    program = str(Path(sys.executable).with_name("st"))
    with tempfile.TemporaryDirectory() as directory:  # st keeps notes where it runs
        command = [program, "--no-color", "run", f"{url}/api/v1/schema", *options, *arguments]
        done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    # As quiet as the other checks where nothing is wrong.
    summary = [line for line in done.stdout.splitlines() if "Tested:" in line or " generated" in line]
    print(done.stdout + done.stderr if done.returncode else "Schema: " + ", ".join(map(str.strip, summary)))
    return done.returncode


def _token() -> str:
    password = {"DJANGO_SUPERUSER_PASSWORD": os.urandom(12).hex()}
    _manage("createsuperuser", "--noinput", "--username", USER, "--email", "nobody@example.com", more=password)
    return _manage("create_token", USER).strip().splitlines()[-1]


@contextmanager
def _web() -> Iterator[str]:
    (port,) = free_ports(1)
    options = ["--interface", "wsgi", "--workers", "2", "--blocking-threads", "4", "--host", "127.0.0.1"]
    command = [sys.executable, "-m", "granian", *options, "--port", str(port), "config.wsgi:application"]
    log = Path(os.environ["ASSAY_VAR"]) / "web.log"
    with log.open("wb") as output:  # thousands of refusals; the traceback of a fault is told
        environ = {**os.environ, "PROCESS_ROLE": "web"}
        web = subprocess.Popen(command, cwd=TREE, env=environ, stdout=output, stderr=subprocess.STDOUT)
    try:
        _await(f"http://127.0.0.1:{port}/readyz", web)
        yield f"http://127.0.0.1:{port}"
    finally:
        web.terminate()
        web.wait(timeout=30)
        print("".join(_tracebacks(log.read_text(errors="replace"))), end="")


def _tracebacks(log: str) -> Iterator[str]:
    is_told = False
    for line in log.splitlines(keepends=True):
        is_told = line.startswith("Traceback") or (is_told and not line[:1].isdigit())
        if is_told:
            yield line


def _await(url: str, web: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        try:
            with urlopen(url, timeout=2):
                return
        except (URLError, ConnectionError, TimeoutError):
            if web.poll() is not None:
                break
            time.sleep(0.1)
    raise SystemExit("The web didn't start.")


def _manage(*arguments: str, more: dict[str, str] | None = None) -> str:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(
        command, cwd=TREE, env={**os.environ, **(more or {})}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"manage.py {arguments[0]}: {done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
