"""A kind of job: the small class by which an app tells the engine how its work is done.

The engine (claim, lease, fence, ledger, retries) is the same for all kinds; a kind only says what one job does
(`run`, async) and how many finished ones are written (`store`, sync, in the completing transaction).
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import orjson
from django.utils.module_loading import import_string

Result = TypeVar("Result")


class JobError(Exception):
    """What `Kind.run` raises when a job can't be completed now; the subclass says what happens to it."""

    def __init__(self, reason: str, *, code: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code or type(self).__name__.lower()


class Retry(JobError):
    """Try again later, with full jitter; consumes an attempt unless told otherwise."""

    def __init__(
        self, reason: str, *, code: str = "", after_s: float | None = None, consumes_attempt: bool = True
    ) -> None:
        super().__init__(reason, code=code)
        self.after_s = after_s
        self.consumes_attempt = consumes_attempt


class GiveUp(JobError):
    """No retry will help: the job is dead at once."""


class PauseBatch(JobError):
    """Nothing in this batch can succeed now (a refused key, an unknown model, an open breaker): pause, and say why."""


class CallFailed(JobError):
    """A paid call has definitely not been charged: its reservation is released.

    Raised by `send`. The job retries (or pauses its batch when `pauses_batch`); a 429 consumes no attempt.
    """

    def __init__(
        self,
        reason: str,
        *,
        code: str = "",
        after_s: float | None = None,
        consumes_attempt: bool = True,
        pauses_batch: bool = False,
    ) -> None:
        super().__init__(reason, code=code)
        self.after_s = after_s
        self.consumes_attempt = consumes_attempt
        self.pauses_batch = pauses_batch


class CallUncertain(JobError):
    """It can't be known whether the call was charged (a reset or a time-out after sending): `on_unknown` decides."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How often and how long a job of this kind is tried. Seconds; overridden by its batch's max_attempts."""

    max_attempts: int = 3
    base_delay_s: float = 1.0
    max_delay_s: float = 60.0
    timeout_s: float = 30.0


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A job as its holder sees it. `params` are the batch's, `prepared` what `Kind.prepare` loaded for it."""

    id: int
    batch_id: int
    subject_id: int
    fence: int
    attempt: int
    input: Mapping[str, Any]
    params: Mapping[str, Any]
    prepared: Any = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a paid call returned: stored in the ledger as it is. Money in micro-dollars, latency in ms."""

    response: Mapping[str, Any]
    cost_micros: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    latency_ms: int = 0
    is_from_ledger: bool = False


@dataclass(frozen=True, slots=True)
class PaidRequest:
    """A call worth money. `key` is the SHA-256 of the canonical request, `ttl_s` for how long others' answers serve."""

    key: str
    estimate_micros: int
    timeout_s: float
    ttl_s: int
    purpose: str = ""
    model: str = ""


Send = Callable[[], Awaitable[Reply]]


class Gate(AbstractAsyncContextManager[object]):
    """A limiter of calls, entered by one of them. What waits for it is reserved and was never sent."""

    def enter_at_once(self) -> bool:
        """Whether a place was free, and is taken: `async with` then waits for nothing.

        Only where a place can be given back unused, since the ledger may have the answer.
        """
        return False


class Calls(Protocol):
    """The paid calls of one job, through the ledger."""

    async def once(self, request: PaidRequest, send: Send, *, gate: Gate | None = None) -> Reply:
        """Pay for `request` at most once and return its reply; from the ledger, where it is there, for nothing.

        `gate` is entered before the call is stored as sent, and left when it has ended.
        Raises CallFailed and CallUncertain as `send` does, and PauseBatch when the budget can't pay.
        """


@dataclass(frozen=True, slots=True)
class Finished(Generic[Result]):
    """A job that succeeded, its result, and what it took."""

    job: ClaimedJob
    result: Result
    run_ms: int
    cost_micros: int
    ledger_hits: int
    calls: int = 0
    replies: Sequence[Reply] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Stuck:
    """A job that is dead or parked, and why."""

    job: ClaimedJob
    state: str
    code: str
    reason: str
    # What `run` raised, where it did.
    error: JobError | None = None


@dataclass(frozen=True, slots=True)
class Postponed:
    """A job that couldn't be completed, why, and in how many seconds it is tried again."""

    job: ClaimedJob
    error: JobError
    delay_s: float


class Kind(Generic[Result]):
    """Subclass, set `name` and `queue`, and `register()` it in AppConfig.ready."""

    name: ClassVar[str]
    queue: ClassVar[str]
    policy: ClassVar[Policy] = Policy()
    # What pages show of its batches beside the batch itself (performance.cache.tags); "{batch}" is the batch's id.
    tags: ClassVar[Sequence[str]] = ()

    def preload(self) -> None:
        """Load in a worker, before it forks, what is heavy to import: each child would else take seconds for it."""

    def prepare(self, jobs: Sequence[ClaimedJob]) -> Mapping[int, Any]:
        """What `run` needs from the database, by job id, in a few statements for all. Sync, outside the event loop."""
        return {}

    async def run(self, job: ClaimedJob, calls: Calls) -> Result:
        """Do one job. No database here; CPU-heavy or blocking work goes to `asyncio.to_thread`."""
        raise NotImplementedError

    def store(self, finished: Sequence[Finished[Result]]) -> None:
        """Write the results of many jobs, inside the transaction that completes them. Must not commit."""

    def stuck(self, jobs: Sequence[Stuck]) -> None:
        """Write what the domain shows for jobs that died or were parked, inside that same transaction."""

    def postponed(self, jobs: Sequence[Postponed]) -> None:
        """Write what the domain shows for attempts that failed and will be repeated, inside that same transaction."""


@dataclass(frozen=True, slots=True)
class KindPath:
    """A kind of job that is known by name and queue, and imported when its class is needed."""

    name: str
    queue: str
    path: str

    def load(self) -> Kind[Any]:
        kind: Kind[Any] = import_string(self.path)()
        if (kind.name, kind.queue) != (self.name, self.queue):
            raise ValueError(f"{self.path} is registered as {self.name} on {self.queue}, and isn't")
        return kind


_kinds: dict[str, Kind[Any] | KindPath] = {}
_tags: dict[str, Sequence[str]] = {}


def register(kind: Kind[Any]) -> None:
    """Make a kind of job known. Called in AppConfig.ready; a second kind of the same name is a mistake."""
    if kind.name in _kinds and type(_kinds[kind.name]) is not type(kind):
        raise ValueError(f"two kinds of job are called {kind.name!r}")
    _kinds[kind.name] = kind
    _tags[kind.name] = kind.tags


def register_path(name: str, *, queue: str, path: str, tags: Sequence[str] = ()) -> None:
    """As `register`, for a class that not every process needs: `path` is imported by the first that does."""
    _tags.setdefault(name, tags)
    _kinds.setdefault(name, KindPath(name, queue, path))


def kind_named(name: str) -> Kind[Any]:
    """The registered kind, or KeyError."""
    kind = _kinds[name]
    if isinstance(kind, KindPath):
        kind = _kinds[name] = kind.load()
    return kind


def queues_by_kind() -> Mapping[str, str]:
    """The queue of every registered kind, by the kind's name. Loads none."""
    return {name: kind.queue for name, kind in _kinds.items()}


def queues_json() -> str:
    """The same as JSON, for SQL that has to know which queues rest."""
    return orjson.dumps(queues_by_kind()).decode()


def tags_of_kind(name: str) -> Sequence[str]:
    """The cache tags that a kind names for its batches; none for a kind of another release. Loads none."""
    return _tags.get(name, ())
