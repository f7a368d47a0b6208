from django.urls import path

from campaigns import views

app_name = "campaigns"
urlpatterns = [
    path("", views.campaign_list, name="list"),
    path("<slug:slug>/", views.campaign_detail, name="detail"),
    path("<slug:slug>/enter/", views.enter, name="enter"),
]

entries = (
    [
        path("", views.lookup, name="lookup"),
        path("mine/", views.mine, name="mine"),
        path("<slug:code>/prove/", views.prove, name="prove"),
        path("<slug:code>/prove/again/", views.prove_again, name="prove_again"),
        path("<slug:code>/correct/", views.correct, name="correct"),
        path("<slug:code>/withdraw/", views.withdraw, name="withdraw"),
    ],
    "entries",
)

media = [
    path("", views.media_list, name="list"),
    path("feed/", views.media_feed, name="feed"),
    path("<slug:slug>/", views.media_detail, name="detail"),
]
