"""Django looks for models here; each lives with its noun."""

from prospects.companies.finding.models import SearchChange, SearchText
from prospects.companies.models import Company, CompanyKey, Prospect
from prospects.company_profiles.models import CompanyProfile, ProfileConflict, ProfileValue
from prospects.crawl.models import CrawlHost, CrawlJob
from prospects.exports.models import Export
from prospects.filters.models import SavedFilter
from prospects.icp.models import ICPVersion, IdealCustomerProfile
from prospects.intake.models import Import, ImportRow, RowOutcome, SavedMapping
from prospects.llm.models import Endpoint, ModelPrice
from prospects.pages.models import Page, PageText
from prospects.prompts.models import Prompt, PromptVersion
from prospects.qualification.models import Fit, Qualification, QualificationRun
from prospects.research.models import ResearchBatch, ResearchItem
from prospects.search.models import SearchQuery, SearchResult, SearchSession

__all__ = [
    "Company",
    "CompanyKey",
    "CompanyProfile",
    "CrawlHost",
    "CrawlJob",
    "Endpoint",
    "Export",
    "Fit",
    "ICPVersion",
    "IdealCustomerProfile",
    "Import",
    "ImportRow",
    "ModelPrice",
    "Page",
    "PageText",
    "ProfileConflict",
    "ProfileValue",
    "Prompt",
    "PromptVersion",
    "Prospect",
    "Qualification",
    "QualificationRun",
    "ResearchBatch",
    "ResearchItem",
    "RowOutcome",
    "SavedFilter",
    "SavedMapping",
    "SearchChange",
    "SearchQuery",
    "SearchResult",
    "SearchSession",
    "SearchText",
]
