from django.urls import path

from dialogues import views

app_name = "dialogues"
urlpatterns = [
    path("", views.session_list, name="session_list"),
    path("materials/<int:material>/", views.material, name="material"),
    path("<slug:slug>/", views.session_detail, name="session_detail"),
    path("<slug:slug>/calendar.ics", views.session_calendar, name="session_calendar"),
    path("<slug:slug>/certificate.pdf", views.certificate_pdf, name="certificate_pdf"),
    path("<slug:slug>/register/", views.session_register, name="session_register"),
    path("<slug:slug>/withdraw/", views.session_withdraw, name="session_withdraw"),
    path("<slug:slug>/offer/accept/", views.offer_accept, name="offer_accept"),
    path("<slug:slug>/offer/decline/", views.offer_decline, name="offer_decline"),
]
certificates = (
    [
        path("", views.certificate_verify, name="form"),
        path("<str:code>/", views.certificate_verify, name="verify"),
    ],
    "certificates",
)
