"""The admin's looks and its sidebar, grouped by noun as the code is."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils.functional import lazy


@cache
def _address_under(prefix: str, name: str) -> str:
    return reverse(name)


def _address(name: str) -> str:
    """Where a page is that needs no argument, found once a process: every admin page names all of the sidebar's."""
    return _address_under(get_script_prefix(), name)


_link = lazy(_address, str)


def _may(permission: str) -> Callable[[HttpRequest], bool]:
    return lambda request: bool(request.user.has_perm(permission))


def _item(title: str, icon: str, model: str) -> dict[str, object]:
    """A link to a model's list, shown to those who may see it. `model` is "<app>.<model>"."""
    app, name = model.split(".")
    return {
        "title": title,
        "icon": icon,
        "link": _link(f"admin:{app}_{name}_changelist"),
        "permission": _may(f"{app}.view_{name}"),
    }


def _page(title: str, icon: str, name: str) -> dict[str, object]:
    """A link to a page of the console, shown to those who may read measurements. `name` is its address's."""
    may = _may("performance.view_metricbucket")

    def is_here(request: HttpRequest) -> bool:
        """The dashboard's address begins all others'."""
        return request.path == _address(name) if name == "console" else request.path.startswith(_address(name))

    return {"title": title, "icon": icon, "link": _link(name), "permission": may, "active": is_here}


def _icon(request: HttpRequest) -> str:
    return static("assay/mark.svg")


def _style(request: HttpRequest) -> str:
    return static("assay/admin.css")


