from django.urls import path

from impact import views

urlpatterns = [
    path("", views.home, name="home"),
    path("sessions/held/", views.held, name="held"),
]
