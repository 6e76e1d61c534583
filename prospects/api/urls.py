"""The domain's addresses under /api/v1/. None ends in a slash; with one they are served too."""

from django.urls import URLPattern, URLResolver, path

from prospects.api.views import (
    bulk,
    company_profiles,
    exports,
    icps,
    imports,
    prompts,
    prospects,
    qualify,
    runs,
)

urlpatterns: list[URLPattern | URLResolver] = [
    # First, as they are asked for most: a route is found by trying one after the other, 2 µs each.
    path("prospects", prospects.ProspectsView.as_view(), name="api-prospects"),
    path("prospects/bulk", bulk.BulkView.as_view(), name="api-prospects-bulk"),
    path("prospects/<int:prospect_id>", prospects.ProspectView.as_view(), name="api-prospect"),
    path(
        "prospects/<int:prospect_id>/qualifications",
        prospects.ProspectHistoryView.as_view(),
        name="api-prospect-qualifications",
    ),
    path("prospects/<int:prospect_id>/fits/<slug:slug>", prospects.OverrideView.as_view(), name="api-override"),
    path("imports", imports.ImportsView.as_view(), name="api-imports"),
    path("imports/fields", imports.ImportFieldsView.as_view(), name="api-import-fields"),
    path("imports/<int:import_id>", imports.ImportView.as_view(), name="api-import"),
    path("imports/<int:import_id>/mapping", imports.MappingView.as_view(), name="api-import-mapping"),
    path("imports/<int:import_id>/preview", imports.PreviewView.as_view(), name="api-import-preview"),
    path("imports/<int:import_id>/commit", imports.CommitView.as_view(), name="api-import-commit"),
    path("imports/<int:import_id>/undo", imports.UndoView.as_view(), name="api-import-undo"),
    path("imports/<int:import_id>/rows", imports.ImportRowsView.as_view(), name="api-import-rows"),
    path("imports/<int:import_id>/errors", imports.ImportErrorsView.as_view(), name="api-import-errors"),
    path("icps", icps.ICPsView.as_view(), name="api-icps"),
    path("icps/generate", icps.GenerateView.as_view(), name="api-icp-generate"),
    path("icps/<slug:slug>", icps.ICPView.as_view(), name="api-icp"),
    path("icps/<slug:slug>/versions", icps.ICPVersionsView.as_view(), name="api-icp-versions"),
    path("icps/<slug:slug>/versions/<int:number>", icps.ICPVersionView.as_view(), name="api-icp-version"),
    path(
        "icps/<slug:slug>/versions/<int:number>/activate", icps.ActivateView.as_view(), name="api-icp-version-activate"
    ),
    path("qualify", qualify.QualifyView.as_view(), name="api-qualify"),
    path("runs", runs.RunsView.as_view(), name="api-runs"),
    path("runs/active", runs.ActiveRunsView.as_view(), name="api-runs-active"),
    path("runs/recent", runs.RecentRunsView.as_view(), name="api-runs-recent"),
    path("runs/<int:run_id>", runs.RunView.as_view(), name="api-run"),
    path("runs/<int:run_id>/results", runs.RunResultsView.as_view(), name="api-run-results"),
    path("runs/<int:run_id>/errors", runs.RunErrorsView.as_view(), name="api-run-errors"),
    path("runs/<int:run_id>/cancel", runs.CancelRunView.as_view(), name="api-run-cancel"),
    path("runs/<int:run_id>/pause", runs.PauseRunView.as_view(), name="api-run-pause"),
    path("runs/<int:run_id>/resume", runs.ResumeRunView.as_view(), name="api-run-resume"),
    path("runs/<int:run_id>/retry-failed", runs.RetryFailedView.as_view(), name="api-run-retry-failed"),
    path("runs/<int:run_id>/retry-parked", runs.RetryParkedView.as_view(), name="api-run-retry-parked"),
    path("runs/<int:run_id>/exports", exports.RunExportsView.as_view(), name="api-run-exports"),
    path("exports", exports.ExportsView.as_view(), name="api-exports"),
    path("exports/<int:export_id>", exports.ExportView.as_view(), name="api-export"),
    path("exports/<int:export_id>/file", exports.ExportFileView.as_view(), name="api-export-file"),
    path("company/conflicts", company_profiles.ConflictsView.as_view(), name="api-conflicts"),
    path("company/conflicts/decide", company_profiles.DecideConflictsView.as_view(), name="api-conflicts-decide"),
    path(
        "company/conflicts/<int:conflict_id>/decide",
        company_profiles.DecideConflictView.as_view(),
        name="api-conflict-decide",
    ),
    path("company/<int:company_id>/profile", company_profiles.ProfileView.as_view(), name="api-company-profile"),
    path("company/<int:company_id>/values", company_profiles.ValuesView.as_view(), name="api-company-values"),
    path("prompts", prompts.PromptsView.as_view(), name="api-prompts"),
    path("prompts/<slug:name>/versions", prompts.PromptVersionsView.as_view(), name="api-prompt-versions"),
    path("prompts/<slug:name>/versions/<int:number>", prompts.PromptVersionView.as_view(), name="api-prompt-version"),
]
