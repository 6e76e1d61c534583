"""Below which suffixes companies register domains: the Public Suffix List, as it comes with tldextract.

The package itself isn't imported: with it comes an HTTP client, half of what a process takes to start that reads rows.
"""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path


def suffix_length(host: str) -> int:
    """How many of a host's last labels are its public suffix, private ones ("github.io") included; 0 where the list
    knows none. (https://github.com/publicsuffix/list/wiki/Format)
    """
    rules = _rules()
    rest = host.partition(".")[2]
    if f"!{host}" in rules:
        return rest.count(".") + 1 if rest else 0
    is_wild, length = _below(rest)
    return host.count(".") + 1 if is_wild or host in rules else length


@lru_cache(maxsize=4096)
def _below(rest: str) -> tuple[bool, int]:
    """Whether every label below this is a suffix, and how many labels of this are one."""
    return f"*.{rest}" in _rules(), suffix_length(rest) if rest else 0


@lru_cache(maxsize=1)
def _rules() -> frozenset[str]:
    """As they stand in the list, IDNA-encoded as hosts are."""
    spec = find_spec("tldextract")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("tldextract")
    text = Path(spec.origin).with_name(".tld_set_snapshot").read_text(encoding="utf-8")
    rules = [line.split(maxsplit=1)[0] for line in text.splitlines() if line and not line.startswith(("//", " "))]
    return frozenset(rule if rule.isascii() else rule.encode("idna").decode("ascii") for rule in rules)
