"""What those who were there thought of a session: averages, never a single answer."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext

from dialogues import outreach, policies
from dialogues.models import FeedbackAnswer, Session
from dialogues.models.feedback import HIGHEST, LOWEST, SCORES
from network import policies as network_policies


def urls(model_admin: Any) -> list[Any]:
    """Return the address of the feedback below one session in the admin."""

    def view(request: HttpRequest, object_id: str) -> HttpResponse:
        return feedback(model_admin, request, model_admin.get_object_in_reach(request, object_id))

    return [
        path("<path:object_id>/feedback/", model_admin.admin_site.admin_view(view), name="dialogues_session_feedback")
    ]


def feedback(model_admin: Any, request: HttpRequest, session: Session) -> HttpResponse:
    """Show the averages of all, by side once no more answers can come, and the words to those who may read them."""
    if request.method not in ("GET", "HEAD") or not network_policies.allows(
        request.user, "view", "dialogues.feedbackanswer"
    ):
        raise Http404
    with_words = policies.may_read_words(request.user, session)
    results = outreach.feedback_results(session, with_words=with_words)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": gettext("Feedback"),
        "opts": model_admin.opts,
        "session": session,
        "results": results,
        "questions": [
            {
                "label": FeedbackAnswer._meta.get_field(score).verbose_name,
                "average": results.total.averages[number] if results.total and results.total.averages else None,
                "by_side": [side.averages[number] if side.averages else None for side in results.sides],
            }
            for number, score in enumerate(SCORES)
        ],
        "lowest": LOWEST,
        "highest": HIGHEST,
        "with_words": with_words,
        "ends": policies.feedback_ends(session),
    }
    return TemplateResponse(request, "admin/dialogues/session/feedback.html", context)
