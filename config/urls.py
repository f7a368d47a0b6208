from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from campaigns import urls as campaigns
from config import views
from dialogues import urls as dialogues

handler400 = "config.views.bad_request"
handler403 = "config.views.forbidden"
handler404 = "config.views.not_found"
handler500 = "config.views.server_error"

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("", views.root, name="root"),
    *dialogues.private,
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
        path("media/", include((campaigns.media, "media"))),
        path("certificates/", include(dialogues.certificates)),
        path("", include("network.urls")),
    ),
]
