from typing import Any

from django.db import migrations

from tawasul.tickets.seeds import first_services


def seed(apps: Any, schema_editor: Any) -> None:
    first_services(apps.get_model("tickets", "Service"))


class Migration(migrations.Migration):
    dependencies = [("tickets", "0002_ticket_answer_clock_at_ticket_search_key")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
