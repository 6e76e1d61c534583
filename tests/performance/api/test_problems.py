import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.performance.api.urls")]


def test_validation_errors_point_at_each_value(client: APIClient) -> None:
    answer = client.post("/api/v1/form", {"items": [{"age": 3}, {"age": "old"}]})

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem.pop("request_id") == answer["X-Request-ID"]
    assert problem == {
        "type": "urn:assay:problem:invalid",
        "title": "Invalid request",
        "status": 400,
        "code": "invalid",
        "detail": "2 values are not acceptable; see errors.",
        "errors": [
            {"detail": "This field is required.", "pointer": "#/name"},
            {"detail": "A valid integer is required.", "pointer": "#/items/1/age"},
        ],
    }


def test_a_wrong_parameter_is_named(client: APIClient) -> None:
    answer = client.get("/api/v1/list?per_page=0")

    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {"detail": "It must be a whole number from 1 to 500.", "parameter": "per_page"},
    ]


def test_a_domain_error_carries_its_sentence_code_and_members(client: APIClient) -> None:
    answer = client.post("/api/v1/make", {"name": "a", "fails": True})

    assert answer.status_code == 409
    problem = answer.json()
    assert (problem["code"], problem["title"], problem["degrees"]) == ("too_cold", "Too cold", -3)
    assert problem["detail"] == "It is too cold for that."


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("get", "/api/v1/nowhere", 404, "not_found"),
        ("get", "/api/v1/nowhere/", 404, "not_found"),
        ("get", "/api/v9/other", 404, "not_found"),
        ("delete", "/api/v1/form", 405, "method_not_allowed"),
        ("get", "/api/v1/refuse", 403, "permission_denied"),
        ("get", "/api/v1/unlisted", 403, "permission_denied"),
        ("post", "/api/v1/unlisted", 405, "method_not_allowed"),
    ],
)
def test_every_refusal_is_a_problem(client: APIClient, method: str, path: str, status: int, code: str) -> None:
    answer = getattr(client, method)(path)

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert (answer.json()["status"], answer.json()["code"]) == (status, code)


def test_somebody_unknown_is_challenged() -> None:
    answer = APIClient().get("/api/v1/list")

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Token"
    assert answer.json()["code"] == "not_authenticated"


def test_a_body_that_is_not_json_is_a_problem(client: APIClient) -> None:
    answer = client.generic("POST", "/api/v1/form", "{", content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["code"] == "parse_error"


def test_a_body_of_another_media_type_is_a_problem(client: APIClient) -> None:
    answer = client.generic("POST", "/api/v1/form", "<a/>", content_type="application/xml")

    assert answer.status_code == 415
    assert answer.json()["code"] == "unsupported_media_type"


def test_a_body_too_large_is_refused_before_it_is_parsed(client: APIClient, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

    answer = client.generic("POST", "/api/v1/form", b"[" + b" " * 1024 * 1024, content_type="application/json")

    assert answer.status_code == 413
    assert answer.json()["detail"] == "The body is larger than 1 MB."


def test_a_crash_is_a_problem_that_gives_nothing_away(client: APIClient) -> None:
    client.raise_request_exception = False

    answer = client.get("/api/v1/crash")

    assert answer.status_code == 500
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "internal_error"
    assert "secret" not in answer.content.decode()


def test_a_form_of_the_browser_without_its_csrf_token_is_refused() -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(make_user())

    answer = client.post("/api/v1/form", {"name": "a", "items": []})

    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"


def test_an_address_with_a_slash_at_its_end_is_served(client: APIClient) -> None:
    assert client.get("/api/v1/me/").json() == client.get("/api/v1/me").json()
