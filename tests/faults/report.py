"""What a campaign of faults came to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Report:
    """Counts over all items. `faults` by kind, ours and the server's; recoveries in seconds after a kill."""

    seed: int
    on_unknown: str
    items: int
    lease_s: int
    faults: Mapping[str, int] = field(default_factory=dict)
    lost: int = 0
    completed_twice: int = 0
    charged_twice: int = 0
    succeeded: int = 0
    parked: int = 0
    dead: int = 0
    refused: int = 0
    over_budget: int = 0
    ledger_differs: int = 0
    wall_s: float = 0.0
    recoveries: Sequence[float] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """Nearest rank; 0 if nothing had to recover."""
        ordered = sorted(self.recoveries)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0

    def table(self) -> str:
        faults = ", ".join(f"{name} {count}" for name, count in sorted(self.faults.items()))
        rows = {
            "seed": self.seed,
            "on an unknown outcome": self.on_unknown,
            "items": self.items,
            "faults": faults,
            "lost": self.lost,
            "completed twice": self.completed_twice,
            "charged twice": self.charged_twice,
            "succeeded / parked / dead": f"{self.succeeded} / {self.parked} / {self.dead}",
            "stale writes refused": self.refused,
            "over the budget": self.over_budget,
            "ledger differs from the server's by": self.ledger_differs,
            "recoveries": len(self.recoveries),
            "recovery p50 / p99": f"{self.percentile(0.5):.1f} s / {self.percentile(0.99):.1f} s",
            "lease": f"{self.lease_s} s",
            "wall": f"{self.wall_s:.0f} s",
        }
        width = max(len(name) for name in rows)
        return "\n".join(f"{name:<{width}}  {value}" for name, value in rows.items())
