import logging

import pytest
from rest_framework.test import APIClient

from performance.api.request_ids import RequestIdFilter, current_request_id

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.performance.api.urls")]


def test_an_id_that_is_given_comes_back(client: APIClient) -> None:
    answer = client.get("/api/v1/list", headers={"X-Request-ID": "trace-7f3a"})

    assert answer["X-Request-ID"] == "trace-7f3a"


@pytest.mark.parametrize("given", ["", "a b", "x" * 101, 'a"b', "é"])
def test_an_id_that_does_not_fit_a_log_line_is_replaced(client: APIClient, given: str) -> None:
    answer = client.get("/api/v1/list", HTTP_X_REQUEST_ID=given)

    assert len(answer["X-Request-ID"]) == 32
    assert answer["X-Request-ID"] != given


def test_it_stands_on_the_log_lines_of_its_request(client: APIClient) -> None:
    seen = []

    class Collect(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(record.request_id)  # type: ignore[attr-defined]

    handler = Collect()
    handler.addFilter(RequestIdFilter())
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    client.get("/api/v1/nowhere", headers={"X-Request-ID": "abc"})
    logger.removeHandler(handler)

    assert seen == ["abc"]
    assert current_request_id() == "-"
