from typing import Any

from django.db import migrations

from tawasul.accounts.seeds import first_terms


def seed(apps: Any, schema_editor: Any) -> None:
    first_terms(apps.get_model("accounts", "TermsVersion"))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_emailchange_outgoingsms")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
