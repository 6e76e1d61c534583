"""The project's settings for a process whose web is ours: the environment's TEST_WEB_PORT says where it listens."""

import os

from config.settings import *  # noqa: F403
from tests.servers.web.names import redirect

redirect(int(os.environ["TEST_WEB_PORT"]))