def _never(request: HttpRequest) -> bool:
    """A link out of the admin is never where one is."""
    return False


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Assay",
    "SITE_HEADER": "Assay",
    "SITE_SUBHEADER": "Admin",
    "SITE_URL": "/",
    "SITE_ICON": _icon,
    "STYLES": [_style],
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _icon}],
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "6px",
    # The pages' one accent, in Unfold's steps.
    "COLORS": {
        "primary": {
            "50": "#eff3fe",
            "100": "#e0e8fc",
            "200": "#c3d1f9",
            "300": "#9db4f5",
            "400": "#7090ee",
            "500": "#4a70e4",
            "600": "#2450c8",
            "700": "#1f44aa",
            "800": "#1c3a8a",
            "900": "#1a326f",
            "950": "#111f47",
        }
    },
    "SIDEBAR": {
        "show_search": True,
        "show_all_applications": False,
        "navigation": [
            {
                "title": "Pages",
                "items": [
                    {"title": "Dashboard", "icon": "dashboard", "link": _link("dashboard"), "active": _never},
                    {"title": "Prospects", "icon": "domain", "link": _link("prospects"), "active": _never},
                    {"title": "Runs", "icon": "play_circle", "link": _link("runs"), "active": _never},
                ],
            },
            {
                "title": "Performance",
                "separator": True,
                "items": [
                    _page("Overview", "monitoring", "console"),
                    _page("Bottlenecks", "traffic_jam", "console-bottlenecks"),
                    _page("Alerts", "notifications_active", "console-alerts"),
                    _page("Requests", "swap_horiz", "console-requests"),
                    _page("Regressions", "trending_up", "console-regressions"),
                    _page("Statements", "database", "console-statements"),
                    _page("Tables", "table_chart", "console-tables"),
                    _page("Activity", "lan", "console-activity"),
                    _page("Settings", "tune", "console-settings"),
                    _page("Indexes", "manage_search", "console-indexes"),
                    _page("Archival", "inventory_2", "console-archival"),
                    _page("Explain", "account_tree", "console-plans"),
                    _page("Cache", "cached", "console-cache"),
                    _page("Queues", "queue", "console-queues"),
                    _page("Dead letters", "delete_sweep", "console-dead-letters"),
                    _page("Schedules", "schedule", "console-schedules"),
                    _page("Workers", "engineering", "console-workers"),
                    _page("System", "memory", "console-system"),
                    _page("Benchmark", "timer", "console-benchmark"),
                ],
            },
            {
                "title": "Companies",
                "separator": True,
                "items": [
                    _item("Prospects", "person_search", "prospects.prospect"),
                    _item("Saved filters", "bookmark", "prospects.savedfilter"),
                    _item("Companies", "apartment", "prospects.company"),
                    _item("Company keys", "key", "prospects.companykey"),
                ],
            },
            {
                "title": "Intake",
                "separator": True,
                "items": [
                    _item("Imports", "upload_file", "prospects.import"),
                    _item("Import rows", "table_rows", "prospects.importrow"),
                    _item("Saved mappings", "alt_route", "prospects.savedmapping"),
                ],
            },
            {
                "title": "Research",
                "separator": True,
                "items": [
                    _item("Research", "travel_explore", "prospects.researchbatch"),
                    _item("Profiles", "badge", "prospects.companyprofile"),
                    _item("Values", "data_object", "prospects.profilevalue"),
                    _item("Conflicts", "compare_arrows", "prospects.profileconflict"),
                    _item("Crawls", "bug_report", "prospects.crawljob"),
                    _item("Hosts", "public", "prospects.crawlhost"),
                    _item("Pages", "article", "prospects.page"),
                    _item("Page texts", "notes", "prospects.pagetext"),
                    _item("Searches", "manage_search", "prospects.searchsession"),
                    _item("Search queries", "search", "prospects.searchquery"),
                    _item("Search results", "list", "prospects.searchresult"),
                ],
            },
            {
                "title": "Qualification",
                "separator": True,
                "items": [
                    _item("Customer profiles", "target", "prospects.idealcustomerprofile"),
                    _item("Profile versions", "history", "prospects.icpversion"),
                    _item("Runs", "fact_check", "prospects.qualificationrun"),
                    _item("Verdicts", "gavel", "prospects.qualification"),
                    _item("Fits", "star", "prospects.fit"),
                    _item("Exports", "download", "prospects.export"),
                ],
            },
            {
                "title": "The LLM",
                "separator": True,
                "items": [
                    _item("Prompts", "chat", "prospects.prompt"),
                    _item("Prompt versions", "history_edu", "prospects.promptversion"),
                    _item("Endpoints", "dns", "prospects.endpoint"),
                    _item("Prices", "payments", "prospects.modelprice"),
                ],
            },
            {
                "title": "Work",
                "separator": True,
                "items": [
                    _item("Batches", "stacks", "performance.batch"),
                    _item("Jobs", "task", "performance.job"),
                    _item("Paid calls", "receipt_long", "performance.paidcall"),
                    _item("Workers", "memory", "performance.worker"),
                    _item("Dead tasks", "delete_sweep", "performance.deadtask"),
                    _item("Paused queues", "pause_circle", "performance.queuestate"),
                ],
            },
            {
                "title": "Platform",
                "separator": True,
                "items": [
                    _item("Alert rules", "rule", "performance.alertrule"),
                    _item("Alert history", "notifications", "performance.alert"),
                    _item("Alert e-mails", "mail", "performance.alertmail"),
                    _item("Silences", "notifications_off", "performance.silence"),
                    _item("Regressions", "trending_up", "performance.regression"),
                    _item("Deploys", "rocket_launch", "performance.deploy"),
                    _item("Audit log", "history", "performance.auditentry"),
                    _item("Archival policies", "policy", "performance.archivalpolicy"),
                    _item("Archival runs", "archive", "performance.archivalrun"),
                    _item("Legal holds", "gavel", "performance.archivalhold"),
                    _item("Maintenance of tables", "cleaning_services", "performance.maintenancerun"),
                    _item("Flags", "flag", "performance.flag"),
                    _item("Webhooks", "webhook", "performance.webhookendpoint"),
                    _item("Webhook deliveries", "outbox", "performance.webhookdelivery"),
                    _item("Files", "folder", "performance.storedfile"),
                    _item("File pieces", "data_array", "performance.filechunk"),
                    _item("Idempotency keys", "fingerprint", "performance.idempotencykey"),
                    _item("People", "group", "performance.user"),
                    _item("Roles", "shield_person", "auth.group"),
                    _item("API tokens", "vpn_key", "performance.apitoken"),
                    _item("Allowances", "speed", "performance.allowance"),
                ],
            },
        ],
    },
}
