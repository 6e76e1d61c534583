"""The console's tile of indexes: how many recommendations are open, and what there is to win."""

from datetime import datetime

from django.db.models import Count, Q, Sum

from performance.console.shapes import Level, TileFigures
from performance.database.indexes.advice import Severity
from performance.database.indexes.models import IndexAdvice, IndexReview

DAY_MS = 86_400_000.0
