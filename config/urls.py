from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from campaigns import urls as campaigns
from config import views
from dialogues import urls as dialogues
from facilities import urls as facilities
from impact import urls as impact
from needs import urls as needs

handler400 = "config.views.bad_request"
handler403 = "config.views.forbidden"
handler404 = "config.views.not_found"
handler500 = "config.views.server_error"

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("", views.root, name="root"),
    *dialogues.private,
    path("data/", include(impact.data_files)),
    path("fhir/", include(impact.fhir)),
    *i18n_patterns(
        path("", include("impact.urls")),
        path("accounts/", include("allauth.urls")),
        path("admin/", admin.site.urls),
        path("sessions/", include("dialogues.urls")),
        path("o/", include(dialogues.offer_urlpatterns)),
        path("me/", include(dialogues.own)),
        path("", include(dialogues.short)),
        path("cases/", include((dialogues.cases, "cases"))),
        path("measures/", include("measures.urls")),
        path("campaigns/", include("campaigns.urls")),
        path("entries/", include(campaigns.entries)),
        path("judging/", include(campaigns.judging)),
        path("desks/", include(campaigns.desks)),
        path("activities/", include(campaigns.activities)),
        path("facilities/map/", include(impact.maps)),
        path("facilities/", include("facilities.urls")),
        path("data/", include(impact.data)),
        path("local-regions/", include(facilities.local_regions)),
        path("outreach/", include("outreach.urls")),
        path("needs/", include("needs.urls")),
        path("pledges/", include(needs.pledges)),
        path("handovers/", include(needs.handovers)),
        path("media/", include((campaigns.media, "media"))),
        path("certificates/", include(dialogues.certificates)),
        path("", include("network.urls")),
    ),
]
