import re
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from rest_framework.test import APIClient

pytestmark = pytest.mark.django_db
COUNTED = {"RateLimit", "RateLimit-Policy", "X-Request-ID"}
COME_BACK = COUNTED | {"Retry-After"}


def schema_of(client: APIClient) -> Any:
    return client.get("/api/v1/schema", headers={"Accept": "application/vnd.oai.openapi+json"}).json()


def test_its_page_loads_nothing_from_elsewhere(client: APIClient) -> None:
    page = client.get("/api/v1/docs").content.decode()

    loaded = re.findall(r'(?:src|href)="([^"]+)"', page)
    files = [address for address in loaded if address.startswith("/static/")]
    assert files
    assert [address for address in loaded if address.startswith(("http:", "https:", "//"))] == []
    assert [address for address in files if finders.find(address.removeprefix("/static/")) is None] == []


@pytest.mark.parametrize("path", ["/api/v1/docs", "/api/v1/schema"])
def test_strangers_do_not_see_them(path: str) -> None:
    assert APIClient().get(path).status_code == 401


def test_the_schema_says_what_can_go_wrong_and_how_to_ask_twice(client: APIClient) -> None:
    schema = schema_of(client)

    qualify = schema["paths"]["/api/v1/qualify"]["post"]
    assert {"202", "400", "401", "403", "409", "415", "422", "429"} <= set(qualify["responses"])
    assert list(qualify["responses"]["409"]["content"]) == ["application/problem+json"]
    assert [parameter["name"] for parameter in qualify["parameters"]] == ["Idempotency-Key"]
    assert len(qualify["requestBody"]["content"]["application/json"]["examples"]) == 3


def test_every_operation_says_what_its_answers_carry(client: APIClient) -> None:
    schema = schema_of(client)

    operations = [each for of_path in schema["paths"].values() for each in of_path.values()]
    answers = [(status, set(answer["headers"])) for each in operations for status, answer in each["responses"].items()]
    assert len(operations) > 60
    assert [status for status, headers in answers if not headers >= COUNTED] == []
    assert {tuple(sorted(headers)) for status, headers in answers if status in {"429", "503", "504"}} == {
        tuple(sorted(COME_BACK))
    }
    assert all({"429", "503", "504"} <= set(each["responses"]) for each in operations)
    assert set(schema["components"]["headers"]) == COME_BACK | {"ETag"}


def test_a_read_that_has_an_etag_says_so_and_others_do_not(client: APIClient) -> None:
    paths = schema_of(client)["paths"]

    listed, made = paths["/api/v1/prospects"]["get"], paths["/api/v1/qualify"]["post"]
    assert "ETag" in listed["responses"]["200"]["headers"]
    assert set(listed["responses"]["304"]["headers"]) == COUNTED | {"ETag"}
    assert "content" not in listed["responses"]["304"]
    assert {"$ref": "#/components/parameters/If-None-Match"} in listed["parameters"]
    assert "304" not in made["responses"]
    assert all("ETag" not in answer["headers"] for answer in made["responses"].values())


def test_what_a_list_is_answered_with_is_what_the_schema_says(client: APIClient) -> None:
    said = schema_of(client)["paths"]["/api/v1/me"]["get"]["responses"]

    first = client.get("/api/v1/me")
    again = client.get("/api/v1/me", headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, again.status_code) == (200, 304)
    assert set(said["200"]["headers"]) <= set(first.headers)
    assert set(said["304"]["headers"]) <= set(again.headers)


def test_every_post_that_makes_something_honours_an_idempotency_key(client: APIClient) -> None:
    posts = {path: each["post"] for path, each in schema_of(client)["paths"].items() if "post" in each}

    makes = {path for path, post in posts.items() if {"201", "202"} & set(post["responses"])}
    honours = {
        path
        for path, post in posts.items()
        if "Idempotency-Key" in {each.get("name") for each in post.get("parameters", [])}
    }
    # A token's text is shown once: a repetition couldn't show it.
    assert makes - honours == {"/api/v1/tokens", "/api/v1/tokens/sign-in"}
