from django.urls import path

from dialogues import views

app_name = "dialogues"
urlpatterns = [
    path("", views.session_list, name="session_list"),
    path("calendar.ics", views.public_calendar, name="public_calendar"),
    path("materials/<int:material>/", views.material, name="material"),
    path("<slug:slug>/", views.session_detail, name="session_detail"),
    path("<slug:slug>/calendar.ics", views.session_calendar, name="session_calendar"),
    path("<slug:slug>/seats/", views.session_seats, name="session_seats"),
    path("<slug:slug>/minutes/", views.session_minutes, name="session_minutes"),
    path("<slug:slug>/minutes/edit/", views.minutes_edit, name="minutes_edit"),
    path("<slug:slug>/certificate.pdf", views.certificate_pdf, name="certificate_pdf"),
    path("<slug:slug>/register/", views.session_register, name="session_register"),
    path("<slug:slug>/withdraw/", views.session_withdraw, name="session_withdraw"),
    path("<slug:slug>/offer/accept/", views.offer_accept, name="offer_accept"),
    path("<slug:slug>/offer/decline/", views.offer_decline, name="offer_decline"),
    path("<slug:slug>/feedback/", views.session_feedback, name="session_feedback"),
    path("<slug:slug>/pass/", views.session_pass, name="session_pass"),
    path("<slug:slug>/door/", views.door, name="door"),
    path("<slug:slug>/door/sheet/", views.door_sheet, name="door_sheet"),
    path("<slug:slug>/join/", views.session_join, name="session_join"),
    path("<slug:slug>/online/", views.session_online, name="session_online"),
]
# Short, because it stands in an SMS.
offer_urlpatterns = ([path("<str:token>/", views.offer, name="offer")], "offers")
# Below /me/: what of a person's own pages is about sessions.
own = ([path("calendar/", views.calendar_page, name="calendar")], "my_sessions")
# Without a language in front: it stays in calendars for years, and is in the language of its owner.
private = [path("calendar/<str:token>.ics", views.member_calendar, name="member_calendar")]
# Addresses in codes and short messages: short, and without a word about what they are for.
short = (
    [
        path("checkin/<str:token>/", views.checkin, name="checkin"),
        path("i/", views.invitation_code, name="invitation_code"),
        path("i/<str:token>/", views.invitation, name="invitation"),
    ],
    "short",
)
# Below /cases/.
cases = [
    path("", views.case_list, name="list"),
    path("new/", views.case_new, name="new"),
    path("mine/", views.case_mine, name="mine"),
    path("<slug:slug>/", views.case_detail, name="detail"),
    path("<slug:slug>/edit/", views.case_edit, name="edit"),
    path("<slug:slug>/submit/", views.case_submit, name="submit"),
    path("<slug:slug>/translate/", views.case_translate, name="translate"),
    path("<slug:slug>/withdraw/", views.case_withdraw, name="withdraw"),
    path("<slug:slug>/delete/", views.case_delete, name="delete"),
    path("<slug:slug>/name/", views.case_name, name="name"),
]
certificates = (
    [
        path("", views.certificate_verify, name="form"),
        path("<str:code>/", views.certificate_verify, name="verify"),
    ],
    "certificates",
)
