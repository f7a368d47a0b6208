"""What a session's own page in the admin says of its series, clashes and holidays, and "this one, or this and the following"."""

from collections.abc import Iterable
from copy import deepcopy
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from dialogues import planning, policies, services
from dialogues.enums import SessionState
from dialogues.models import Session, Site
from network import policies as network_policies

ONE, FOLLOWING = "one", "following"
REACH = ("reach", "reach_changed_alone")
WARNED = 5


class ReachForm(forms.ModelForm):
    """Whether a change is meant for one session of a series or also for those after it."""

    reach = forms.ChoiceField(
        label=_("These changes are for"),
        choices=[(ONE, _("this session only")), (FOLLOWING, _("this and the following sessions"))],
        widget=forms.RadioSelect,
        initial=ONE,
        required=False,
        help_text=_(
            "Whoever has a place is told of what concerns them. Sessions that are over or cancelled stay as they are."
        ),
    )
    reach_changed_alone = forms.BooleanField(label=_("also those that were changed on their own"), required=False)

    @property
    def reaches_following(self) -> bool:
        """Whether the following sessions of the series are meant too."""
        return bool(self.instance.series_id) and self.cleaned_data.get("reach") == FOLLOWING


def reach_fields() -> dict[str, forms.Field]:
    """Return the same two questions for a form that changes something else of a session."""
    return {name: deepcopy(ReachForm.base_fields[name]) for name in REACH}


def tell_reached(request: HttpRequest, changed: list[Session]) -> None:
    """Say how many of the following sessions were changed too."""
    count = len(changed) - 1
    text = ngettext(
        "%(count)s following session was changed too.", "%(count)s following sessions were changed too.", count
    )
    messages.info(request, text % {"count": count})


def fieldsets(obj: Session | None, *, own: bool) -> list[Any]:
    """Return the part of the form in which somebody says for how many sessions a change is meant."""
    return [(_("Series"), {"fields": REACH})] if obj and own and obj.series_id else []


def save_following(request: HttpRequest, form: Any, formsets: Any, people: dict[str, Any]) -> list[Session]:
    """Keep what was changed in the form, here and in the following sessions."""
    sites = next((formset for formset in formsets if formset.model is Site), None)
    if sites is not None:
        sites.save(commit=False)
    names = {field.name for field in Session._meta.concrete_fields}
    changes = services.Changes(
        fields=[name for name in form.changed_data if name in names],
        people=people,
        sites=sites.changed_objects if sites is not None else (),
        added=sites.new_objects if sites is not None else (),
        removed=sites.deleted_objects if sites is not None else (),
    )
    changed = services.edit_following(
        session=form.instance,
        changes=changes,
        by=request.user,  # type: ignore[arg-type]
        also_changed_alone=form.cleaned_data["reach_changed_alone"],
    )
    tell_reached(request, changed)
    return changed


def warn(request: HttpRequest, sessions: Iterable[Session]) -> None:
    """Say after saving what is in two places at once now, and what falls on a holiday; it is kept all the same."""
    sessions = list(sessions)
    found = planning.clashes_among(sessions, request.user)
    lines = []
    for session in sessions:
        day = formats.date_format(timezone.localtime(session.starts_at), "DATE_FORMAT")
        lines += [f"{day}: {clash.text}" for clash in found.get(session.pk, [])]
    for line in lines[:WARNED]:
        messages.warning(request, line)
    if len(lines) > WARNED:
        text = ngettext(
            "%(count)s more clash: see the month.", "%(count)s more clashes: see the month.", len(lines) - WARNED
        )
        messages.warning(request, text % {"count": len(lines) - WARNED})
    for session in sessions[:WARNED]:
        for period in special_on(session):
            day = formats.date_format(timezone.localtime(session.starts_at), "DATE_FORMAT")
            messages.warning(request, gettext("%(day)s: %(holiday)s.") % {"day": day, "holiday": period.name})


def special_on(session: Session) -> list[Any]:
    """Return what falls on the day of a session that is still to come."""
    if session.starts_at <= timezone.now() or session.state == SessionState.CANCELLED:
        return []
    day = planning.clock(session.starts_at).date()
    return planning.working_days(day, day, session=session).on(day)


def may_plan(user: Any, session: Session) -> bool:
    """Tell whether this coordinator runs the session."""
    return policies.can_manage(user, session) and network_policies.allows(user, "change", "dialogues.session")


def context(request: HttpRequest, session: Session) -> dict[str, Any]:
    """Return what the page of a session shows of its planning."""
    own = may_plan(request.user, session)
    linked = (
        Session.objects.visible_to(request.user)
        .filter(Q(pk=session.follows_id) | Q(follows_id=session.pk))
        .order_by("starts_at", "pk")
    )
    place, of = planning.place_in_series(session) if session.series_id else (0, 0)
    return {
        "clashes": planning.clashes(session, request.user),
        "special": special_on(session),
        "linked": [{"session": row, "before": row.pk == session.follows_id} for row in linked],
        "series_place": place,
        "series_of": of,
        "can_plan": own,
        "can_repeat": own and not session.series_id and session.state in services.REPEATABLE,
        "copy_key": uuid4(),
        "month_url": month_url(session),
    }


def month_url(session: Session | None = None) -> str:
    """Return the address of the month of a session, of the present month for none."""
    base = reverse("admin:dialogues_session_month")
    return f"{base}?month={planning.clock(session.starts_at):%Y-%m}" if session else base
