"""What a result lacks because something was not to be had, said on the result. Pure."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Code: TypeAlias = Literal[
    "no_search",
    "search_failed",
    "site_down",
    "robots",
    "host_busy",
    "javascript_only",
    "llm_off",
    "budget_used",
    "no_valkey",
    "timed_out",
]


@dataclass(frozen=True, slots=True)
class Degraded:
    """`code` is for programs; `says` is a sentence for people, with what was done instead."""

    code: Code
    says: str
