"""Pages of a list."""

from django.conf import settings
from rest_framework import pagination


class CursorPagination(pagination.CursorPagination):
    """Cursor pages, newest first: stable while rows are inserted."""

    ordering = "-id"
    page_size = settings.PAGINATION_DEFAULT_PER_PAGE
    page_size_query_param = "per_page"
    max_page_size = settings.PAGINATION_MAX_PER_PAGE
