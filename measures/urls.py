from django.urls import path

from measures import views

app_name = "measures"
urlpatterns = [
    path("mine/", views.mine, name="mine"),
    path("following/", views.following, name="following"),
    path("<slug:slug>/follow/", views.follow, name="follow"),
    path("", views.measure_list, name="list"),
    path("accountability/", views.accountability_table, name="accountability"),
    path("feed/", views.feed, name="feed"),
    path("evidence/<int:evidence>/", views.evidence_file, name="evidence_file"),
    path("<slug:slug>/", views.detail, name="detail"),
    path("<slug:slug>/print/", views.measure_print, name="print"),
    path("<slug:slug>/measure.pdf", views.measure_pdf, name="pdf"),
    path("<slug:slug>/actions/new/", views.action_new, name="action_new"),
    path("<slug:slug>/actions/<int:action>/", views.action_detail, name="action"),
    path("<slug:slug>/actions/<int:action>/edit/", views.action_edit, name="action_edit"),
    path("<slug:slug>/actions/<int:action>/start/", views.action_start, name="action_start"),
    path("<slug:slug>/actions/<int:action>/evidence/", views.action_evidence, name="action_evidence"),
    path("<slug:slug>/actions/<int:action>/claim/", views.action_claim, name="action_claim"),
    path("<slug:slug>/actions/<int:action>/confirm/", views.action_confirm, name="action_confirm"),
    path("<slug:slug>/actions/<int:action>/return/", views.action_return, name="action_return"),
    path("<slug:slug>/actions/<int:action>/drop/", views.action_drop, name="action_drop"),
    path("<slug:slug>/actions/<int:action>/owner/", views.action_owner, name="action_owner"),
    path("<slug:slug>/open/", views.open_vote, name="open"),
    path("<slug:slug>/vote/", views.vote, name="vote"),
    path("<slug:slug>/receipt/", views.receipt, name="receipt"),
    path("<slug:slug>/outcome/", views.measure_outcome, name="outcome"),
    path("<slug:slug>/objection/", views.objection, name="objection"),
    path("<slug:slug>/withdraw/", views.withdraw, name="withdraw"),
]
