"""Addresses of this app."""

from django.urls import URLPattern, URLResolver, path

from prospects.views import companies, exports, icps, imports, prospects, research, run_actions, run_start, runs, search

urlpatterns: list[URLPattern | URLResolver] = [
    path("prospects/", prospects.prospect_list, name="prospects"),
    path("prospects/file.csv", exports.prospect_file, name="prospect-file"),
    path("prospects/<int:prospect_id>/", prospects.prospect_page, name="prospect"),
    path("prospects/<int:prospect_id>/override/", prospects.override, name="prospect-override"),
    path("companies/<int:company_id>/lock/", companies.lock, name="company-lock"),
    path("imports/", imports.import_list, name="imports"),
    path("imports/new/", imports.import_new, name="import-new"),
    path("imports/sample/", imports.import_sample, name="import-sample"),
    path("imports/<int:import_id>/", imports.import_page, name="import"),
    path("imports/<int:import_id>/mapping/", imports.import_mapping, name="import-mapping"),
    path("imports/<int:import_id>/commit/", imports.import_commit, name="import-commit"),
    path("imports/<int:import_id>/undo/", imports.import_undo, name="import-undo"),
    path("imports/<int:import_id>/again/", imports.import_again, name="import-again"),
    path("imports/<int:import_id>/refused.csv", imports.import_errors, name="import-errors"),
    path("profiles/", icps.icp_list, name="icps"),
    path("profiles/new/", icps.icp_new, name="icp-new"),
    path("profiles/draft/", icps.icp_draft, name="icp-draft"),
    path("profiles/<slug:slug>/", icps.icp_page, name="icp"),
    path("profiles/<slug:slug>/edit/", icps.icp_edit, name="icp-edit"),
    path("profiles/<slug:slug>/activate/", icps.icp_activate, name="icp-activate"),
    path("research/", research.research_list, name="researches"),
    path("research/new/", research.research_new, name="research-new"),
    path("research/<int:batch_id>/", research.research_page, name="research"),
    path("research/<int:batch_id>/results.<slug:format>", research.research_file, name="research-file"),
    path("research/<int:batch_id>/<slug:action>/", research.research_action, name="research-action"),
    path("runs/", runs.run_list, name="runs"),
    path("runs/new/", run_start.run_new, name="run-new"),
    path("runs/<int:run_id>/", runs.run_page, name="run"),
    path("runs/<int:run_id>/budget/", run_actions.run_budget, name="run-budget"),
    path("runs/<int:run_id>/export/", exports.run_export, name="run-export"),
    path("runs/<int:run_id>/<slug:action>/", run_actions.run_action, name="run-action"),
    path("searches/", search.search_list, name="searches"),
    path("searches/new/", search.search_new, name="search-new"),
    path("searches/<int:session_id>/", search.search_page, name="search"),
    path("searches/<int:session_id>/delete/", search.search_delete, name="search-delete"),
    path("exports/<int:export_id>/", exports.export_file, name="export-file"),
]
