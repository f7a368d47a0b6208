from django.urls import path

from campaigns import views

app_name = "campaigns"
urlpatterns = [
    path("", views.campaign_list, name="list"),
    path("<slug:slug>/", views.campaign_detail, name="detail"),
    path("<slug:slug>/enter/", views.enter, name="enter"),
    path("<slug:slug>/photos/", views.add_photo, name="photos"),
    path("<slug:slug>/picture/<str:size>/", views.campaign_picture, name="picture"),
    path("<slug:slug>/results/", views.results, name="results"),
    path("<slug:slug>/results/sheet.json", views.result_sheet, name="sheet"),
    path("<slug:slug>/gallery/", views.gallery, name="gallery"),
    path("<slug:slug>/gallery/<int:item>/<str:size>/", views.gallery_photo, name="gallery_photo"),
]

entries = (
    [
        path("", views.lookup, name="lookup"),
        path("mine/", views.mine, name="mine"),
        path("close/", views.close, name="close"),
        path("<slug:code>/", views.scan, name="scan"),
        path("<slug:code>/prove/", views.prove, name="prove"),
        path("<slug:code>/prove/again/", views.prove_again, name="prove_again"),
        path("<slug:code>/contact/", views.correct_contact, name="contact"),
        path("<slug:code>/correct/", views.correct, name="correct"),
        path("<slug:code>/withdraw/", views.withdraw, name="withdraw"),
        path("<slug:code>/prize/", views.prize, name="prize"),
        path("<slug:code>/complaint/", views.complain, name="complain"),
        path("<slug:code>/gallery/", views.leave_gallery, name="leave_gallery"),
        path("<slug:code>/photos/", views.add_photo_to_mine, name="add_photo"),
        path("<slug:code>/photos/<int:pk>/<str:size>/", views.photo, name="photo"),
    ],
    "entries",
)

judging = (
    [
        path("", views.judging, name="mine"),
        path("<int:number>/", views.judge, name="round"),
        path("<int:number>/given/", views.given, name="given"),
        path("<int:number>/<int:turn>/", views.judge_again, name="entry"),
        path("<int:number>/<int:turn>/photos/<int:place>/<str:size>/", views.judge_photo, name="photo"),
    ],
    "judging",
)

desks = (
    [
        path("", views.desk_list, name="list"),
        path("<int:desk>/", views.desk, name="detail"),
        path("<int:desk>/day/", views.day, name="day"),
        path("<int:desk>/entries/<slug:code>/", views.count, name="count"),
        path("<int:desk>/receipts/<int:number>/", views.receipt, name="receipt"),
        path("<int:desk>/receipts/<int:number>/correct/", views.correct_receipt, name="correct"),
    ],
    "desks",
)

activities = (
    [
        path("", views.activity_list, name="list"),
        path("<slug:slug>/new/", views.new_activity, name="new"),
        path("<slug:slug>/<int:number>/correct/", views.correct_activity, name="correct"),
    ],
    "activities",
)

media = [
    path("", views.media_list, name="list"),
    path("feed/", views.media_feed, name="feed"),
    path("<slug:slug>/", views.media_detail, name="detail"),
]
