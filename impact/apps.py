from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImpactConfig(AppConfig):
    name = "impact"
    verbose_name = _("Impact")

    def ready(self) -> None:
        # Models can't be imported before all apps are there.
        from facilities import pictures
        from impact import datasets, facility_data, further_data, metrics

        pictures.register(*metrics.METRICS)
        datasets.register("facilities", facility_data.tables)
        datasets.register("services", further_data.services)
        datasets.register("needs", further_data.open_needs)
        datasets.register("outreach", further_data.outreach)
