from django.db import migrations, models


class Migration(migrations.Migration):
    """Why nothing of a company's site could be read, so that it is said again while the answer is kept."""

    dependencies = [("prospects", "0005_research")]
    operations = [
        migrations.AddField("companyprofile", "fault_code", models.CharField(blank=True, db_default="", max_length=40)),
        migrations.AddField("companyprofile", "fault", models.CharField(blank=True, db_default="", max_length=500)),
    ]
