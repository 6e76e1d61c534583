"""A kind of job whose one paid call goes to the charging server, in the way a careful client makes it."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import aiohttp
from django.db import connection

from performance.jobs.calls import call_key
from performance.jobs.kinds import (
    CallFailed,
    Calls,
    CallUncertain,
    ClaimedJob,
    Finished,
    Gate,
    GiveUp,
    Kind,
    PaidRequest,
    Policy,
    Reply,
)

URL = "FAULTS_URL"
ESTIMATE_MICROS = 120
COST_MICROS = 100
_sessions: "WeakKeyDictionary[asyncio.AbstractEventLoop, aiohttp.ClientSession]" = WeakKeyDictionary()


class Probe(Kind[str]):
    """Asks the server for its subject's answer. `params["timeout_s"]` bounds the call."""

    name = "faults.probe"
    queue = "qualification"
    gate: Gate | None = None
    policy = Policy(max_attempts=8, base_delay_s=0.2, max_delay_s=2.0, timeout_s=20.0)

    def store(self, finished: Sequence[Finished[str]]) -> None:
        """A row a completion, without a constraint: a second one would be seen."""
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO faults_completion (job_id, fence) VALUES (%s, %s)",
                [(each.job.id, each.job.fence) for each in finished],
            )

    async def run(self, job: ClaimedJob, calls: Calls) -> str:
        key = call_key(
            endpoint="faults",
            model="m",
            parameters={"salt": job.params["salt"]},
            messages=[{"n": job.subject_id}],
            schema=None,
        )
        timeout_s = float(job.params.get("timeout_s", 10.0))
        request = PaidRequest(key, ESTIMATE_MICROS, timeout_s, ttl_s=3600, purpose="probe", model="m")
        reply = await calls.once(request, lambda: ask(key), gate=self.gate)
        answer = reply.response.get("answer")
        if answer != f"answer to {key}":
            raise GiveUp("the answer is garbage", code="garbage")
        return str(answer)


async def ask(key: str) -> Reply:
    """One POST. Not connected, a refusal or a 5xx without a charge: failed; cut off after sending: uncertain."""
    try:
        async with _session().post(f"{os.environ[URL]}/charge", json={"key": key}) as response:
            if response.status == 429:
                raise CallFailed(
                    "rate limited", code="429", after_s=float(response.headers["Retry-After"]), consumes_attempt=False
                )
            if response.status >= 500:
                raise CallFailed(f"status {response.status}", code="5xx")
            body: Mapping[str, Any] = await response.json(content_type=None)
    except aiohttp.ClientConnectorError as error:
        raise CallFailed(str(error), code="not_sent", consumes_attempt=False) from error
    except ValueError:
        # Answered, so charged; not even JSON.
        body = {"answer": None, "cost_micros": COST_MICROS}
    except aiohttp.ClientError as error:
        raise CallUncertain(f"{type(error).__name__}: {error}", code="cut_off") from error
    return Reply(body, cost_micros=int(body["cost_micros"]))


def _session() -> aiohttp.ClientSession:
    loop = asyncio.get_running_loop()
    if loop not in _sessions:
        _sessions[loop] = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
    return _sessions[loop]
