from django.urls import path

from dialogues import views

app_name = "dialogues"
urlpatterns = [
    path("", views.session_list, name="session_list"),
    path("<slug:slug>/", views.session_detail, name="session_detail"),
    path("<slug:slug>/calendar.ics", views.session_calendar, name="session_calendar"),
    path("<slug:slug>/register/", views.session_register, name="session_register"),
    path("<slug:slug>/withdraw/", views.session_withdraw, name="session_withdraw"),
    path("<slug:slug>/offer/accept/", views.offer_accept, name="offer_accept"),
    path("<slug:slug>/offer/decline/", views.offer_decline, name="offer_decline"),
    path("<slug:slug>/pass/", views.session_pass, name="session_pass"),
    path("<slug:slug>/door/", views.door, name="door"),
    path("<slug:slug>/door/sheet/", views.door_sheet, name="door_sheet"),
    path("<slug:slug>/join/", views.session_join, name="session_join"),
    path("<slug:slug>/online/", views.session_online, name="session_online"),
]
# Addresses in codes and short messages: short, and without a word about what they are for.
short = (
    [
        path("checkin/<str:token>/", views.checkin, name="checkin"),
        path("i/", views.invitation_code, name="invitation_code"),
        path("i/<str:token>/", views.invitation, name="invitation"),
    ],
    "short",
)
