from django.urls import path

from network import views

app_name = "network"
urlpatterns = [
    path("join/", views.join, name="join"),
    path("goodbye/", views.goodbye, name="goodbye"),
    path("conduct/", views.conduct, name="conduct"),
    path("conduct/accept/", views.conduct_accept, name="conduct_accept"),
    path("me/", views.me, name="me"),
    path("me/profile/", views.profile, name="profile"),
    path("me/notifications/", views.notifications, name="notifications"),
    path("me/privacy/", views.privacy, name="privacy"),
    path("me/privacy/data.json", views.my_data, name="my_data"),
    path("me/privacy/leave/", views.leave, name="leave"),
    path("people/", views.people, name="people"),
]
