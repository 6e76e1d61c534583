"""Django looks for models here; each lives with its noun."""

from prospects.companies.finding.models import SearchChange, SearchText
from prospects.companies.models import Company, CompanyKey, Prospect
from prospects.exports.models import Export
from prospects.icp.models import ICPVersion, IdealCustomerProfile
from prospects.intake.models import Import, ImportRow, RowOutcome, SavedMapping
from prospects.llm.models import Endpoint, ModelPrice
from prospects.prompts.models import Prompt, PromptVersion
from prospects.qualification.models import Fit, Qualification, QualificationRun

__all__ = [
    "Company",
    "CompanyKey",
    "Endpoint",
    "Export",
    "Fit",
    "ICPVersion",
    "IdealCustomerProfile",
    "Import",
    "ImportRow",
    "ModelPrice",
    "Prompt",
    "PromptVersion",
    "Prospect",
    "Qualification",
    "QualificationRun",
    "RowOutcome",
    "SavedMapping",
    "SearchChange",
    "SearchText",
]
