import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("megabytes", "status"), [(3, 400), (1, 403)])
def test_a_strangers_form_is_refused_by_its_size_before_it_is_written(
    settings: Settings, megabytes: int, status: int
) -> None:
    settings.UPLOAD_MAX_MB = 1
    file = SimpleUploadedFile("a.csv", b"x" * megabytes * 1024 * 1024)

    client = Client(enforce_csrf_checks=True)
    client.get("/login/")  # for the cookie, without which no body is read

    answer = client.post("/login/", {"username": "nobody", "file": file})

    assert answer.status_code == status
