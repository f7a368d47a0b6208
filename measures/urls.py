from django.urls import path

from measures import views

app_name = "measures"
urlpatterns = [
    path("mine/", views.mine, name="mine"),
    path("following/", views.following, name="following"),
    path("<slug:slug>/", views.detail, name="detail"),
    path("<slug:slug>/follow/", views.follow, name="follow"),
    path("<slug:slug>/actions/<int:action>/", views.action, name="action"),
]
