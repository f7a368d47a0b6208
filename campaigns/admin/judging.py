"""Judging at the desk: rounds, the jury, how far each is, and what a change would do before it is made.

No page here says who gave what. Whoever runs the campaign sees jurors; other coordinators of a contest of all sides see numbers.
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy as _

from campaigns import judging_selectors, policies, services
from campaigns.admin.entries import CampaignFilter
from campaigns.enums import ROUND_MOVES, RUNNING_ROUNDS, CampaignKind, RoundMove, RoundState
from campaigns.models import Campaign, Conflict, Criterion, Entry, Juror, Round
from network import policies as network_policies
from network.admin_fields import number
from network.admin_scoping import RegionScopedAdmin, RegionScopedInline
from network.enums import DomainError
from network.models import Practitioner


class CriterionInline(RegionScopedInline, admin.StackedInline):
    model = Criterion
    ordering = ("position", "pk")
    fields = ("position", "label_ar", "label_en", "help_ar", "help_en", "weight", "minimum", "maximum")


@admin.register(Round)
class RoundAdmin(RegionScopedAdmin):
    """The rounds of a campaign: written while they are drafts, then opened, watched and closed."""

    list_display = ("name", "campaign", "position", "kind", "state", "quorum")
    list_filter = (CampaignFilter, "state", "kind")
    list_select_related = ("campaign",)
    ordering = ("-campaign", "position", "pk")
    fields = ("campaign", "position", "name_ar", "name_en", "kind", "quorum", "threshold", "go_on")
    inlines = (CriterionInline,)
    change_form_template = "admin/campaigns/round/change.html"

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "campaign" and field is not None:
            field.queryset = field.queryset.filter(kind=CampaignKind.CONTEST)
        return field

    def get_readonly_fields(self, request: HttpRequest, obj: Round | None = None) -> Any:
        return ("campaign",) if obj else ()

    def get_inline_instances(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Show the criteria of an open round on its page, where they can't be changed."""
        shown = obj is None or obj.state == RoundState.DRAFT
        return super().get_inline_instances(request, obj) if shown else []

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with the campaign whose rounds were listed, behind those that are there."""
        listed = QueryDict(request.GET.get("_changelist_filters", "")).get(CampaignFilter.parameter_name, "")
        campaign = number(request.GET.get("campaign", listed))
        rounds = Round.objects.visible_to(request.user).filter(campaign=campaign)
        last = rounds.aggregate(last=Max("position"))["last"] or 0
        return {"campaign": campaign, "position": last + 1, **super().get_changeform_initial_data(request)}

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Offer to save a draft alone: afterwards a round is moved, not edited."""
        return super().has_change_permission(request, obj) and (obj is None or obj.state == RoundState.DRAFT)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Offer to delete a draft alone: of what was opened every score is kept."""
        return super().has_delete_permission(request, obj) and obj.state == RoundState.DRAFT

    def delete_model(self, request: HttpRequest, obj: Round) -> None:
        services.remove_round(round_=obj, by=request.user)

    def save_model(self, request: HttpRequest, obj: Round, form: forms.ModelForm, change: bool) -> None:
        services.save_round(round_=obj, changed=form.changed_data if change else (), by=request.user)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)
        for row in formset.deleted_objects:
            services.remove_criterion(criterion=row, by=request.user)
        for row, changed in formset.changed_objects:
            services.save_criterion(criterion=row, changed=changed, by=request.user)
        for row in formset.new_objects:
            services.save_criterion(criterion=row, changed=(), by=request.user)

    # --- moves --------------------------------------------------------------------------------------------------------

    def moves(self) -> dict[str, Any]:
        return {"open": self._open, "pause": self._pause, "go-on": self._go_on, "close": self._close}

    def _open(self, request: HttpRequest, obj: Round) -> str:
        services.open_round(round_=obj, by=request.user)
        return gettext("Open: the entries are shared out, and the jurors are being told.")

    def _pause(self, request: HttpRequest, obj: Round) -> str:
        services.pause_round(round_=obj, by=request.user)
        return gettext("Paused: no juror can give marks now.")

    def _go_on(self, request: HttpRequest, obj: Round) -> str:
        services.go_on_with_round(round_=obj, by=request.user)
        return gettext("The round goes on.")

    def _close(self, request: HttpRequest, obj: Round) -> str:
        services.close_round(round_=obj, by=request.user, sure=bool(request.POST.get("sure")))
        return gettext("Closed: the sheet is kept.")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.plan)
        return [path("<path:object_id>/plan/", view, name="campaigns_round_plan"), *super().get_urls()]

    # --- what a change would do -----------------------------------------------------------------------------------------

    def plan(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what another quorum, or the end of a juror, would change; POST changes it."""
        obj = self.get_object_in_reach(request, object_id)
        if not self._allows(request, "change") or not policies.can_manage(request.user, obj.campaign):
            raise Http404
        if obj.state not in RUNNING_ROUNDS:
            messages.error(request, gettext("Only a round that runs is shared out again."))
            return redirect(self.after_move(obj))
        form = PlanForm(request.POST or request.GET or None, round_=obj, reader=request.user)
        if request.method == "POST" and form.is_valid():
            try:
                self._change(request, obj, form)
            except DomainError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, gettext("Shared out again. What was scored is kept."))
                return redirect(self.after_move(obj))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Quorum and jurors"),
            "opts": self.opts,
            "object": obj,
            "form": form,
            "preview": self._preview(obj, form, request.user) if form.is_bound and form.is_valid() else None,
        }
        return TemplateResponse(request, "admin/campaigns/round/plan.html", context)

    def _change(self, request: HttpRequest, obj: Round, form: "PlanForm") -> None:
        services.change_jury(round_=obj, by=request.user, **form.cleaned_data)

    def _preview(self, obj: Round, form: "PlanForm", reader: Any) -> dict[str, Any]:
        leaving = form.cleaned_data["leaving"]
        shared = judging_selectors.preview(
            obj, quorum=form.cleaned_data["quorum"], without=leaving.pk if leaving else None
        )
        named = {row.pk: name for row, name in named_jurors(obj.campaign_id, reader)}
        before = {row.juror.pk: row for row in judging_selectors.standings(obj)}
        rows = [
            {"name": named[pk], "before": before[pk].given if pk in before else 0, "after": load}
            for pk, load in sorted(shared.plan.loads.items())
        ]
        return {
            "kept": len(shared.plan.kept),
            "added": len(shared.plan.added),
            "dropped": len(shared.plan.dropped),
            "short": len(shared.short),
            "rows": rows,
        }

    # --- the page ---------------------------------------------------------------------------------------------------------

    def around_form(self, request: HttpRequest, obj: Round) -> dict[str, Any]:
        managed = policies.can_manage(request.user, obj.campaign)
        can = {
            step: managed and obj.state in ROUND_MOVES[move].sources
            for step, move in (
                ("open", RoundMove.OPEN),
                ("pause", RoundMove.PAUSE),
                ("go_on", RoundMove.GO_ON),
                ("close", RoundMove.CLOSE),
            )
        } | {"plan": managed and obj.state in RUNNING_ROUNDS}
        if obj.state == RoundState.DRAFT:
            return {"can": can}
        by_name = managed or network_policies.reads_all(request.user)
        return {"can": can, **self._progress(request, obj, by_name=by_name)}

    def _progress(self, request: HttpRequest, obj: Round, *, by_name: bool) -> dict[str, Any]:
        watched = judging_selectors.watched(obj)
        standings = judging_selectors.standings(obj, watched.standings)
        found: dict[str, Any] = {
            "given": sum(row.given for row in standings),
            "done": sum(row.done for row in standings),
            "lacking": watched.lacking,
            "criteria": judging_selectors.criteria(obj),
        }
        if by_name:
            named = {row.pk: name for row, name in named_jurors(obj.campaign_id, request.user)}
            found["standings"] = [{"row": row, "name": named[row.juror.pk]} for row in standings]
            missing = dict(watched.emptiest)
            rows = Entry.objects.visible_to(request.user).filter(pk__in=missing).order_by("pk")
            found["lacking_rows"] = [{"entry": row, "missing": missing[row.pk]} for row in rows]
            found["unshared"] = len(obj.short) if obj.state in RUNNING_ROUNDS else 0
        return found


