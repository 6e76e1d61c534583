from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations


class Migration(migrations.Migration):
    """What PostgreSQL must offer before the tables are made. pg_stat_statements is created where the server has it loaded."""

    initial = True
    dependencies = []
    operations = [TrigramExtension(), UnaccentExtension()]
