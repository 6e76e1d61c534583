"""E-mail addresses."""

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

# What nearly every address looks like; the library (a hundred times slower) judges the others.
_USUAL = re.compile(r"[a-z0-9_+&'-]+(?:\.[a-z0-9_+&'-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}")


def email(text: str) -> str | None:
    """The address in lower case, or None. Only its form is checked: nothing is looked up."""
    address = text.strip().lower().removeprefix("mailto:")
    if len(address) <= 254 and _USUAL.fullmatch(address) and address.index("@") <= 64:
        return address
    return _judged(address)


@lru_cache(maxsize=1024)
def _judged(address: str) -> str | None:
    if len(address) > 320:
        return None
    try:
        checked = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    return checked.normalized.lower()
