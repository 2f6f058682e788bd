import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0003_incoming_mail"),
    ]

    operations = [
        migrations.AddField(
            model_name="centresettings",
            name="undo_seconds",
            field=models.PositiveIntegerField(default=10, help_text="It reaches the customer when they have passed. 0 sends at once.", validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(120)], verbose_name="an answer may be taken back for (seconds)"),
        ),
    ]
