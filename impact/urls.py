from django.urls import path

from impact import views

urlpatterns = [path("", views.home, name="home")]
