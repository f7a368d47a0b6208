"""The pages on which sessions are repeated, followed up and copied."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext, gettext_lazy as _, ngettext, override
from django.views.decorators.http import require_POST

from dialogues import planning, services
from dialogues.admin import attendance, months
from dialogues.admin.planning import may_plan
from dialogues.enums import SeriesRule, SessionState
from dialogues.models import Session
from dialogues.planning import Do, clock, moment
from network.admin_fields import number
from network.enums import DomainError, PeriodEffect
from network.forms import SafeForm

FOLLOW_UP_IN = timedelta(weeks=2)
LINKABLE_SHOWN = 50


def day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def time_input() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time"})


class RuleForm(forms.Form):
    """How a session repeats, and until when."""

    rule = forms.ChoiceField(
        label=_("How often"), choices=SeriesRule.choices, widget=forms.RadioSelect, initial=SeriesRule.WEEKLY
    )
    count = forms.IntegerField(
        label=_("Number of dates, this one included"), min_value=2, max_value=planning.LARGEST, required=False
    )
    until = forms.DateField(label=_("or until, that day included"), required=False, widget=day_input())

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session = session

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        count, until = data.get("count"), data.get("until")
        if self.errors:
            return data
        if (count is None) == (until is None):
            raise forms.ValidationError(_("Please say how many dates there are, or until when: one of the two."))
        days = planning.dates_of(data["rule"], clock(self.session.starts_at).date(), count=count, until=until)
        if len(days) < 2:
            self.add_error("until", _("There is no further date until that day."))
        if len(days) > planning.LARGEST:
            self.add_error("until", services.TooManyDates.message % {"most": planning.LARGEST})
        return data

    @property
    def end(self) -> dict[str, Any]:
        """By which of the two the series ends."""
        return {name: self.cleaned_data[name] for name in ("count", "until")}


class DateForm(forms.Form):
    """What becomes of one date of the rule."""

    do = forms.ChoiceField(
        label=_("What becomes of this date"),
        choices=[
            (Do.KEEP.value, _("as planned")),
            (Do.SKIP.value, _("left out")),
            (Do.OTHER.value, _("at this time:")),
        ],
        widget=forms.RadioSelect,
    )
    day = forms.DateField(label=_("date"), required=False, widget=day_input())
    time = forms.TimeField(label=_("time"), required=False, widget=time_input())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("do") == Do.OTHER and not self.errors and not (data.get("day") and data.get("time")):
            raise forms.ValidationError(_("Please give the date and the time."))
        return data

    def starts_at(self, proposal: planning.Proposal) -> datetime | None:
        """Return when the session is to be, None where it is left out."""
        data = self.cleaned_data
        if data["do"] == Do.SKIP:
            return None
        if data["do"] == Do.KEEP:
            return proposal.planned
        return moment(datetime.combine(data["day"], data["time"]))


class FollowUpForm(SafeForm):
    """The title and the time of a follow-up."""

    title_ar = forms.CharField(label=_("title in Arabic"), max_length=160)
    title_en = forms.CharField(label=_("title in English"), max_length=160)
    day = forms.DateField(label=_("date"), widget=day_input())
    time = forms.TimeField(label=_("time"), widget=time_input())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for language, direction in (("ar", "rtl"), ("en", "ltr")):
            self.fields[f"title_{language}"].widget.attrs |= {"lang": language, "dir": direction, "class": "vTextField"}

    @property
    def starts_at(self) -> datetime:
        """When it is to be, by the clock on the wall."""
        return moment(datetime.combine(self.cleaned_data["day"], self.cleaned_data["time"]))


def urls(model_admin: Any) -> list[Any]:
    """Return the addresses of planning: the month, and the pages below one session."""

    def view(page: Callable[[Any, HttpRequest, Session], HttpResponse], *, own: bool = True) -> Any:
        def shown(request: HttpRequest, object_id: str) -> HttpResponse:
            session = model_admin.get_object_in_reach(request, object_id)
            if own and not may_plan(request.user, session):
                raise Http404
            return page(model_admin, request, session)

        return model_admin.admin_site.admin_view(shown)

    def whole_month(request: HttpRequest) -> HttpResponse:
        return months.month(model_admin, request)

    return [
        path("month/", model_admin.admin_site.admin_view(whole_month), name="dialogues_session_month"),
        path("<path:object_id>/series/plan/", view(plan), name="dialogues_session_plan"),
        path("<path:object_id>/series/", view(series, own=False), name="dialogues_session_series"),
        path("<path:object_id>/follow-up/", view(follow_up), name="dialogues_session_follow_up"),
        path("<path:object_id>/duplicate/", require_POST(view(duplicate)), name="dialogues_session_duplicate"),
    ]


def _page(model_admin: Any, request: HttpRequest, session: Session, name: str, title: str, **more: Any) -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "opts": model_admin.opts,
        "session": session,
        **more,
    }
    return TemplateResponse(request, f"admin/dialogues/session/{name}.html", context)


def _key(request: HttpRequest) -> UUID:
    """Return the key that a page was made with; a page of nobody's is unknown."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError as error:
        raise Http404 from error


