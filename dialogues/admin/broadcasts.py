"""Messages of coordinators to those registered for a session: written, looked at in both languages, tried on oneself, sent."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from dialogues import notices, outreach, policies, services
from dialogues.enums import BroadcastState
from dialogues.models import Broadcast, Session, Site
from network import policies as network_policies
from network.enums import DomainError
from network.models import Region
from notifications import outbox

TEXTS = ("subject_ar", "text_ar", "subject_en", "text_en")


class BroadcastForm(forms.ModelForm):
    """A message in both languages, and to whom it goes."""

    class Meta:
        model = Broadcast
        fields = ("audience", "side", "site", *TEXTS)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        session = self.instance.session
        whose = policies.audiences(user, session)
        self.fields["side"] = forms.ModelChoiceField(
            label=_("People of which side"),
            queryset=Region.objects.filter(pk__in=[pk for pk in whose if pk]).order_by("position", "pk"),
            required=None not in whose,
            empty_label=_("everybody") if None in whose else None,
        )
        self.fields["site"] = forms.ModelChoiceField(
            label=_("At which site"),
            queryset=Site.objects.filter(session=session).order_by("pk"),
            required=False,
            empty_label=_("all sites"),
        )
        for name in TEXTS:
            language = name[-2:]
            field = self.fields[name]
            field.required = True
            if name.startswith("text"):
                field.widget = forms.Textarea(attrs={"rows": 6, "class": "vLargeTextField", "maxlength": 4000})
            else:
                field.widget = forms.TextInput(attrs={"class": "vTextField", "maxlength": 120})
            field.widget.is_required = True
            field.widget.attrs |= {"lang": language, "dir": "rtl" if language == "ar" else "ltr"}


def urls(model_admin: Any) -> list[Any]:
    """Return the addresses of messages below one session in the admin."""

    def all_of_them(request: HttpRequest, object_id: str) -> HttpResponse:
        return broadcasts(model_admin, request, model_admin.get_object_in_reach(request, object_id))

    def one(request: HttpRequest, object_id: str, number: int) -> HttpResponse:
        session = model_admin.get_object_in_reach(request, object_id)
        rows = Broadcast.objects.visible_to(request.user).filter(session=session, pk=number)
        broadcast = rows.select_related("side", "site").first()
        if broadcast is None:
            raise Http404
        broadcast.session = session
        return preview(model_admin, request, broadcast)

    wrap = model_admin.admin_site.admin_view
    return [
        path("<path:object_id>/messages/", wrap(all_of_them), name="dialogues_session_messages"),
        path("<path:object_id>/messages/<int:number>/", wrap(one), name="dialogues_session_message"),
    ]


def _may_write(request: HttpRequest, session: Session) -> bool:
    return (
        network_policies.allows(request.user, "add", "dialogues.broadcast")
        and policies.broadcast_is_possible(session)
        and bool(policies.audiences(request.user, session))
    )


def _context(model_admin: Any, request: HttpRequest, session: Session, title: str) -> dict[str, Any]:
    if not network_policies.allows(request.user, "view", "dialogues.broadcast"):
        raise Http404
    return {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "opts": model_admin.opts,
        "session": session,
    }


def _keep(request: HttpRequest, form: BroadcastForm) -> Broadcast | None:
    """Keep a valid form; else None, with the reason in the form."""
    if not form.is_valid():
        return None
    try:
        return services.write_broadcast(broadcast=form.save(commit=False), by=request.user)
    except DomainError as error:
        form.add_error(None, str(error))
        return None


def _to(broadcast: Broadcast) -> HttpResponse:
    return redirect("admin:dialogues_session_message", broadcast.session_id, broadcast.pk)


def broadcasts(model_admin: Any, request: HttpRequest, session: Session) -> HttpResponse:
    """What was written to those registered, and a new message."""
    context = _context(model_admin, request, session, gettext("Messages"))
    form = None
    if _may_write(request, session):
        posted = request.POST if request.method == "POST" else None
        form = BroadcastForm(posted, instance=Broadcast(session=session), user=request.user)
    if request.method == "POST":
        if form is None:
            raise Http404
        if broadcast := _keep(request, form):
            return _to(broadcast)
    context |= {"rows": outreach.broadcasts(session, request.user), "form": form}
    return TemplateResponse(request, "admin/dialogues/session/messages.html", context)


def preview(model_admin: Any, request: HttpRequest, broadcast: Broadcast) -> HttpResponse:
    """A message as its readers will see it in both languages; from here it is tried, sent or changed."""
    session = broadcast.session
    mine = broadcast.side_id in policies.audiences(request.user, session) and _may_write(request, session)
    unsent = mine and broadcast.state != BroadcastState.SENT
    form = BroadcastForm(instance=broadcast, user=request.user) if unsent else None
    if request.method == "POST":
        if not mine:
            raise Http404
        step = request.POST.get("do", "")
        if step == "edit" and unsent:
            form = BroadcastForm(request.POST, instance=_again(broadcast), user=request.user)
            if _keep(request, form):
                return _to(broadcast)
        elif step in STEPS:
            _done(request, broadcast, STEPS[step])
            return _to(broadcast)
        else:
            raise Http404
    context = _context(model_admin, request, session, gettext("Message"))
    context |= {
        "broadcast": broadcast,
        "letters": _letters(broadcast),
        "form": form,
        "count": broadcast.count or len(outreach.recipients(broadcast)),
        "can_send": unsent and broadcast.state == BroadcastState.TRIED and broadcast.tried_by_id == request.user.pk,
        "back": reverse("admin:dialogues_session_messages", args=[session.pk]),
    }
    return TemplateResponse(request, "admin/dialogues/session/message.html", context)


def _again(broadcast: Broadcast) -> Broadcast:
    """Return another copy for the form to write into: the page still shows what is kept."""
    copy = Broadcast.objects.select_related("side", "site").get(pk=broadcast.pk)
    copy.session = broadcast.session
    return copy


def _letters(broadcast: Broadcast) -> list[dict[str, Any]]:
    """Return the mail in both languages, its paragraphs line by line; an address keeps its direction in an Arabic one."""
    context = notices.broadcast_context(broadcast)
    found = []
    for language, direction in (("ar", "rtl"), ("en", "ltr")):
        subject, body = outbox.preview("broadcast", context=context, language=language)
        paragraphs = [
            [{"text": line, "is_link": line.startswith(settings.SITE_URL)} for line in paragraph.split("\n")]
            for paragraph in body.split("\n\n")
        ]
        found.append({"language": language, "direction": direction, "subject": subject, "paragraphs": paragraphs})
    return found


def _done(request: HttpRequest, broadcast: Broadcast, call: Callable[[HttpRequest, Broadcast], str]) -> None:
    try:
        messages.success(request, call(request, broadcast))
    except DomainError as error:
        messages.error(request, str(error))


def _try(request: HttpRequest, broadcast: Broadcast) -> str:
    services.try_broadcast(broadcast=broadcast, by=request.user)
    return gettext("It is on its way to you. Read it before you send it to the others.")


def _send(request: HttpRequest, broadcast: Broadcast) -> str:
    sent = services.send_broadcast(
        broadcast=broadcast, text_sha256=request.POST.get("text_sha256", ""), by=request.user
    )
    return ngettext("Sent to %(count)s person.", "Sent to %(count)s people.", sent.count) % {"count": sent.count}


STEPS: dict[str, Callable[[HttpRequest, Broadcast], str]] = {"try": _try, "send": _send}
