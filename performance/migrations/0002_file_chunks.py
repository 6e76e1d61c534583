"""Pieces of files are kept as they are: PostgreSQL's own compression takes half a second for a list of 100,000 rows."""

from django.db import migrations

PLAIN = "ALTER TABLE performance_filechunk ALTER COLUMN content SET STORAGE EXTERNAL"
COMPRESSED = "ALTER TABLE performance_filechunk ALTER COLUMN content SET STORAGE EXTENDED"


class Migration(migrations.Migration):
    dependencies = [("performance", "0001_initial")]
    operations = [migrations.RunSQL(PLAIN, COMPRESSED)]
