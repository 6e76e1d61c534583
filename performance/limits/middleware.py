"""The headers of limited answers, and the limit on those who aren't let in at all."""

from collections.abc import Callable
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from performance.api.problems import MEDIA_TYPE, problem
from performance.limits.decisions import Decision
from performance.limits.headers import headers
from performance.limits.identity import identity_of
from performance.limits.policies import DEFAULT
from performance.limits.services import take
from performance.limits.throttle import DECISIONS, refusal

API_PREFIX = "/api/"
# Answers of DRF that come before its throttles: who guesses tokens, or tries every door, is counted all the same.
NOT_LET_IN = (401, 403)


class LimitHeaders:
    """After RequestIds, since its refusals carry the id. On pages it costs a look at an attribute."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        decisions: Any = getattr(request, DECISIONS, None)
        if decisions is None:
            if response.status_code not in NOT_LET_IN or not request.path_info.startswith(API_PREFIX):
                return response
            decisions = [take(DEFAULT, identity_of(request, DEFAULT, user_id=request.user.pk))]
            if not decisions[0].is_allowed:
                response = _refused(decisions[0])
        # As an assignment does, without looking for what can't be in them: digits, base64, and names of our own.
        response.headers._store.update({name.lower(): (name, value) for name, value in headers(decisions).items()})
        return response


def _refused(decision: Decision) -> HttpResponse:
    error = refusal(decision)
    body = problem(status=error.status, code=error.code, title=error.title, detail=str(error), members=error.members)
    return HttpResponse(orjson.dumps(body), status=error.status, content_type=MEDIA_TYPE)
