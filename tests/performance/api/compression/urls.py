"""Answers of every kind that compression meets."""

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import include, path

BODY = b'{"name": "Acme"}' * 200
ANSWERS = {
    "json": lambda: HttpResponse(BODY, content_type="application/json"),
    "problem": lambda: HttpResponse(BODY, content_type="application/problem+json", status=400),
    "csv": lambda: HttpResponse(BODY, content_type="text/csv; charset=utf-8"),
    "html": lambda: HttpResponse(BODY, content_type="text/html; charset=utf-8"),
    "image": lambda: HttpResponse(BODY, content_type="image/png"),
    "workbook": lambda: HttpResponse(BODY, content_type="application/vnd.openxmlformats-officedocument"),
    "small": lambda: JsonResponse({"name": "Acme"}),
    "stream": lambda: StreamingHttpResponse(iter([BODY]), content_type="application/json"),
    "tagged": lambda: HttpResponse(BODY, content_type="application/json", headers={"ETag": '"abc"'}),
    "weakly-tagged": lambda: HttpResponse(BODY, content_type="application/json", headers={"ETag": 'W/"abc"'}),
    "encoded": lambda: HttpResponse(BODY, content_type="application/json", headers={"Content-Encoding": "gzip"}),
    "as-it-is": lambda: HttpResponse(BODY, content_type="text/csv", headers={"Cache-Control": "no-transform"}),
    "part": lambda: HttpResponse(BODY, content_type="text/csv", status=206),
}


def answer(request: HttpRequest, kind: str) -> HttpResponseBase:
    return ANSWERS[kind]()


urlpatterns = [path("answers/<str:kind>", answer), path("", include("config.urls"))]
