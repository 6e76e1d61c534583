"""Pages and API: WSGI on granian."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Until all is loaded next to nothing is garbage, and each look for it goes through everything.
gc.disable()

_django = get_wsgi_application()
# By its name, since its modules can be imported only now.
application = import_string("performance.api.front.application.around")(_django)
# The pages are imported, reads are compiled, the release is known, database and Valkey are connected now, not when the
# first wait, all at once.
import_string("performance.api.reads.rehearsing.rehearse")()
import_string("performance.cache.release.release")()
import_string("performance.database.engine.base.begin_connecting")()
import_string("performance.cache.connection.begin_connecting")()
import_string("performance.api.reads.rehearsing.begin_rehearsing")()
import_string("performance.regressions.deploys.begin_noting")()
# What is loaded by now stays: no collection has to look through it.
gc.collect()
gc.freeze()
gc.enable()