# --- repeat a session -----------------------------------------------------------------------------------------------------


def plan(model_admin: Any, request: HttpRequest, session: Session) -> HttpResponse:
    """Choose a rule, look at its dates, change what has to be changed; only then is anything made."""
    title = gettext("Repeat this session")
    if session.series_id and request.method != "POST":
        return redirect("admin:dialogues_session_series", session.pk)
    if request.method == "POST":
        return _plan_posted(model_admin, request, session, title)
    asked = request.GET if "rule" in request.GET else None
    rule = RuleForm(asked, session=session, initial={"rule": SeriesRule.WEEKLY, "count": 4})
    rows = _rows(session, rule, request) if rule.is_bound and rule.is_valid() else []
    return _page(
        model_admin, request, session, "plan", title, rule=rule, rows=rows, key=uuid4(), expected=session.starts_at
    )


def _rows(session: Session, rule: RuleForm, request: HttpRequest) -> list[dict[str, Any]]:
    """Return each further date with its controls, and what would clash then."""
    data = request.POST if request.method == "POST" else None
    dates = planning.proposals(session, rule.cleaned_data["rule"], **rule.end)
    found = planning.clashes_at(session, [proposal.starts for proposal in dates], request.user)
    rows = []
    for proposal, clashes in zip(dates, found, strict=True):
        shown = clock(proposal.starts)
        initial = {"do": proposal.do.value, "day": shown.date(), "time": shown.time()}
        form = DateForm(data, prefix=f"date-{proposal.number}", initial=initial) if proposal.number > 1 else None
        rows.append({"proposal": proposal, "form": form, "clashes": clashes})
    return rows


def _plan_posted(model_admin: Any, request: HttpRequest, session: Session, title: str) -> HttpResponse:
    key, rule = _key(request), RuleForm(request.POST, session=session)
    if session.series and session.series.key == key:
        # The second click of somebody impatient.
        return redirect("admin:dialogues_session_series", session.pk)
    rows, error = [], ""
    expected = parse_datetime(request.POST.get("expected", "")[:40])
    if rule.is_valid():
        rows = _rows(session, rule, request)
        further = [row for row in rows if row["form"]]
        # Each is asked, so that all say at once what is wrong with them.
        valid = [row["form"].is_valid() for row in further]
        if all(valid):
            dates = [(row["proposal"].planned, row["form"].starts_at(row["proposal"])) for row in further]
            try:
                services.plan_series(
                    session=session,
                    rule=rule.cleaned_data["rule"],
                    dates=[services.PlannedDate(planned, starts) for planned, starts in dates if starts],
                    key=key,
                    by=request.user,  # type: ignore[arg-type]
                    expected=expected,
                    **rule.end,
                )
            except DomainError as refused:
                error = str(refused)
            else:
                messages.success(request, gettext("The drafts are there. Look at them, then publish them together."))
                return redirect("admin:dialogues_session_series", session.pk)
    context = {"rule": rule, "rows": rows, "key": key, "error": error, "expected": session.starts_at}
    return _page(model_admin, request, session, "plan", title, **context)


# --- the series -------------------------------------------------------------------------------------------------------------


def series(model_admin: Any, request: HttpRequest, session: Session) -> HttpResponse:
    """All sessions of a series in the reader's reach; publish or call off several at once."""
    if not session.series_id:
        raise Http404
    own = may_plan(request.user, session)
    if request.method == "POST":
        step = STEPS.get(request.POST.get("do", ""))
        if not own or step is None:
            raise Http404
        try:
            messages.success(request, step(request, session))
        except DomainError as error:
            messages.error(request, str(error))
        return redirect("admin:dialogues_session_series", session.pk)
    reach = Session.objects.visible_to(request.user)
    rows = list(reach.filter(series_id=session.series_id).prefetch_related("sites").order_by("series_position", "pk"))
    found = planning.clashes_among(rows, request.user)
    now = timezone.now()
    later = [row for row in rows if (row.series_position or 0) >= (session.series_position or 0)]
    return _page(
        model_admin,
        request,
        session,
        "series",
        gettext("Series"),
        rows=[{"session": row, "clashes": found.get(row.pk, []), "seats": _seats(row)} for row in rows],
        drafts=sum(row.state == SessionState.DRAFT for row in later) if own else 0,
        to_cancel=sum(row.state in services.REPEATABLE and row.starts_at > now for row in later) if own else 0,
    )


def _seats(session: Session) -> tuple[int, int]:
    sites = session.sites.all()
    return sum(site.taken for site in sites), sum(site.seats for site in sites)


