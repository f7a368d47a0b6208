"""Load places, vocabularies, public holidays, the code of conduct and what other apps keep in `data/reference`."""

from itertools import chain
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import translation

from facilities import services
from network.services import reference


class Command(BaseCommand):
    """Add what is missing and bring up to date what the files changed; run again, it changes nothing."""

    help = (
        "Load sides, districts, municipalities, vocabularies, public holidays, the code of conduct and the media log."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Load everything or nothing, and say for each file what was added or changed."""
        # The untranslated columns hold the default language.
        with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
            loaded = list(
                chain(
                    reference.load_places(),
                    reference.load_vocabularies(),
                    services.load_vocabularies(),
                    reference.load_calendar(),
                    reference.load_conduct(),
                    reference.load_registered(),
                )
            )
        for rows in filter(lambda rows: rows.added or rows.changed, loaded):
            with translation.override("en"):
                name = str(rows.model._meta.verbose_name_plural)
            self.stdout.write(f"  {name}: {rows.rows} ({rows.added} added, {rows.changed} brought up to date)")
        if not any(rows.added or rows.changed for rows in loaded):
            self.stdout.write("All reference data is up to date.")
