"""Which line of ours a statement comes from: the first frame that is, or the line of the template that asked for it.

For each statement that is sent, so it looks at names of files alone, each of which it judges once: some 3 µs for the
twenty-five frames that Django has between a view and the database.
"""

import sys
from pathlib import Path
from types import FrameType

from django.conf import settings

NOWHERE = "-"
# Judgements of a file: somebody else's, Django's templates, or the path of ours (anything else).
_OTHERS, _TEMPLATES = "", "\0"
_INSTALLED = ("site-packages", "dist-packages")
# What stands between every statement and who sent it.
_BETWEEN = ("performance/database/slow_queries.py", "performance/database/statements/", "performance/flags/silk.py")
_MOST_FILES = 10_000

_judged: dict[str, str] = {}


def caller() -> str:
    """ "prospects/intake/services.py:88", "templates/prospects/list.html:12"; "-" where no frame is ours.

    For the execute wrapper: the first frames are its own and Django's cursor's.
    """
    while True:
        try:
            return _first_of_ours(sys._getframe(4))
        except KeyError as unjudged:
            _judge(unjudged.args[0])


def _first_of_ours(frame: FrameType | None) -> str:
    """Raises KeyError with the name of a file that wasn't judged yet: to ask for that each time would cost more."""
    judged, template = _judged, ""
    while frame is not None:
        if place := judged[frame.f_code.co_filename]:
            if place is not _TEMPLATES:
                return template or f"{place}:{frame.f_lineno}"
            if not template and frame.f_code.co_name == "render_annotated":
                template = _line_of_template(frame)
        frame = frame.f_back
    return template or NOWHERE


def frames_of_others() -> list[FrameType]:
    """The frames between the database and the line of ours, from the inside: what asked on its behalf."""
    found: list[FrameType] = []
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and not _is_ours(frame):
        found.append(frame)
        frame = frame.f_back
    return found


def _is_ours(frame: FrameType) -> bool:
    return (_judged.get(frame.f_code.co_filename) or _judge(frame.f_code.co_filename)) not in (_OTHERS, _TEMPLATES)


def _judge(file: str) -> str:
    place = _OTHERS
    if file.endswith("/django/template/base.py"):
        place = _TEMPLATES
    elif (path := _of_ours(file)) and not path.startswith(_BETWEEN):
        place = path
    if len(_judged) >= _MOST_FILES:
        _judged.clear()
    _judged[file] = place
    return place


def _of_ours(file: str) -> str:
    """The path within our tree; "" of what isn't in it, or was installed there."""
    tree = f"{settings.BASE_DIR}/"
    if not file.startswith(tree) or any(place in file for place in _INSTALLED):
        return ""
    return file.removeprefix(tree)


def _line_of_template(frame: FrameType) -> str:
    """Of the tag or variable that is being rendered, if its template is ours."""
    node = frame.f_locals.get("self")
    origin, token = getattr(node, "origin", None), getattr(node, "token", None)
    path = _of_ours(str(Path(getattr(origin, "name", "") or "")))
    return f"{path}:{token.lineno}" if path and token else ""
