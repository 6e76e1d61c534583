"""How well the connections do. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from performance.console.shapes import Level, worst
from performance.database.activity.pools import PoolFigures
from performance.database.activity.sessions import Connections

# DESIGN: connections above 90 % of the pool.
FULL, FILLING, HALF = 0.9, 0.8, 0.5


@dataclass(frozen=True, slots=True)
class Health:
    """`says` is why it isn't better, or what there is."""

    level: Level
    says: str


def health(pools: Sequence[PoolFigures] | None, connections: Connections) -> Health:
    """The worst of what there is to say; unknown where neither pools nor connections tell anything."""
    found = [*_of_pools(pools), _of_connections(connections)]
    level = worst([each.level for each in found])
    return next(each for each in found if each.level == level)


def utilisation(pools: Sequence[PoolFigures]) -> float:
    """Of all pools together, at their peaks; 0 without any."""
    most = sum(each.max_size for each in pools)
    return sum(each.utilisation * each.max_size for each in pools) / most if most else 0.0


def _of_pools(pools: Sequence[PoolFigures] | None) -> Iterator[Health]:
    if pools is None:
        yield Health(Level.UNKNOWN, "Valkey is away, through which the processes tell of their pools.")
        return
    for each in pools:
        if each.waiting:
            yield Health(
                Level.CRITICAL if each.waiting >= each.max_size else Level.POOR,
                f"{each.waiting} wait for a connection in process {each.pid}, which has {each.max_size}.",
            )
    share = max([each.utilisation for each in pools], default=0.0)
    says = f"The fullest pool uses {share:.0%} of its connections." if pools else "No process of the web is running."
    yield Health(_by_share(share), says)


def _of_connections(connections: Connections) -> Health:
    share = connections.share
    level = Level.CRITICAL if share >= 0.97 else _by_share(share)
    return Health(level, f"{connections.used} of the server's {connections.most} connections are used.")


def _by_share(share: float) -> Level:
    if share >= FULL:
        return Level.POOR
    if share >= FILLING:
        return Level.FAIR
    return Level.GOOD if share >= HALF else Level.EXCELLENT
