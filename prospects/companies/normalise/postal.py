"""Postal codes."""


def postal_code(text: str, *, country: str | None) -> str:
    """In capitals; a US ZIP or German PLZ that a spreadsheet robbed of its leading zeros gets them back."""
    code = text.strip().upper()
    if code.isdecimal() and country in {"US", "DE"} and 3 <= len(code) < 5:
        return code.zfill(5)
    return code[:20]
