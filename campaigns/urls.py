from django.urls import path

from campaigns import views

media = [
    path("", views.media_list, name="list"),
    path("feed/", views.media_feed, name="feed"),
    path("<slug:slug>/", views.media_detail, name="detail"),
]
