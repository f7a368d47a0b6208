"""Compare both texts of a measure, block by block, and confirm that they say the same."""

from itertools import zip_longest
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from measures import discussion, policies, selectors, services
from measures.enums import MeasureState
from measures.forms import CompareForm
from measures.forms.drafting import LABELS
from measures.models import Measure, Version
from measures.models.measures import PARTS
from measures.views import documents
from measures.views.common import of_reader
from network.enums import DomainError
from network.models import Practitioner
from network.services import IllegalMove


@of_reader
def compare(request: HttpRequest, practitioner: Practitioner, measure: Measure) -> HttpResponse:
    """Both texts side by side; who may not confirm them sees why."""
    why_not = _why_not(measure, practitioner)
    current = measure.current
    kept = {"hash_ar": current.hash_ar, "hash_en": current.hash_en} if current else {}
    form = CompareForm(request.POST or None, initial=kept)
    if request.method == "POST" and form.is_valid():
        try:
            services.confirm_parity(
                measure=measure,
                hash_ar=form.cleaned_data["hash_ar"],
                hash_en=form.cleaned_data["hash_en"],
                reader=practitioner,
            )
        except services.MeasureHasChanged:
            # The texts below are those of now: they have to be read again.
            messages.warning(
                request, gettext("A text was edited since you opened the page. These are the texts as they are now.")
            )
            return redirect("measures:compare", measure.slug)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, gettext("Thank you. Both texts are confirmed as equal."))
            return redirect(measure)
    past = discussion.history(measure)
    context = {
        "measure": measure,
        "form": form,
        "why_not": why_not,
        "profile": not policies.reads_both(practitioner),
        "sections": _sections(current),
        "undone": past.undone if measure.state == MeasureState.REVIEW else 0,
    }
    return render(request, "measures/compare.html", context, status=400 if form.errors else 200)


def _why_not(measure: Measure, practitioner: Practitioner) -> str:
    """Return why this member can't confirm the texts now, "" if they can."""
    if practitioner.pk in selectors.author_ids(measure):
        return gettext("You have written this measure yourself: somebody else has to compare the texts.")
    if not policies.reads_both(practitioner):
        return gettext(
            "Both texts are compared by somebody who reads Arabic and English. If you do, say so in your profile."
        )
    if measure.state == MeasureState.DRAFT:
        return gettext("The texts are compared once the draft is open for comments.")
    if measure.state == MeasureState.PARITY:
        return gettext("Both texts of this version were compared already.")
    if measure.state != MeasureState.REVIEW:
        return str(IllegalMove(state=measure.get_state_display()))
    if lacks := policies.missing(measure.current):
        return str(services.IncompleteMeasure(missing=gettext("; ").join(map(str, lacks))))
    return ""


def _sections(version: Version | None) -> list[dict[str, Any]]:
    """Return each part with its blocks in pairs: what stands in the same place in Arabic and in English."""
    blocks = discussion.blocks_of(version)
    found = []
    for part in PARTS:
        arabic, english = ([documents.shown(block) for block in blocks.get((code, part), [])] for code in ("ar", "en"))
        if arabic or english:
            pairs = list(zip_longest(arabic, english))
            found.append({"part": part, "label": LABELS[part], "pairs": pairs, "uneven": len(arabic) != len(english)})
    return found
