from typing import Any

from django.db import migrations, models

from diversion import chain


def link_what_is_recorded(apps: Any, _: Any) -> None:
    """Each stream's head gets the hash of all it has recorded so far, so that the first event of ours is bound to it.

    The events themselves are not touched: nothing rewrites the log, this migration neither. Theirs are computed anew by
    whoever verifies, and a change among them shows at the first event that carries a hash.
    """
    streams, events = apps.get_model('diversion', 'Stream').objects, apps.get_model('diversion', 'Event').objects
    for stream in streams.all():
        for event in events.filter(region_id=stream.pk).order_by('seq').iterator(chunk_size=500):
            stream.hash = chain.link(stream.hash, event.seq, chain.digest(chain.said_by(event)))
        stream.save(update_fields=['hash'])


class Migration(migrations.Migration):

    dependencies = [
        ('diversion', '0015_many_casualties'),
    ]

    operations = [
        migrations.AddField(
            model_name='event',
            name='hash',
            field=models.CharField(default='', help_text='diversion.chain: binds it to all before it', max_length=64),
        ),
        migrations.AddField(
            model_name='stream',
            name='hash',
            field=models.CharField(default=chain.NOTHING, max_length=64),
        ),
        migrations.RunPython(link_what_is_recorded, migrations.RunPython.noop, elidable=True),
    ]
