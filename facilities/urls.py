from django.urls import path

from facilities import views

app_name = "facilities"
urlpatterns = [
    path("", views.facility_list, name="list"),
    path("assessments/", views.assessments, name="assessments"),
    path("assessments/<int:number>/", views.assessment, name="assessment"),
    path("assessments/<int:number>/close/", views.close, name="close_assessment"),
    path("assessments/<int:number>/done/", views.finish, name="finish_answers"),
    path("assessments/<int:number>/paper/", views.paper, name="paper"),
    path("assessments/<int:number>/reconcile/", views.reconcile, name="reconcile"),
    path("assessments/<int:number>/<slug:slug>/", views.answers, name="answers"),
    path("mine/", views.mine, name="mine"),
    path("reports/", views.report_picture, name="report_picture"),
    path("<slug:code>/", views.facility_detail, name="detail"),
    path("<slug:code>/change/", views.change, name="change"),
    path("<slug:code>/change/<int:number>/withdraw/", views.withdraw_change, name="withdraw_change"),
    path("<slug:code>/claims/<slug:field>/", views.claim, name="claim"),
    path("<slug:code>/confirm/", views.confirm, name="confirm"),
    path("<slug:code>/hide/", views.hide, name="hide"),
    path("<slug:code>/readiness/", views.readiness, name="readiness"),
    path("<slug:code>/services/", views.say_services, name="services"),
    path("<slug:code>/upkeep/", views.upkeep, name="upkeep"),
    path("<slug:code>/reports/", views.report_months, name="reports"),
    path("<slug:code>/reports/<slug:month>/", views.report_month, name="report"),
]

# Stands beside the facilities, under an address of its own.
local_regions = (
    [
        path("", views.local_region_list, name="list"),
        path("<slug:slug>/", views.local_region_detail, name="detail"),
        path("<slug:slug>/contact/", views.local_region_contact, name="contact"),
    ],
    "local_regions",
)
