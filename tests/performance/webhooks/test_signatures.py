"""Ours and the receiver's code, each by itself against the vector that the specification's libraries publish."""

import pytest
from django.conf import LazySettings

from performance.webhooks import keys
from performance.webhooks.signing import signature, signed_headers
from tests.servers.webhook_receiver import NotVerifiedError, verify

# https://github.com/standard-webhooks/standard-webhooks, "sign function works" in the tests of each library.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE_ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
TIMESTAMP = 1614265330
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
HEADERS = {"webhook-id": MESSAGE_ID, "webhook-timestamp": str(TIMESTAMP), "webhook-signature": SIGNATURE}
KEY = bytes.fromhex("31f290f6bf0629 8aab4f08d43c3f082cf648a362da2da4b0".replace(" ", ""))


def test_we_sign_as_the_vector_says() -> None:
    assert signature(KEY, message_id=MESSAGE_ID, timestamp=TIMESTAMP, body=BODY) == SIGNATURE
    assert keys.as_text(KEY) == SECRET
    assert signed_headers([KEY], message_id=MESSAGE_ID, timestamp=TIMESTAMP, body=BODY) == HEADERS


def test_the_receiver_verifies_as_the_vector_says() -> None:
    verify([SECRET], HEADERS, BODY, now=TIMESTAMP)


@pytest.mark.parametrize(
    "headers",
    [
        HEADERS | {"webhook-id": "msg_other"},
        HEADERS | {"webhook-timestamp": str(TIMESTAMP + 1)},
        HEADERS | {"webhook-signature": "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="},
        HEADERS | {"webhook-signature": "v1,"},
        HEADERS | {"webhook-signature": SIGNATURE.replace("v1", "v2")},
        {name: value for name, value in HEADERS.items() if name != "webhook-signature"},
    ],
)
def test_the_receiver_refuses_what_was_changed(headers: dict[str, str]) -> None:
    with pytest.raises(NotVerifiedError):
        verify([SECRET], headers, BODY, now=TIMESTAMP)


def test_the_receiver_refuses_what_is_old_or_of_another_body() -> None:
    with pytest.raises(NotVerifiedError):
        verify([SECRET], HEADERS, BODY, now=TIMESTAMP + 301)
    with pytest.raises(NotVerifiedError):
        verify([SECRET], HEADERS, BODY + b" ", now=TIMESTAMP)


def test_two_keys_make_two_signatures_and_either_secret_verifies() -> None:
    other = bytes(range(32))
    headers = signed_headers([other, KEY], message_id=MESSAGE_ID, timestamp=TIMESTAMP, body=BODY)

    assert headers["webhook-signature"].split(" ")[1] == SIGNATURE
    verify([SECRET], headers, BODY, now=TIMESTAMP)
    verify([keys.as_text(other)], headers, BODY, now=TIMESTAMP)


def test_a_secret_follows_from_its_salt_and_is_32_bytes() -> None:
    salt = keys.new_salt()
    key = keys.new_key(salt)

    assert (len(key), keys.new_key(salt) == key) == (32, True)
    assert keys.new_key(keys.new_salt()) != key
    assert keys.marked_key(salt, mark=keys.mark_of(key)) == key


def test_a_secret_outlives_a_rotation_of_secret_key_by_way_of_the_fallbacks(settings: LazySettings) -> None:
    salt = keys.new_salt()
    key = keys.new_key(salt)
    mark, before = keys.mark_of(key), settings.SECRET_KEY

    settings.SECRET_KEY = "another one"
    assert keys.marked_key(salt, mark=mark) is None
    settings.SECRET_KEY_FALLBACKS = [before]
    assert keys.marked_key(salt, mark=mark) == key