def named_jurors(campaign_id: int, reader: Any) -> list[tuple[Juror, str]]:
    """Return the jurors with their names as far as the reader's role reaches, else with a number and their side."""
    jurors = list(judging_selectors.jurors_of(campaign_id))
    people = Practitioner.objects.visible_to(reader).filter(pk__in={row.practitioner_id for row in jurors})
    within = set(people.values_list("pk", flat=True))
    return [
        (
            row,
            row.practitioner.name
            if row.practitioner_id in within and row.practitioner.name
            else gettext("Juror %(number)s, %(side)s")
            % {"number": position, "side": row.side.name if row.side else gettext("abroad")},
        )
        for position, row in enumerate(jurors, 1)
    ]


class PlanForm(forms.Form):
    """Another quorum, and who goes and who comes."""

    quorum = forms.IntegerField(
        label=_("Jurors for each entry"), min_value=policies.QUORUM_AT_LEAST, max_value=policies.QUORUM_AT_MOST
    )
    leaving = forms.ModelChoiceField(
        queryset=Juror.objects.none(), label=_("Take off the jury"), required=False, empty_label=_("Nobody")
    )
    successor = forms.ModelChoiceField(
        queryset=Juror.objects.none(),
        label=_("In their place comes"),
        required=False,
        empty_label=_("Nobody in particular"),
    )

    def __init__(self, *args: Any, round_: Round, reader: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"quorum": round_.quorum}, **kwargs)
        rows = Juror.objects.filter(campaign=round_.campaign_id, ended_at__isnull=True).order_by("pk")
        names = {row.pk: name for row, name in named_jurors(round_.campaign_id, reader)}
        for name in ("leaving", "successor"):
            field: Any = self.fields[name]
            field.queryset = rows
            field.label_from_instance = lambda row: names[row.pk]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        leaving, successor = data.get("leaving"), data.get("successor")
        if successor and (leaving is None or leaving == successor):
            self.add_error("successor", gettext("Choose who goes, and somebody else who comes."))
        return data


