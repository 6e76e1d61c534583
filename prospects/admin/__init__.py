"""The admin pages of the domain's models."""

from prospects.admin import companies, exports, icp, intake, llm, prompts, qualification, search

__all__ = ["companies", "exports", "icp", "intake", "llm", "prompts", "qualification", "search"]
