"""A fresh installation keeps the published working time from its first ticket."""

from types import SimpleNamespace

from django.db import migrations

from tawasul.service_levels import seeds


def seed(apps, schema_editor):
    names = ("WorkingDay", "Holiday", "Season", "Promise")
    seeds.seed_calendar(SimpleNamespace(**{name: apps.get_model("service_levels", name) for name in names}))


class Migration(migrations.Migration):
    dependencies = [("service_levels", "0001_initial")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
