"""What the ledger spares: a second run costs nothing, and most of a working day's runs are repeats."""

from collections.abc import Iterator

from performance.benchmarks.figures import Figure, at_least, at_most
from prospects.benchmarks.scene import LATENCY_S, Scene

DAY_RUNS = 6
LIST = 200
NEW_EACH_TIME = 30


def measure(scene: Scene) -> Iterator[Figure]:
    scene.server.control(latency=0.05)
    yield _rerun(scene)
    yield _hit_rate(scene)
    scene.server.control(latency=LATENCY_S)


def _rerun(scene: Scene) -> Figure:
    version = scene.profile()
    scene.run(500, concurrency=100, version=version)
    scene.server.control(reset=True)
    again = scene.run(500, concurrency=100, version=version)
    asked = scene.server.ledger()["requests"]
    beside = f"500 prospects again in {again.wall_s:.2f} s, {again.run.batch.ledger_hits} from the ledger"
    return at_most(0, "qualify.rerun_calls", asked, "calls", beside=beside)


def _hit_rate(scene: Scene) -> Figure:
    """A list worked over an hour: run again six times, each time with thirty of its two hundred rows replaced."""
    version = scene.profile()
    runs = [
        scene.run(LIST, concurrency=100, version=version, start=number * NEW_EACH_TIME) for number in range(DAY_RUNS)
    ]
    hits = sum(timed.run.batch.ledger_hits for timed in runs)
    beside = f"a list of {LIST} run {DAY_RUNS} times, {NEW_EACH_TIME} rows new each time"
    return at_least(0.6, "qualify.hit_rate", hits / (LIST * DAY_RUNS), "share", beside=beside)
