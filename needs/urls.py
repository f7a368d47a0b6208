from django.urls import path

from needs import views

app_name = "needs"
urlpatterns = [
    path("", views.need_list, name="list"),
    path("districts/", views.district_list, name="districts"),
    path("mine/", views.rooms, name="rooms"),
    path("mine/<slug:facility>/", views.room, name="room"),
    path("mine/<slug:facility>/report/", views.report, name="report"),
    path("mine/<slug:facility>/receive/", views.receive, name="receive"),
    path("mine/<slug:facility>/offer/", views.offer, name="offer"),
    path("mine/<slug:facility>/surplus/<int:pk>/", views.recount, name="recount"),
    path("mine/<slug:facility>/equipment/", views.register, name="register"),
    path("mine/<slug:facility>/gives/<int:pledge>/deliver/", views.deliver_given, name="deliver_given"),
    path("mine/<slug:facility>/gives/<int:pledge>/take-back/", views.take_back_given, name="take_back_given"),
    path(
        "mine/<slug:facility>/gives/<int:pledge>/call-off/<int:delivery>/", views.call_off_given, name="call_off_given"
    ),
    path("mine/<slug:facility>/<slug:need>/correct/", views.correct, name="correct"),
    path("mine/<slug:facility>/<slug:need>/withdraw/", views.withdraw, name="withdraw"),
    path("checks/<int:pk>/", views.check, name="check"),
    path("equipment/<int:pk>/", views.asset, name="asset"),
    path("equipment/<int:pk>/<slug:step>/", views.asset_step, name="asset_step"),
    path("photos/<slug:need>/<str:size>", views.photo, name="own_photo"),
    path("<slug:need>/", views.need_detail, name="detail"),
    path("<slug:need>/pledge/", views.pledge, name="pledge"),
    path("<slug:need>/photo/<str:size>", views.need_photo, name="photo"),
]
# What a partner and a carrier come to by a code: addresses that no log keeps.
pledges = (
    [
        path("", views.lookup, name="lookup"),
        path("mine/", views.mine, name="mine"),
        path("close/", views.close, name="close"),
        path("<str:code>/prove/", views.prove, name="prove"),
        path("<str:code>/prove-again/", views.prove_again, name="prove_again"),
        path("<str:code>/take-back/", views.take_back, name="take_back"),
        path("<str:code>/deliver/", views.deliver, name="deliver"),
        path("<str:code>/call-off/<int:delivery>/", views.call_off, name="call_off"),
    ],
    "pledges",
)
handovers = (
    [
        path("", views.hand_over, name="hand_over"),
        path("<str:code>/", views.receipt, name="receipt"),
        path("<str:code>/slip/", views.slip, name="slip"),
    ],
    "handovers",
)
