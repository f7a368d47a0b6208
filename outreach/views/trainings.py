"""Trainings given, entered and put right by whoever reports of a side."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from network.enums import DomainError
from outreach import figures, services
from outreach.forms import CorrectTrainingForm, TrainingForm
from outreach.models import Training


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_training(request: HttpRequest) -> HttpResponse:
    """Enter one training. The same form sent twice is one training."""
    sides, today = figures.sides_of(request.user), timezone.localdate()
    if not sides:
        raise Http404
    given = {"sides": sides, "topics": figures.topics(), "cadres": figures.cadres(), "today": today}
    if request.method == "POST":
        form = TrainingForm(request.POST, **given)
        if form.is_valid() and _entered(request, form):
            return redirect("outreach:reports")
    else:
        form = TrainingForm(initial={"uid": uuid.uuid4(), "on": today}, **given)
    return render(request, "outreach/training_new.html", {"form": form}, status=400 if form.errors else 200)


def _entered(request: HttpRequest, form: TrainingForm) -> bool:
    try:
        services.enter_training(training=form.training(), staff=form.staff(), by=request.user)
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, gettext("The training is entered."))
    return True


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def correct_training(request: HttpRequest, number: int) -> HttpResponse:
    """Write who should have been counted; what was entered stays, the difference is added."""
    training = get_object_or_404(Training.objects.select_related("topic", "municipality"), pk=number)
    if not figures.may_correct_training(training, request.user):
        raise Http404
    given = {"cadres": figures.cadres(), "stands": figures.staff_of([training])[training.pk]}
    if request.method == "POST":
        form = CorrectTrainingForm(request.POST, **given)
        if form.is_valid() and _corrected(request, training, form):
            return redirect("outreach:reports")
    else:
        initial = {"uid": uuid.uuid4(), "seen": training.corrections.count()}
        form = CorrectTrainingForm(initial=initial, **given)
    context = {"training": training, "form": form}
    return render(request, "outreach/training_correct.html", context, status=400 if form.errors else 200)


def _corrected(request: HttpRequest, training: Training, form: CorrectTrainingForm) -> bool:
    data = form.cleaned_data
    try:
        services.correct_training(
            training=training, uid=data["uid"], seen=data["seen"], staff=form.staff(), why=data["why"], by=request.user
        )
    except DomainError as error:
        form.refuse(error, training.corrections.count())
        return False
    messages.success(request, gettext("Corrected. What was entered first stays in the record."))
    return True
