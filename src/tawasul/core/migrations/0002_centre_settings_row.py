"""The one row of the centre's settings, with the published promises as its values."""

from django.db import migrations


def add_row(apps, schema_editor):
    apps.get_model("core", "CentreSettings").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunPython(add_row, migrations.RunPython.noop)]
