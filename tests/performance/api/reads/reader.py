"""Another process that reads: `python -m tests.performance.api.reads.reader`, in the database and Valkey of the test.

Each line of its input is a path and a token; it answers with a line of JSON: the status, the body, and when (on the
system's clock) it had been read.
"""

import json
import os
import sys
import time

import django
from django.conf import settings


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    settings.ROOT_URLCONF = "tests.performance.api.reads.urls"
    settings.ALLOWED_HOSTS = ["testserver"]
    from rest_framework.test import APIClient

    client = APIClient()
    for line in sys.stdin:
        path, token = line.split()
        answer = client.get(path, HTTP_AUTHORIZATION=f"Token {token}")
        print(json.dumps([answer.status_code, answer.json(), time.time()]), flush=True)


if __name__ == "__main__":
    main()
