"""Two processes that read and write one cached value, each told by lines on an input of its own.

Its arguments are the path of the truth, and for each process two descriptors: `<input>,<output>`. The truth stands in
a file, as it would in the database; the cache keeps what the file said.
"""

import os
import sys
import time
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()

from performance.cache import tags  # noqa: E402
from performance.cache.entries import Fresh, fetch  # noqa: E402

TRUTH = Path(sys.argv[1])


def read() -> str:
    found = fetch("test.truth:1", tags=["truth", "truth:1"], ttl_s=600, compute=lambda: Fresh(TRUTH.read_text()))
    return f"{found.layer} {found.value}"


def write(value: str) -> str:
    TRUTH.write_text(value)
    tags.bump("truth:1")
    return "written"


def read_until(value: str) -> str:
    """Milliseconds since the file was written, when this process first says so."""
    while not read().endswith(f" {value}"):
        time.sleep(0.0005)
    return str((time.time() - TRUTH.stat().st_mtime) * 1000)


def hammer(seconds: str) -> str:
    """Reads without a pause; the longest took how many ms, and how many said something else than the file."""
    until, longest, wrong, count = time.monotonic() + float(seconds), 0.0, 0, 0
    while time.monotonic() < until:
        began = time.monotonic()
        wrong += read().partition(" ")[2] != TRUTH.read_text()
        longest = max(longest, time.monotonic() - began)
        count += 1
    return f"{longest * 1000:.0f} {wrong} {count}"


def fork() -> str:
    """What a forked child reads, which has neither its parent's threads nor its sockets."""
    source, sink = os.pipe()
    if os.fork() == 0:
        os.write(sink, f"{read()}, then {write('forked')}, then {read()}".encode())
        os._exit(0)
    os.close(sink)
    os.wait()
    return f"{os.read(source, 1000).decode()}; parent {read_until('forked') and read()}"


STEPS = {"read": read, "write": write, "until": read_until, "hammer": hammer, "fork": fork}
mine, theirs = ([int(each) for each in pair.split(",")] for pair in sys.argv[2:])
if os.fork() == 0:
    mine = theirs
with os.fdopen(mine[0], "r") as told, os.fdopen(mine[1], "w", buffering=1) as said:
    print("ready", file=said)
    for line in told:
        step, *arguments = line.split()
        print(STEPS[step](*arguments), file=said)
