"""Telephone numbers as E.164."""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, NumberParseException, PhoneMetadata, PhoneNumberFormat

_LONGEST = 60
_SEPARATORS = re.compile(r"[\s().\-/\u00a0\u2010-\u2015]+")
_EXTENSION = re.compile(r"\s*(?:#|;?\s*ext[.:=]?|x|extension|durchwahl|poste)\s*\d{1,7}\s*$", re.IGNORECASE)
# What parts the digits of a number of ASCII: to have it gone takes a fifth of the time so.
_NOTHING = dict.fromkeys(filter(_SEPARATORS.fullmatch, map(chr, range(128))), "")
_PARTING = str.maketrans(_NOTHING)
_NANP = re.compile(r"\+1[2-9]\d{2}[2-9]\d{6}")
_AMERICAN = re.compile(r"\(?[2-9]\d{2}\)?[ .-]\s?[2-9]\d{2}[ .-]\d{4}")


def phone(text: str, *, country: str | None) -> str | None:
    """The number as "+13125550123", its extension dropped, or None where it is no possible number.

    A national number needs its country; only the way North Americans write theirs is known without.
    """
    if len(text) > _LONGEST:
        return None
    written = text.strip()
    digits = _digits(written)
    # Asked first: to look for an extension takes ten times as long.
    if not digits[1:].isdecimal():
        written = _EXTENSION.sub("", written)
        digits = _digits(written)
    if country is None and _AMERICAN.fullmatch(written):
        country = "US"
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    return _international(digits) if digits.startswith("+") else _national(digits, country)


def _digits(written: str) -> str:
    whole = written.replace("(0)", "") if "(0)" in written else written
    return whole.translate(_PARTING) if whole.isascii() else _SEPARATORS.sub("", whole)


def _international(digits: str) -> str | None:
    if _NANP.fullmatch(digits):
        return digits
    if not digits[1:].isdecimal() or not 8 <= len(digits) <= 16:
        return None
    for length in (1, 2, 3):
        code = int(digits[1 : 1 + length])
        if regions := COUNTRY_CODE_TO_REGION_CODE.get(code):
            pattern = _pattern(regions[0])
            if pattern and pattern.fullmatch(digits, 1 + length):
                return digits
            break
    return _judged(digits, None)


def _national(digits: str, country: str | None) -> str | None:
    if country is None or not digits.isdecimal() or not 4 <= len(digits) <= 17:
        return None
    rule = _rule(country)
    if rule:
        code, trunk, pattern = rule
        number = digits[len(trunk) :] if trunk and digits.startswith(trunk) else digits
        if pattern.fullmatch(number):
            return f"+{code}{number}"
    return _judged(digits, country)


@lru_cache(maxsize=300)
def _pattern(region: str) -> re.Pattern[str] | None:
    """What numbers of a region look like whose digits are taken as they stand: no prefix to drop or to rewrite."""
    metadata = PhoneMetadata.metadata_for_region(region, None)
    if metadata is None or metadata.general_desc is None:
        return None
    shape, prefix = metadata.general_desc.national_number_pattern, metadata.national_prefix_for_parsing
    if not shape:
        return None
    # A number that still carries its trunk prefix ("+49 030 …") is for the library to judge.
    without_trunk = f"(?!{prefix})" if prefix else ""
    return re.compile(f"{without_trunk}(?:{shape})")


@lru_cache(maxsize=300)
def _rule(region: str) -> tuple[int, str, re.Pattern[str]] | None:
    pattern = _pattern(region)
    metadata = PhoneMetadata.metadata_for_region(region, None)
    if pattern is None or metadata is None or metadata.country_code is None:
        return None
    if metadata.national_prefix_transform_rule or metadata.national_prefix_for_parsing != metadata.national_prefix:
        return None
    return metadata.country_code, metadata.national_prefix or "", pattern


@lru_cache(maxsize=4096)
def _judged(digits: str, region: str | None) -> str | None:
    try:
        number = phonenumbers.parse(digits, region)
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))
