from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0009_open_and_closed_tickets_in_order"),
    ]

    operations = [
        migrations.AlterField(
            model_name="message",
            name="standing",
            field=models.CharField(
                blank=True,
                choices=[("participant", "Participant"), ("private", "Private"), ("stranger", "Stranger")],
                default="",
                max_length=11,
            ),
        ),
    ]
