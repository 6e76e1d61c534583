"""What `manage.py bench` measures of the domain; importing this registers the areas."""

from prospects.benchmarks import api, bulk, imports, qualify, research

__all__ = ["api", "bulk", "imports", "qualify", "research"]