def _publish(request: HttpRequest, session: Session) -> str:
    done = services.publish_following(session=session, by=request.user)  # type: ignore[arg-type]
    text = ngettext(
        "%(count)s session is published. The invited members are being told.",
        "%(count)s sessions are published. The invited members are being told.",
        len(done),
    )
    return text % {"count": len(done)}


def _cancel(request: HttpRequest, session: Session) -> str:
    reason = attendance.typed(request, "reason")
    done = services.cancel_following(session=session, by=request.user, reason=reason)  # type: ignore[arg-type]
    text = ngettext(
        "%(count)s session is cancelled. Everybody with a place in it is being told.",
        "%(count)s sessions are cancelled. Everybody with a place in them is being told.",
        len(done),
    )
    return text % {"count": len(done)}


STEPS: dict[str, Callable[[HttpRequest, Session], str]] = {"publish": _publish, "cancel": _cancel}


# --- follow-up and copy -------------------------------------------------------------------------------------------------------


def _followed_title(session: Session, language: str) -> str:
    """Return a wording for the title of a follow-up, which a person may change."""
    title = getattr(session, f"title_{language}")
    if not title:
        return ""
    with override(language):
        return (gettext("Follow-up: %(title)s") % {"title": title})[:160]


def follow_up(model_admin: Any, request: HttpRequest, session: Session) -> HttpResponse:
    """Schedule the session that takes up this one, or say which existing one does."""
    proposed = _two_weeks_on(session)
    initial = {
        "title_ar": _followed_title(session, "ar"),
        "title_en": _followed_title(session, "en"),
        "day": proposed.date(),
        "time": proposed.time(),
    }
    form, key, error = FollowUpForm(initial=initial), uuid4(), ""
    if request.method == "POST":
        step = request.POST.get("do", "")
        if step not in ("create", "link", "part"):
            raise Http404
        try:
            if step == "create":
                key, form = _key(request), FollowUpForm(request.POST)
                if form.is_valid():
                    return _follow_up_made(request, session, form, key)
            else:
                _relink(request, session, step)
                return redirect("admin:dialogues_session_follow_up", session.pk)
        except DomainError as refused:
            error = str(refused)
    own = Session.objects.editable_by(request.user)
    context = {
        "form": form,
        "key": key,
        "error": error,
        "special": planning.working_days(proposed.date(), proposed.date(), session=session).on(proposed.date()),
        "followed_by": list(own.filter(follows=session).order_by("starts_at", "pk")),
        "linkable": own.filter(starts_at__gt=session.starts_at, follows__isnull=True)
        .exclude(pk=session.pk)
        .exclude(state=SessionState.CANCELLED)
        .order_by("starts_at", "pk")[:LINKABLE_SHOWN],
    }
    return _page(model_admin, request, session, "follow_up", gettext("Follow-up"), **context)


def _two_weeks_on(session: Session) -> datetime:
    """Return what the clock shows two weeks after a session, or as many weeks as it takes to be in the future, on a working day."""
    start, now = clock(session.starts_at), clock(timezone.now())
    weeks = max(FOLLOW_UP_IN, timedelta(weeks=-(-(now - start) // timedelta(weeks=1))))
    proposed = start + weeks
    days = planning.working_days(proposed.date(), proposed.date(), session=session)
    off = [period for period in days.on(proposed.date()) if period.effect in (PeriodEffect.SKIP, PeriodEffect.SHIFT)]
    return datetime.combine(days.next_free(proposed.date()), proposed.time()) if off else proposed


def _follow_up_made(request: HttpRequest, session: Session, form: FollowUpForm, key: UUID) -> HttpResponse:
    titles = {name: form.cleaned_data[name] for name in ("title_ar", "title_en")}
    new = services.schedule_follow_up(
        session=session,
        starts_at=form.starts_at,
        key=key,
        by=request.user,  # type: ignore[arg-type]
        **titles,
    )
    messages.success(request, gettext("This is the draft of the follow-up. Nobody is told before you publish it."))
    return redirect("admin:dialogues_session_change", new.pk)


def _relink(request: HttpRequest, session: Session, step: str) -> None:
    own = Session.objects.editable_by(request.user)
    other = own.filter(pk=number(request.POST.get("other", ""))).first()
    if other is None or (step == "part" and other.follows_id != session.pk):
        raise Http404
    services.link_follow_up(session=other, follows=session if step == "link" else None, by=request.user)  # type: ignore[arg-type]
    messages.success(request, gettext("Saved."))


def duplicate(model_admin: Any, request: HttpRequest, session: Session) -> HttpResponse:
    """Make a draft like this one, and open it."""
    try:
        new = services.duplicate_session(session=session, key=_key(request), by=request.user)  # type: ignore[arg-type]
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("admin:dialogues_session_change", session.pk)
    messages.success(
        request, gettext("This is the copy, a draft. Look at its dates; nobody is told before you publish it.")
    )
    return redirect("admin:dialogues_session_change", new.pk)
