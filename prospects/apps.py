from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ProspectsConfig(AppConfig):
    name = "prospects"
    verbose_name = "Prospects"

    def ready(self) -> None:
        from performance.jobs.kinds import register_path
        from prospects.archival import register_targets
        from prospects.crawl import ending as crawls
        from prospects.intake import announcing as intake
        from prospects.prompts.services import sync_after_migrate
        from prospects.qualification import announcing as qualification
        from prospects.research import announcing as research
        from prospects.warming import register_warmers

        # By their paths: together they import a good second of CPU, and few processes need more than one of them.
        register_path(
            "qualification.run",
            queue="qualification",
            path="prospects.qualification.kind.QualificationKind",
            tags=["runs", "run:{batch}"],
        )
        register_path(
            "research.company",
            queue="research",
            path="prospects.research.kind.ResearchKind",
            tags=["research", "research:{batch}"],
        )
        register_path("export.run", queue="reports", path="prospects.exports.kind.ExportKind")
        register_path("crawl.site", queue="research", path="prospects.crawl.kind.CrawlKind", tags=["crawls"])
        register_path("icp.generate", queue="research", path="prospects.icp.generate.GenerateKind")
        register_path("import.parse", queue="imports", path="prospects.intake.jobs.ParseKind")
        register_path("import.preview", queue="imports", path="prospects.intake.jobs.PreviewKind")
        register_path("import.commit", queue="imports", path="prospects.intake.jobs.CommitKind")
        register_path("import.undo", queue="imports", path="prospects.intake.jobs.UndoKind")
        register_path("search.query", queue="research", path="prospects.search.kind.SearchKind", tags=["searches"])
        qualification.register()
        research.register()
        crawls.register()
        intake.register()
        register_targets()
        post_migrate.connect(sync_after_migrate, sender=self)
        register_warmers()
