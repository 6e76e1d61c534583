"""Processes that take tokens, as web processes would: one for each argument, two descriptors, `<input>,<output>`.
Each is told what to do on its input, a line each:

take <identity> <n>      n at once; answers a list of [is_allowed, remaining, retry_after_s]
during <identity> <s>    as many as it can for so long; answers the moments at which one was allowed
"""

import json
import os
import sys
import time

import django

django.setup()

from performance.limits.services import take  # noqa: E402 - it needs the settings


def take_some(identity: str, number: float) -> list[tuple[bool, int, int]]:
    decisions = [take("api", identity) for _ in range(int(number))]
    return [(each.is_allowed, each.remaining, each.retry_after_s) for each in decisions]


def take_during(identity: str, seconds: float) -> list[float]:
    moments, until = [], time.time() + seconds
    while (now := time.time()) < until:
        if take("api", identity).is_allowed:
            moments.append(now)
        # Or the first process has spent it all before the second begins.
        time.sleep(0.001)
    return moments


def serve(source: int, sink: int) -> None:
    with os.fdopen(source, "r") as told, os.fdopen(sink, "w", buffering=1) as said:
        print("ready", file=said)
        for line in told:
            verb, identity, number = line.split()
            answer = {"take": take_some, "during": take_during}[verb](identity, float(number))
            print(json.dumps(answer), file=said)


mine, *others = ([int(each) for each in pair.split(",")] for pair in sys.argv[1:])
for theirs in others:
    if os.fork() == 0:
        mine = theirs
        break
serve(*mine)
