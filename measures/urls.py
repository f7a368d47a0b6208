from django.urls import path

from measures import views

app_name = "measures"
urlpatterns = [
    path("<slug:slug>/", views.detail, name="detail"),
    path("<slug:slug>/open/", views.open_vote, name="open"),
    path("<slug:slug>/vote/", views.vote, name="vote"),
    path("<slug:slug>/receipt/", views.receipt, name="receipt"),
    path("<slug:slug>/outcome/", views.measure_outcome, name="outcome"),
    path("<slug:slug>/objection/", views.objection, name="objection"),
    path("<slug:slug>/withdraw/", views.withdraw, name="withdraw"),
]
