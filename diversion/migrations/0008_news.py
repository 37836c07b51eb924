"""An episode that restricts more is to be seen again. What ran before this rule has told its news once, when declared."""

from typing import Any

from django.db import migrations, models
from django.db.models import F


def told_once(apps: Any, _schema_editor: Any) -> None:
    diversions = apps.get_model("diversion", "Diversion").objects
    diversions.update(news_at=F("declared_at"), first_seen_at=F("seen_at"))


class Migration(migrations.Migration):
    dependencies = [("diversion", "0007_event_kinds")]

    operations = [
        migrations.AddField(
            model_name="diversion",
            name="news_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="diversion",
            name="first_seen_at",
            field=models.DateTimeField(blank=True, help_text="From when the public may know of it", null=True),
        ),
        migrations.AlterField(
            model_name="diversion",
            name="seen_at",
            field=models.DateTimeField(
                blank=True, help_text="When dispatch saw the last news; null: not yet", null=True
            ),
        ),
        migrations.RunPython(told_once, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="diversion",
            name="news_at",
            field=models.DateTimeField(
                help_text="When it last said what dispatch is to see: itself, or a restriction more"
            ),
        ),
    ]
