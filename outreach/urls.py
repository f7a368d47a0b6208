from django.urls import path

from outreach import views

app_name = "outreach"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("coverage/", views.coverage, name="coverage"),
    path("referrals/", views.referrals, name="referrals"),
    path("reports/", views.report_list, name="reports"),
    path("reports/<int:number>/correct/", views.correct_report, name="correct"),
    path("trainings/new/", views.new_training, name="training"),
    path("trainings/<int:number>/correct/", views.correct_training, name="correct_training"),
    path("units/<slug:code>/report/", views.new_report, name="report"),
]
