"""What `manage.py bench` measures of the domain; importing this registers the areas."""

from prospects.benchmarks import accuracy, api, bulk, imports, qualify, research

__all__ = ["accuracy", "api", "bulk", "imports", "qualify", "research"]
