"""Whose bucket a request takes from, whatever it claims in its headers."""

import pytest
from django.test import RequestFactory
from pytest_django import Settings
from rest_framework.test import APIClient

from performance.limits.identity import identity_of
from tests.performance.limits.conftest import SetLimit


def identity(*, address: str = "198.51.100.1", forwarded: str | None = None) -> str:
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return identity_of(RequestFactory().get("/", REMOTE_ADDR=address, **headers), "api", user_id=None)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("203.0.113.9", "address:203.0.113.9"),
        ("::ffff:203.0.113.9", "address:203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "address:2001:db8:1:2::/64"),
        ("2001:DB8:1:2::ffff", "address:2001:db8:1:2::/64"),
        ("fe80::1%eth0", "address:fe80::/64"),
        ("", "address:127.0.0.1"),
        ("unix:/run/web.sock", "address:127.0.0.1"),
    ],
)
def test_an_address_has_one_form_and_ipv6_counts_by_network(address: str, expected: str) -> None:
    assert identity(address=address) == expected


@pytest.mark.parametrize(
    "forwarded",
    ["203.0.113.9", "1.2.3.4, 203.0.113.9", "x" * 100_000 + ",203.0.113.9", "203.0.113.9:4711", " 203.0.113.9 "],
)
def test_behind_a_proxy_the_last_address_is_what_it_saw(settings: Settings, forwarded: str) -> None:
    settings.TRUSTED_PROXIES = 1

    assert identity(forwarded=forwarded) == "address:203.0.113.9"


@pytest.mark.parametrize(
    "forwarded",
    ["", ",", "203.0.113.9,", "unknown", "for=203.0.113.9", "1" * 5_000, "[2001:db8::1", "٣.٣.٣.٣", "1.2.3.4\x00"],
)
def test_a_header_that_isn_t_addresses_is_as_none(settings: Settings, forwarded: str) -> None:
    settings.TRUSTED_PROXIES = 1

    assert identity(forwarded=forwarded) in {"address:198.51.100.1", "address:2001:db8::/64"}


@pytest.mark.django_db
@pytest.mark.urls("tests.performance.limits.urls")
@pytest.mark.parametrize("proxies", [0, 1])
def test_nobody_escapes_a_limit_by_what_they_write_into_the_header(
    settings: Settings, set_limit: SetLimit, proxies: int
) -> None:
    settings.TRUSTED_PROXIES = proxies
    set_limit("api", 5)
    # The proxy, if there is one, appends the address it saw.
    seen = ", 203.0.113.9" if proxies else ""
    spoofs = [f"10.0.0.{n}{seen}" for n in range(6)]

    statuses = [APIClient().get("/api/v1/public", HTTP_X_FORWARDED_FOR=spoof).status_code for spoof in spoofs]

    assert statuses == [200] * 5 + [429]


@pytest.mark.django_db
@pytest.mark.urls("tests.performance.limits.urls")
def test_two_clients_behind_one_proxy_are_two(settings: Settings, set_limit: SetLimit) -> None:
    settings.TRUSTED_PROXIES = 1
    set_limit("api", 1)
    clients = ["203.0.113.9", "203.0.113.9", "203.0.113.10"]

    statuses = [APIClient().get("/api/v1/public", HTTP_X_FORWARDED_FOR=each).status_code for each in clients]

    assert statuses == [200, 429, 200]


@pytest.mark.django_db
@pytest.mark.urls("tests.performance.limits.urls")
@pytest.mark.parametrize("name", ["Authorization", "X-Forwarded-For", "X-Request-ID", "Idempotency-Key", "Cookie"])
@pytest.mark.parametrize("value", ["x" * 60_000, "\xff\xfe", "Token " + "é" * 50, '"', "%00", "user:1", "token:abc"])
def test_no_header_breaks_the_counting(settings: Settings, set_limit: SetLimit, name: str, value: str) -> None:
    settings.TRUSTED_PROXIES = 1
    set_limit("api", 1)
    client = APIClient(headers={name: value})

    statuses = [client.get("/api/v1/public").status_code for _ in range(2)]

    assert statuses == [200, 429]
