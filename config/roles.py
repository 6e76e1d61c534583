"""The one table of who may do what. Django groups are kept in step with it after every migrate.

A permission is "<app>.<codename>"; each role also holds the permissions of the roles it names in EXTENDS.
"""

VIEWER = "viewer"
SALES = "sales"
PROMPT_AUTHOR = "prompt author"
OPERATOR = "operator"
ADMINISTRATOR = "administrator"

_READ = [
    "performance.view_batch",
    "performance.view_job",
    "prospects.view_company",
    "prospects.view_prospect",
    "prospects.view_import",
    "prospects.view_importrow",
    "prospects.view_idealcustomerprofile",
    "prospects.view_icpversion",
    "prospects.view_qualificationrun",
    "prospects.view_qualification",
    "prospects.view_fit",
    "prospects.view_promptversion",
    "prospects.view_export",
]
_SELL = [
    "prospects.add_import",
    "prospects.change_import",
    "prospects.change_company",
    "prospects.add_prospect",
    "prospects.change_prospect",
    "prospects.add_qualificationrun",
    "prospects.change_qualificationrun",
    "prospects.change_fit",
    "prospects.add_idealcustomerprofile",
    "prospects.change_idealcustomerprofile",
    "prospects.add_export",
]
_AUTHOR = ["prospects.view_prompt", "prospects.add_promptversion", "prospects.change_prompt"]
_OPERATE = [
    "performance.operate_jobs",
    "performance.view_queuestate",
    "performance.view_deadtask",
    "performance.operate_queues",
    "performance.purge_queues",
    "performance.schedule_tasks",
    "performance.view_paidcall",
    "performance.view_flag",
    "performance.change_flag",
    "performance.view_worker",
    "performance.view_cache",
    "performance.operate_cache",
    "performance.view_auditentry",
    "performance.archive",
    "performance.view_archivalpolicy",
    "performance.view_archivalrun",
    "performance.view_archivalhold",
    "performance.add_archivalhold",
    "performance.analyze_query",
    "performance.advise_indexes",
    "performance.view_indexadvice",
    "performance.run_benchmark",
    "performance.cancel_backend",
    "performance.optimize_table",
    "performance.view_maintenancerun",
    "performance.view_metricbucket",
    "performance.view_alert",
    "performance.operate_alerts",
    "performance.view_alertrule",
    "performance.add_alertrule",
    "performance.change_alertrule",
    "performance.delete_alertrule",
    "performance.view_alertmail",
    "performance.view_silence",
    "performance.view_deploy",
    "performance.view_regression",
    "performance.view_webhookendpoint",
    "performance.add_webhookendpoint",
    "performance.change_webhookendpoint",
    "performance.delete_webhookendpoint",
    "performance.view_webhookdelivery",
    "performance.view_allowance",
    "prospects.view_endpoint",
    "prospects.change_endpoint",
    "prospects.view_modelprice",
    "prospects.change_modelprice",
    "prospects.add_modelprice",
]
_ADMINISTER = [
    # A legal hold isn't lifted by those who want for space.
    "performance.change_archivalhold",
    "performance.view_user",
    "performance.add_user",
    "performance.change_user",
    "performance.view_apitoken",
    "performance.add_apitoken",
    "performance.delete_apitoken",
    "performance.add_allowance",
    "performance.change_allowance",
    "performance.delete_allowance",
    "prospects.delete_prospect",
    "prospects.delete_company",
]

ROLE_PERMISSIONS: dict[str, list[str]] = {
    VIEWER: _READ,
    SALES: _READ + _SELL,
    PROMPT_AUTHOR: _READ + _AUTHOR,
    OPERATOR: _READ + _OPERATE,
    ADMINISTRATOR: _READ + _SELL + _AUTHOR + _OPERATE + _ADMINISTER,
}
