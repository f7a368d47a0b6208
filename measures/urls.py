from django.urls import path

from measures import views

app_name = "measures"
urlpatterns = [
    path("new/", views.new, name="new"),
    path("drafts/", views.drafts, name="drafts"),
    path("<slug:slug>/", views.detail, name="detail"),
    path("<slug:slug>/edit/", views.edit, name="edit"),
    path("<slug:slug>/submit/", views.submit, name="submit"),
    path("<slug:slug>/take-back/", views.take_back, name="take_back"),
    path("<slug:slug>/versions/", views.versions, name="versions"),
    path("<slug:slug>/versions/<int:first>/<int:second>/", views.difference, name="difference"),
    path("<slug:slug>/comments/new/", views.comment, name="comment"),
    path("<slug:slug>/comments/<int:comment>/", views.answer, name="answer"),
    path("<slug:slug>/comments/<int:comment>/resolve/", views.resolve, name="resolve"),
    path("<slug:slug>/leaning/", views.leaning, name="leaning"),
    path("<slug:slug>/authors/", views.authors, name="authors"),
    path("<slug:slug>/authors/answer/", views.author_answer, name="author_answer"),
    path("<slug:slug>/authors/stop/", views.author_stop, name="author_stop"),
    path("<slug:slug>/compare/", views.compare, name="compare"),
]
