"""The admin pages of the domain's models."""

from prospects.admin import (
    companies,
    company_profiles,
    crawl,
    exports,
    filters,
    icp,
    intake,
    llm,
    pages,
    prompts,
    qualification,
    research,
    search,
)

__all__ = [
    "companies",
    "company_profiles",
    "crawl",
    "exports",
    "filters",
    "icp",
    "intake",
    "llm",
    "pages",
    "prompts",
    "qualification",
    "research",
    "search",
]
