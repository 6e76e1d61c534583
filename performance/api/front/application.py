"""The front: a WSGI application around Django's."""

from collections.abc import Callable, Iterable
from functools import partial
from http import HTTPStatus
from time import perf_counter
from typing import Any, NamedTuple, TypeAlias

from django.conf import settings

from performance.access import known
from performance.access.known import Principal
from performance.api.etags import is_condition
from performance.api.front.lessons import Headers, Lesson, Lessons
from performance.api.front.questions import Environ, Question, question_of
from performance.api.reads.answers import has_it, own_headers, variant_for
from performance.api.reads.filling import page_in
from performance.api.reads.told import READ
from performance.api.reads.who import token_in
from performance.api.request_ids import HEADER, request_id_of
from performance.cache.entries import here
from performance.flags.services import is_surely_off
from performance.flags.silk import FLAG
from performance.limits.headers import headers
from performance.limits.identity import identity_of_user
from performance.limits.throttle import TAKEN, decide
from performance.metrics.middleware import series_of

Start: TypeAlias = Callable[..., Any]
Application: TypeAlias = Callable[[Environ, Start], Iterable[bytes]]


class Answer(NamedTuple):
    status: HTTPStatus
    headers: list[tuple[str, str]]
    body: bytes


class Front:
    """Answers the finished reads that it has seen Django answer; everything else is `application`'s."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._lessons = Lessons()

    def __call__(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        began = perf_counter()
        question = question_of(environ)
        # Whoever samples requests wants to see them, and what records them may add to their headers.
        if question is None or not is_surely_off(FLAG):
            return self._application(environ, start_response)
        found = self._found(question, environ)
        if found is None:
            return self._taught(question, environ, start_response)
        lesson, answer = found
        start_response(f"{answer.status.value} {answer.status.phrase}", answer.headers)
        took_ms = (perf_counter() - began) * 1000
        series_of(lesson.read.route, environ["REQUEST_METHOD"], answer.status // 100).observe(took_ms)
        return [answer.body]

    def _found(self, question: Question, environ: Environ) -> tuple[Lesson, Answer] | None:
        who = _known(environ["HTTP_AUTHORIZATION"])
        lesson = self._lessons.of(question, reach=who.reach) if who is not None else None
        if who is None or lesson is None or not _is_sound(environ):
            return None
        answer = _answer(environ, who, lesson)
        return None if answer is None else (lesson, answer)

    def _taught(self, question: Question, environ: Environ, start_response: Start) -> Iterable[bytes]:
        """Django's answer. It is learned from once all middlewares have had it."""

        def start(status: str, sent: Headers, *error: Any) -> Any:
            if (told := environ.get(READ)) is not None:
                read, answer = told
                self._lessons.learn(question, read=read, answer=answer, sent=sent)
            return start_response(status, sent, *error)

        return self._application(environ, start)


def _known(authorization: str) -> Principal | None:
    """Whoever this process knows by their token already. Staff are told what an answer took, which Django measures."""
    text = token_in(authorization)
    who = known.seen(known.key_of_token(text), known.generation()) if text else None
    return None if who is None or who.user.is_staff else who


def _is_sound(environ: Environ) -> bool:
    condition = environ.get("HTTP_IF_NONE_MATCH")
    return not condition or is_condition(condition)


def _answer(environ: Environ, who: Principal, lesson: Lesson) -> Answer | None:
    """None where Django has to answer; what was taken of the limits then travels along, and isn't taken again."""
    read, token_key = lesson.read, who.token.token_key if who.token else None
    identify = partial(identity_of_user, user_id=who.user.pk, token_key=token_key)
    decisions = environ[TAKEN] = decide(read.policies, identify)
    found = here(read.key, read.tags) if decisions[-1].is_allowed else None
    if found is None:
        return None
    page = page_in(found)
    variant = variant_for(environ, page, path=read.path)
    is_fresh = has_it(environ, variant)
    status = HTTPStatus.NOT_MODIFIED if is_fresh else HTTPStatus.OK
    added = lesson.added.get(status)
    if added is None or variant.headers.keys() != lesson.names:
        return None
    said = [*own_headers(variant, is_fresh=is_fresh).values(), *added, *headers(decisions).items()]
    said.append((HEADER, request_id_of(environ)))
    return Answer(status, said, b"" if is_fresh else variant.body)


def around(application: Any) -> Any:
    """Django's application with the front, but not while somebody develops: the toolbar wants to see every request."""
    return application if settings.DEBUG else Front(application)
