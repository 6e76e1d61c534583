"""Below which suffixes companies register domains: the Public Suffix List, as it comes with tldextract.

The package itself isn't imported: with it comes an HTTP client, half of what a process takes to start that reads rows.
"""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path


def suffix_length(labels: list[str]) -> int:
    """How many of a host's last labels are its public suffix, private ones ("github.io") included; 0 where the list
    knows none. (https://github.com/publicsuffix/list/wiki/Format)
    """
    rules = _rules()
    for start in range(len(labels)):
        rest = ".".join(labels[start + 1 :])
        name = f"{labels[start]}.{rest}" if rest else labels[start]
        if f"!{name}" in rules:
            return len(labels) - start - 1
        if name in rules or f"*.{rest}" in rules:
            return len(labels) - start
    return 0


@lru_cache(maxsize=1)
def _rules() -> frozenset[str]:
    """As they stand in the list, IDNA-encoded as hosts are."""
    spec = find_spec("tldextract")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("tldextract")
    text = Path(spec.origin).with_name(".tld_set_snapshot").read_text(encoding="utf-8")
    rules = [line.split(maxsplit=1)[0] for line in text.splitlines() if line and not line.startswith(("//", " "))]
    return frozenset(rule if rule.isascii() else rule.encode("idna").decode("ascii") for rule in rules)
