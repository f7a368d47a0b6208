from django.urls import path

from dialogues import views

app_name = "dialogues"
urlpatterns = [
    path("", views.session_list, name="session_list"),
    path("<slug:slug>/", views.session_detail, name="session_detail"),
    path("<slug:slug>/calendar.ics", views.session_calendar, name="session_calendar"),
    path("<slug:slug>/minutes/", views.session_minutes, name="session_minutes"),
    path("<slug:slug>/minutes/edit/", views.minutes_edit, name="minutes_edit"),
    path("<slug:slug>/register/", views.session_register, name="session_register"),
    path("<slug:slug>/withdraw/", views.session_withdraw, name="session_withdraw"),
    path("<slug:slug>/offer/accept/", views.offer_accept, name="offer_accept"),
    path("<slug:slug>/offer/decline/", views.offer_decline, name="offer_decline"),
]
