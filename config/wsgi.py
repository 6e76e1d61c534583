"""Pages and API: WSGI on granian."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
# The pages are imported now, not by the first person who asks for one.
_ = get_resolver().url_patterns
# What is loaded by now stays: no collection has to look through it.
gc.collect()
gc.freeze()
