"""Opening a vote: choose its rules, try out what would adopt the measure, confirm what is frozen from then on."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from measures import adoption, policies, selectors, services
from measures.enums import COUNTED_AS, Electorate, MeasureState, Method
from measures.forms.opening import ABROAD, OpeningForm
from measures.models import Measure
from measures.views import standings
from measures.views.found import readable
from network.disclosure import SMALLEST
from network.enums import DomainError
from network.models import Region


@require_http_methods(["GET", "HEAD", "POST"])
def open_vote(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose and try out by GET, as often as one likes; POST opens the vote for good."""
    measure, _practitioner = readable(slug, request.user)
    authors = {row.practitioner.user_id for row in selectors.authors(measure)}
    if not policies.can_open(request.user, author_user_ids=authors):
        raise Http404
    if request.method == "POST" and measure.state == MeasureState.OPEN:
        # The second of two clicks.
        return redirect(measure)
    if measure.state != MeasureState.PARITY:
        raise Http404
    form = _form(request, measure)
    if request.method == "POST" and form.is_valid():
        try:
            services.open_vote(measure=measure, opening=_opening(form), by=request.user)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, gettext("The vote is open."))
            return redirect(measure)
    valid = form.is_valid() if form.is_bound else True
    if valid and "confirm" in request.GET:
        return render(request, "measures/vote_confirm.html", _confirmation(request, measure, form))
    context = {"measure": measure, "form": form, "simulation": _simulation(form) if valid else None}
    return render(request, "measures/vote_open.html", context | _rows(form))


def _form(request: HttpRequest, measure: Measure) -> OpeningForm:
    kinds = [Electorate.MEMBERS, *([Electorate.SESSION] if measure.session_id else [])]
    sent = request.POST if request.method == "POST" else request.GET
    return OpeningForm(
        sent or None,
        regions=list(Region.objects.order_by("position", "pk")),
        sizes={kind: selectors.roll_sizes(kind, measure) for kind in kinds},
        from_session=measure.session_id is not None,
    )


def _opening(form: OpeningForm) -> services.Opening:
    chosen = form.cleaned_data
    return services.Opening(
        method=chosen["method"],
        secrecy=chosen["secrecy"],
        electorate=chosen["electorate"],
        closes_at=chosen["closes_at"],
        rules=form.rules(),
    )


def _rows(form: OpeningForm) -> dict[str, Any]:
    """Return what the page shows of each side: its fields, what its quorum means, what to think of."""
    rows = []
    for key, name in form.names.items():
        rule, roll = form.rule(key), form.roll(key)
        fewest, tally = adoption.least(form.method_chosen, rule, roll), form.tally(key)
        rows.append(
            {
                "key": key,
                "name": name,
                "abroad": key == ABROAD,
                "roll": roll,
                "quorum": form[f"quorum-{key}"],
                "threshold": form[f"threshold-{key}"],
                "rule": rule,
                "least": fewest,
                "supposed": [
                    {"field": form[f"{choice}-{key}"], "value": getattr(tally, choice)} for choice in form.answers()
                ],
                "small": 0 < roll < SMALLEST,
                "hard": roll > 0 and policies.is_hard_to_reach(rule.quorum, roll),
                "nobody": roll == 0,
            }
        )
    taking_part = form.taking_part()
    return {
        "rows": rows,
        "voting": [row for row in rows if row["key"] in taking_part],
        "answers": [COUNTED_AS[choice] for choice in form.answers()],
        "consent": form.method_chosen == Method.CONSENT,
        "majority": form.method_chosen == Method.MAJORITY,
    }


def _simulation(form: OpeningForm) -> dict[str, Any]:
    """Return what the supposed votes would come to."""
    method, keys = form.method_chosen, form.taking_part()
    tallies = {form.keys[key]: form.tally(key) for key in keys}
    verdict = adoption.decide(method, form.rules(), tallies)
    return {
        "adopted": verdict.adopted,
        "mediation": verdict.sides_reached and not verdict.adopted,
        "objections": standings.objections_sentence(verdict.blocks) if verdict.blocks else "",
        "missing": [form.names[key] for key in keys if not verdict.standings[form.keys[key]].reached],
        "too_many": form.too_many(),
        "fewest": not form.supposes(),
        "sides": [
            standings.Side(
                form.names[key], method, form.roll(key), tallies[form.keys[key]], verdict.standings[form.keys[key]]
            )
            for key in keys
        ],
    }


def _confirmation(request: HttpRequest, measure: Measure, form: OpeningForm) -> dict[str, Any]:
    """Return all that is frozen from now on, and the form that says so again."""
    chosen = form.cleaned_data
    names = ["method", "secrecy", "electorate", "closes_at", "abroad"]
    names += [f"{what}-{key}" for key in form.keys for what in ("quorum", "threshold")]
    back = request.GET.copy()
    back.pop("confirm")
    return {
        "measure": measure,
        "back": f"?{back.urlencode()}",
        "method": form.method_chosen.label,
        "secrecy": dict(form.fields["secrecy"].choices)[chosen["secrecy"]],  # type: ignore[attr-defined]
        "electorate": dict(form.fields["electorate"].choices)[chosen["electorate"]],  # type: ignore[attr-defined]
        "closes_at": chosen["closes_at"],
        "hidden": [form[name].as_hidden() for name in names],
        **_rows(form),
    }
