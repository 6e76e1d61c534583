from django.db import migrations


class Migration(migrations.Migration):
    """Texts of pages come compressed: PostgreSQL needn't try to do it again, and reads a piece without the rest."""

    dependencies = [("prospects", "0004_finding")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE prospects_pagetext ALTER COLUMN body SET STORAGE EXTERNAL",
            "ALTER TABLE prospects_pagetext ALTER COLUMN body SET STORAGE EXTENDED",
        )
    ]
