"""The state of the world: regions, hospitals, sites and what they can do. ``None`` means "not established".

Rows are written only through ``diversion.commands``; each carries the ``version`` that readers compare.
"""

from __future__ import annotations

from django.db import models

from hospitals import exercises

DESTINATIONS = ("general", "belt", "paediatric_only", "specialty_only", "oncology_only")


class Versioned(models.Model):
    """A row whose public representation travels in the feed; ``version`` counts its recorded changes."""

    version = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True


class RegionQuerySet(models.QuerySet["Region"]):
    def open(self) -> RegionQuerySet:
        """All but the exercises that have ended: where something can still happen."""
        return self.filter(closed_at__isnull=True)


class Region(Versioned):
    """The area of one 112 centre: shard, and stream of events."""

    id = models.SlugField(primary_key=True, max_length=40)
    name = models.JSONField(help_text="{fr, nl, en}")
    timezone = models.CharField(max_length=40, default="Europe/Brussels")
    dispatch_phone = models.CharField(max_length=40, null=True, blank=True)
    boundary = models.JSONField(help_text="Outer ring, [[lon, lat], …], for plausibility of positions only")
    vehicle_statuses = models.JSONField(default=list)
    capabilities = models.JSONField(default=list, help_text="Vocabulary of the region: [{code, name}]")
    policy = models.JSONField(default=dict, help_text="Overrides of hospitals.policies.DEFAULTS")
    #: Fitted from the region's own journeys by a command; empty until then (diversion.journeys.factors).
    journey_factors = models.JSONField(default=list)
    simulated = models.BooleanField(default=False)
    #: The region this one is an exercise of: a copy with a stream of its own, in which nothing is real.
    exercise_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="exercises")
    closed_at = models.DateTimeField(
        null=True, blank=True, help_text="When an exercise ended: nothing is written after"
    )
    registry = models.JSONField(default=dict, help_text="The entry of the registry file this row was made from")

    objects = RegionQuerySet.as_manager()

    class Meta:
        constraints = [
            # Two exercises of one region at once: nobody in the room would know which of them is meant.
            models.UniqueConstraint(
                fields=["exercise_of"], condition=models.Q(closed_at__isnull=True), name="exercise_one_open_per_region"
            ),
            # The code tells an exercise wherever it is written, so no real region may have one like it.
            models.CheckConstraint(
                condition=models.Q(exercise_of__isnull=False, id__regex=exercises.CODE)
                | (models.Q(exercise_of__isnull=True) & ~models.Q(id__regex=exercises.CODE)),
                name="region_code_tells_exercise",
            ),
            # Into a closed region nothing can be written any more: a real one must never become that.
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True) | models.Q(exercise_of__isnull=False),
                name="region_closed_only_as_exercise",
            ),
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def is_exercise(self) -> bool:
        return self.exercise_of_id is not None

    @property
    def id_prefix(self) -> str:
        """What the ids of its places begin with; empty in a real region."""
        return exercises.id_prefix(self.pk)


class Hospital(models.Model):
    """A hospital as a legal or public entity; patients go to its sites."""

    id = models.SlugField(primary_key=True, max_length=60)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="hospitals")
    name = models.JSONField(help_text="{fr, nl}")
    network = models.CharField(max_length=200, null=True, blank=True)
    registry = models.JSONField(default=dict, help_text="The entry of the registry file this row was made from")

    def __str__(self) -> str:
        return self.id


class Site(Versioned):
    """One campus with, usually, an emergency department."""

    id = models.SlugField(primary_key=True, max_length=60)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="sites")
    hospital = models.ForeignKey(Hospital, on_delete=models.PROTECT, related_name="sites")
    name = models.JSONField(help_text="{fr, nl}")
    short = models.JSONField(help_text="{fr, nl}: the label of maps and lists")
    zone = models.CharField(max_length=40)
    address = models.JSONField(help_text="{street: {fr, nl}|null, postal_code, commune: {fr, nl}}")
    lat = models.FloatField()
    lon = models.FloatField()
    position_precision = models.CharField(max_length=40)
    position_confidence = models.CharField(max_length=20)
    phone = models.CharField(max_length=40, null=True, blank=True)
    phone_ed = models.CharField(max_length=40, null=True, blank=True)
    beds = models.PositiveIntegerField(null=True, blank=True)
    ed_level = models.CharField(max_length=80, null=True, blank=True)
    destination = models.CharField(max_length=20, choices=[(d, d) for d in DESTINATIONS])
    smur_base = models.BooleanField(null=True)
    capabilities = models.JSONField(default=dict, help_text="{code: {value, detail, confidence, source}}")
    confidence = models.CharField(max_length=20)
    sources = models.JSONField(default=list)
    notes = models.TextField(null=True, blank=True)
    #: While set, the site's machines and earlier logins are shut out; people who log in anew are not.
    quarantined_at = models.DateTimeField(null=True, blank=True)
    quarantined_by = models.CharField(max_length=120, null=True, blank=True)
    registry = models.JSONField(default=dict, help_text="The entry of the registry file this row was made from")

    class Meta:
        constraints = [
            # Who shut a site's machines out stays with the fact that they are.
            models.CheckConstraint(
                condition=models.Q(quarantined_at__isnull=True, quarantined_by__isnull=True)
                | models.Q(quarantined_at__isnull=False, quarantined_by__isnull=False),
                name="site_quarantine_has_an_author",
            ),
            # A swapped or mistyped coordinate would send a vehicle to another country.
            models.CheckConstraint(
                condition=models.Q(lat__range=(-90, 90), lon__range=(-180, 180)), name="site_position_on_earth"
            ),
        ]

    def __str__(self) -> str:
        return self.id

    def capability_values(self) -> dict[str, bool | None]:
        """{code: True|False} for what is established; an absent code is not established."""
        return {code: entry["value"] for code, entry in self.capabilities.items()}


class Base(models.Model):
    """Where vehicles start from, as far as that is established; the dispatch system's own vehicles say theirs."""

    id = models.SlugField(primary_key=True, max_length=60)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="bases")
    registry = models.JSONField(default=dict, help_text="The entry of the registry file this row was made from")

    def __str__(self) -> str:
        return self.id
