"""How a session was, asked of those who were there."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from dialogues import outreach, policies, services
from dialogues.models import FeedbackAnswer, Session
from dialogues.models.feedback import HIGHEST, LOWEST, SCORES
from dialogues.views.seats import of_session
from network.enums import DomainError
from network.forms import SafeForm
from network.models import Practitioner

STEPS = [(step, str(step)) for step in range(LOWEST, HIGHEST + 1)]


def _question(name: str) -> forms.TypedChoiceField:
    label = FeedbackAnswer._meta.get_field(name).verbose_name
    return forms.TypedChoiceField(
        label=label, choices=STEPS, coerce=int, widget=forms.RadioSelect(attrs={"class": "row"}), empty_value=None
    )


class FeedbackForm(SafeForm):
    """Four questions and a few words."""

    useful = _question("useful")
    heard = _question("heard")
    arranged = _question("arranged")
    again = _question("again")
    text = forms.CharField(
        label=_("Anything else?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("Please name nobody, yourself included: what you write is shown as it is."),
    )


@of_session
def session_feedback(request: HttpRequest, practitioner: Practitioner, session: Session) -> HttpResponse:
    """Tell how a session was, without anybody learning who told it. Pressing twice is the same as once."""
    form = FeedbackForm(request.POST or None)
    refused = _refused(session, practitioner)
    if refused is None and request.method == "POST" and form.is_valid():
        words = form.cleaned_data
        try:
            services.give_feedback(
                session=session, scores={name: words[name] for name in SCORES}, text=words["text"], by=request.user
            )
        except services.AlreadyAnswered as error:
            refused = error
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            refused = services.AlreadyAnswered()
    if refused is not None:
        thanks = isinstance(refused, services.AlreadyAnswered)
        sentence = gettext("Thank you. Your answer is kept, without your name.") if thanks else str(refused)
        messages.add_message(request, messages.SUCCESS if thanks else messages.INFO, sentence)
        return redirect(session)
    context = {"session": session, "form": form, "until": policies.feedback_ends(session)}
    return render(request, "dialogues/session_feedback.html", context)


def _refused(session: Session, practitioner: Practitioner) -> DomainError | None:
    """Return why somebody is not asked, if they are not."""
    if not policies.feedback_is_open(session, timezone.now()):
        return services.FeedbackClosed()
    if not outreach.was_present(session, practitioner):
        return services.WasNotThere()
    return services.AlreadyAnswered() if outreach.has_answered(session, practitioner) else None
