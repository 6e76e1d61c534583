"""What staff see of who is limited."""

from datetime import timedelta

import pytest
import redis
from django.conf import settings as configured
from django.test import Client
from rest_framework.test import APIClient

from performance.access.services import issue_token
from performance.limits import shared
from performance.limits.figures import figures
from performance.limits.models import Allowance
from performance.limits.policies import policy_named
from performance.limits.services import forget, take
from tests.factories import make_user
from tests.performance.limits.conftest import SetLimit

pytestmark = pytest.mark.django_db


def refuse(policy: str, identity: str, *, times: int) -> None:
    """Each refusal is Valkey's word, as if it came from another process."""
    for _ in range(times):
        forget()
        assert not take(policy, identity).is_allowed


@pytest.fixture
def staff() -> APIClient:
    client = APIClient()
    client.force_login(make_user(permissions=["performance.view_allowance"]))
    return client


def test_staff_see_each_limit_and_who_came_up_against_it(staff: APIClient, set_limit: SetLimit) -> None:
    set_limit("qualify", 1)
    anna, program = make_user(username="anna"), make_user(username="program")
    token = issue_token(user=program, name="nightly sync", life=timedelta(days=1)).token
    Allowance.objects.create(policy="qualify", user=make_user(), tokens=99)
    for identity, times in ((f"user:{anna.pk}", 3), (f"token:{token.token_key}", 2), ("address:203.0.113.9", 1)):
        take("qualify", identity)
        refuse("qualify", identity, times=times)

    answer = staff.get("/api/v1/performance/limits")

    assert answer.status_code == 200
    body = answer.json()
    assert (body["is_enabled"], body["hours"]) == (True, 24)
    assert [each["name"] for each in body["policies"]] == list(configured.RATE_LIMITS)
    assert next(each for each in body["policies"] if each["name"] == "qualify") == {
        "name": "qualify",
        "requests": 1,
        "period_s": 60,
        "allowances": 1,
        "refused": 6,
        "most_refused": [
            {"identity": f"user:{anna.pk}", "name": "anna", "refused": 3},
            {"identity": f"token:{token.token_key}", "name": "nightly sync of program", "refused": 2},
            {"identity": "address:203.0.113.9", "name": "address:203.0.113.9", "refused": 1},
        ],
    }


def test_refusals_that_cost_valkey_nothing_are_counted_with_the_next_question(set_limit: SetLimit) -> None:
    set_limit("networks", 2, 2)
    decisions = [take("networks", "user:1") for _ in range(12)]
    while not take("networks", "user:1").is_allowed:
        pass

    [counted] = [each for each in figures(hours=1) if each.name == "networks"]

    assert sum(not each.is_allowed for each in decisions) == 10
    assert counted.refused >= 10
    assert counted.most_refused[0].identity == "user:1"


def test_somebody_deleted_is_called_by_number(set_limit: SetLimit) -> None:
    set_limit("crawl", 1)
    take("crawl", "user:999999")
    refuse("crawl", "user:999999", times=1)

    [counted] = [each for each in figures(hours=24) if each.name == "crawl"]

    assert counted.most_refused[0].name == "user:999999"


def test_ten_thousand_clients_that_are_refused_leave_the_worst_in_sight_and_memory_bounded() -> None:
    policy = policy_named("crawl")
    valkey = redis.Redis.from_url(configured.REDIS_URL)
    for number in range(2_000):
        # Of 14,000 refusals one client has a seventh; the others have five each, and more of them than are kept.
        shared.ask(f"user:{number % 1_000 + 10}", policy=policy, cost=1, unspent=0, refused=5)
        shared.ask("user:1", policy=policy, cost=1, unspent=policy.burst, refused=1)

    [counted] = [each for each in figures(hours=1) if each.name == "crawl"]

    [key] = valkey.keys(f"{shared.PREFIX}-refused:crawl:*")
    assert valkey.zcard(key) == shared.MOST_REFUSED
    assert 0 < valkey.ttl(key) <= shared.REFUSED_KEPT_S
    assert counted.refused == 2_000 * 5 + 2_000
    assert counted.most_refused[0].identity == "user:1"
    assert 2_000 <= counted.most_refused[0].refused <= 2_000 + 12_000 // shared.MOST_REFUSED


@pytest.mark.parametrize("hours", ["0", "25", "many", "1e9"])
def test_hours_that_make_no_sense_are_refused_by_name(staff: APIClient, hours: str) -> None:
    answer = staff.get("/api/v1/performance/limits", {"hours": hours})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == "hours"


def test_a_parameter_that_isn_t_one_is_refused_by_name(staff: APIClient) -> None:
    answer = staff.get("/api/v1/performance/limits", {"hour": "1"})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == "hour"


def test_without_valkey_it_is_said_that_nobody_knows(staff: APIClient, valkey_away: None) -> None:
    answer = staff.get("/api/v1/performance/limits")

    assert answer.status_code == 503
    assert answer.json()["code"] == "figures_unknown"
    assert answer["Retry-After"] == "1"


def test_others_may_not_look() -> None:
    browser = Client()
    browser.force_login(make_user(permissions=["performance.view_flag"]))

    assert browser.get("/api/v1/performance/limits").status_code == 403