@admin.register(Juror)
class JurorAdmin(RegionScopedAdmin):
    """The jurors of one's own people: named here, taken off on the page of a round or here."""

    list_display = ("shown_name", "campaign", "side", "named_at", "ended_at")
    list_filter = (CampaignFilter, "ended_at")
    list_select_related = ("practitioner", "campaign", "side")
    ordering = ("-pk",)
    autocomplete_fields = ("practitioner",)
    change_form_template = "admin/campaigns/end.html"

    def get_fields(self, request: HttpRequest, obj: Juror | None = None) -> Any:
        if obj is None:
            return ("campaign", "practitioner")
        return ("shown_name", "campaign", "side", "named_at", "paused_at", "ended_at", "conflicts_in_words")

    def get_readonly_fields(self, request: HttpRequest, obj: Juror | None = None) -> Any:
        return self.get_fields(request, obj) if obj else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "campaign" and field is not None and not network_policies.is_national(request.user):
            field.queryset = Campaign.objects.editable_by(request.user).order_by("-pk")
        return field

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Juror, form: forms.ModelForm, change: bool) -> None:
        named = services.name_juror(campaign=obj.campaign, practitioner=obj.practitioner, by=request.user)
        obj.pk = named.pk
        obj.refresh_from_db()

    def moves(self) -> dict[str, Any]:
        return {"end": self._end}

    def _end(self, request: HttpRequest, obj: Juror) -> str:
        services.end_juror(juror=obj, by=request.user)
        return gettext("Taken off the jury. What they scored is kept, the rest goes to others.")

    @admin.display(description=_("name"))
    def shown_name(self, obj: Juror) -> SafeString:
        return format_html('<bdi dir="auto">{}</bdi>', obj.practitioner.name or f"#{obj.practitioner_id}")

    @admin.display(description=_("conflicts"))
    def conflicts_in_words(self, obj: Juror) -> str:
        """Say how many of which kind: with which entry is nobody's affair."""
        kinds = list(Conflict.objects.filter(juror=obj).order_by("kind").values_list("kind", flat=True))
        labels = dict(Conflict._meta.get_field("kind").flatchoices)
        return " · ".join(f"{labels[kind]}: {kinds.count(kind)}" for kind in dict.fromkeys(kinds)) or "-"

    def around_form(self, request: HttpRequest, obj: Juror) -> dict[str, Any]:
        if obj.ended_at or not self.is_editable(request, obj):
            return {}
        return {
            "end_url": reverse("admin:campaigns_juror_end", args=[obj.pk]),
            "end_label": gettext("Take off the jury"),
        }
