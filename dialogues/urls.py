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
]
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
