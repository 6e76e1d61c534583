from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ProspectsConfig(AppConfig):
    name = "prospects"
    verbose_name = "Prospects"

    def ready(self) -> None:
        from performance.jobs.kinds import register
        from performance.jobs.lifecycle import preload
        from prospects.exports.kind import ExportKind
        from prospects.icp.generate import GenerateKind
        from prospects.intake.jobs import CommitKind, ParseKind, PreviewKind, UndoKind
        from prospects.llm.wire import load_transport
        from prospects.prompts.services import sync_after_migrate
        from prospects.qualification.kind import QualificationKind

        register(QualificationKind())
        register(ExportKind())
        register(GenerateKind())
        register(ParseKind())
        register(PreviewKind())
        register(CommitKind())
        register(UndoKind())
        preload(load_transport)
        post_migrate.connect(sync_after_migrate, sender=self)
