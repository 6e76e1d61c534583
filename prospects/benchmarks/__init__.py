"""What `manage.py bench` measures of the domain; importing this registers the areas."""

from prospects.benchmarks import imports, qualify

__all__ = ["imports", "qualify"]
