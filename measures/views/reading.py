"""Read a measure: where it stands and what comes next, its text with the comments on it, its versions; and the drafts of the network."""

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from dialogues import differences, selectors as session_selectors
from measures import discussion, policies, selectors
from measures.discussion import LEAST_ANSWERS, History
from measures.enums import WRITABLE_STATES, AuthorState, MeasureState
from measures.forms.drafting import label_of
from measures.models import Author, Measure, Version
from measures.models.measures import PARTS
from measures.views import actions, comments, documents, outcome, public, voting
from measures.views.common import of_reader
from network import selectors as network_selectors
from network.decorators import member_page, public_page
from network.models import Practitioner

# What other areas put on the page, each under its name: a function of (request, measure, practitioner).
PANELS = {"vote": voting.panel, "outcome": outcome.panel, "actions": actions.panel}
_S = MeasureState
ROAD = {_S.DRAFT: 0, _S.REVIEW: 1, _S.PARITY: 3, _S.OPEN: 3, _S.MEDIATION: 3, _S.NOT_ADOPTED: 3}


def _steps(measure: Measure) -> list[dict[str, Any]]:
    """Return the road of a measure: each step with what happens on it, whether it is done, and where the measure is."""
    here = ROAD.get(measure.state, 4 if measure.adopted_at else -1)
    words = [
        (gettext("Draft"), gettext("The authors write.")),
        (gettext("Comments"), gettext("All members read and comment.")),
        (gettext("Compared"), gettext("Somebody else confirms that both languages say the same.")),
        (gettext("Vote"), gettext("Each side votes for itself.")),
        (gettext("Adopted"), gettext("Every side has agreed.")),
    ]
    return [
        {"name": name, "words": said, "done": number < here or bool(measure.adopted_at), "here": number == here}
        for number, (name, said) in enumerate(words)
    ]


def _standing(measure: Measure) -> tuple[str, str]:
    """Return where a measure stands and what comes next, in plain words."""
    return {
        _S.DRAFT: (
            gettext("This is a draft. Only its authors, and those whom they asked to write, see it."),
            gettext("When it is ready, its authors open it to all members for comments."),
        ),
        _S.REVIEW: (
            gettext("All members can read this and comment on it."),
            gettext(
                "When the text has settled, a member who reads both languages and has not written it confirms that both texts say the same."
            ),
        ),
        _S.PARITY: (
            gettext("Both texts were compared and say the same."),
            gettext("Next, a national coordinator opens the vote. Whoever edits the text now undoes the comparison."),
        ),
        _S.OPEN: (gettext("The vote is open. Nothing of the text can change until it closes."), ""),
        _S.MEDIATION: (
            gettext("Every side reached what it needed, but there are objections: a mediation has begun."),
            gettext("Either those who object withdraw their objection, or the authors amend the text for a new vote."),
        ),
        _S.ADOPTED: (gettext("Every side has agreed to this. It is in force."), ""),
        _S.NOT_ADOPTED: (
            gettext("This was voted on and not adopted."),
            gettext("Its authors can amend it for a new vote."),
        ),
        _S.SUPERSEDED: (gettext("A newer measure has taken its place."), ""),
        _S.WITHDRAWN: (gettext("This measure was withdrawn or ended."), ""),
    }[MeasureState(measure.state)]


@public_page
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One measure: for members all that is said about it and what they can do, for everybody else what was adopted."""
    practitioner = network_selectors.active_practitioner(request.user)
    rows = selectors.readable(request.user, practitioner).select_related("topic", "about__current")
    measure = rows.filter(slug=slug).first()
    if measure is None:
        raise Http404
    inside = practitioner is not None or Measure.objects.visible_to(request.user).filter(pk=measure.pk).exists()
    if not inside:
        return public.measure_document(request, measure)
    context: dict[str, Any] = {
        "measure": measure,
        "steps": _steps(measure) if measure.state != _S.WITHDRAWN else [],
    }
    context["state_words"], context["next_words"] = _standing(measure)
    return render(request, "measures/detail.html", context | _for_members(request, measure, practitioner))


def _for_members(request: HttpRequest, measure: Measure, practitioner: Practitioner | None) -> dict[str, Any]:
    rows = list(
        Author.objects.filter(measure=measure)
        .exclude(state=AuthorState.LEFT)
        .select_related("practitioner__region", "practitioner__profession")
        .order_by("-lead", "pk")
    )
    writing = [row for row in rows if row.state == AuthorState.ACCEPTED]
    mine = next((row for row in rows if practitioner and row.practitioner_id == practitioner.pk), None)
    is_author = mine in writing
    past = discussion.history(measure)
    blocks = discussion.blocks_of(measure.current)
    said = comments.panel(request, measure, practitioner, past=past, blocks=blocks, is_author=is_author)
    together = [row.practitioner_id for row in rows]
    people = selectors.told_people(
        [row.practitioner for row in writing] + said.pop("people"), practitioner, together=together
    )
    session = (
        measure.session_id
        and session_selectors.listed(request.user, practitioner).filter(pk=measure.session_id).first()
    )
    panels = {name: panel(request, measure, practitioner) for name, panel in PANELS.items()}
    return panels | {
        "practitioner": practitioner,
        "author": is_author,
        "invited": mine is not None and mine.state == AuthorState.INVITED,
        "writers": [people[row.practitioner_id] for row in writing],
        "people": people,
        "comments": said,
        "documents": documents.of_blocks(blocks, documents.titles(measure.current), said["placed"]),
        "session": session or None,
        "undone": past.undone if measure.state == _S.REVIEW else 0,
        "missing": policies.missing(measure.current) if is_author and measure.state in (_S.DRAFT, _S.REVIEW) else [],
        "writable": is_author and measure.state in WRITABLE_STATES,
        "followed": practitioner is not None and selectors.follows(practitioner, measure),
        "openable": measure.state == _S.PARITY
        and policies.can_open(request.user, author_user_ids={row.practitioner.user_id for row in writing}),
        "comparable": measure.state == _S.REVIEW and practitioner is not None and mine is None,
        "withdrawable": _may_withdraw(request.user, measure, writing),
    }


def _may_withdraw(user: Any, measure: Measure, writing: Iterable[Author]) -> bool:
    if measure.state not in (*WRITABLE_STATES, _S.OPEN):
        return False
    lead = next((row.practitioner.user_id for row in writing if row.lead), None)
    return policies.can_withdraw(user, measure, lead_user_id=lead)


# --- versions -----------------------------------------------------------------------------------------------------------


def _past_of(measure: Measure, practitioner: Practitioner) -> tuple[History, bool]:
    return discussion.history(measure), selectors.is_author(measure, practitioner)


@of_reader
def versions(request: HttpRequest, practitioner: Practitioner, measure: Measure) -> HttpResponse:
    """All versions that this member reads; with ?first= and ?second= on to what differs between them."""
    past, is_author = _past_of(measure, practitioner)
    first, second = (request.GET.get(name, "") for name in ("first", "second"))
    if all(number.isdecimal() and len(number) < 7 for number in (first, second)):
        return redirect("measures:difference", measure.slug, *sorted((int(first), int(second))))
    rows = list(discussion.versions(measure, past, author=is_author).defer(*_TEXTS).select_related("written_by"))
    people = {
        person.user_id: person
        for person in Practitioner.objects.filter(user_id__in={row.written_by_id for row in rows}).select_related(
            "profession", "region"
        )
    }
    told = selectors.told_people(people.values(), practitioner, together=selectors.author_ids(measure))
    listed = [
        {"version": row, "who": told.get(getattr(people.get(row.written_by_id), "pk", None)), "before": before}
        for row, before in zip(rows, [*(row.number for row in rows[1:]), 0], strict=False)
    ]
    return render(request, "measures/versions.html", {"measure": measure, "rows": listed})


_TEXTS = tuple(f"{part}{ending}" for part in PARTS for ending in ("", "_ar", "_en"))


@of_reader
def difference(
    request: HttpRequest, practitioner: Practitioner, measure: Measure, first: int, second: int
) -> HttpResponse:
    """What differs between two versions, part by part, in both languages; twice the same number shows that version."""
    past, is_author = _past_of(measure, practitioner)
    found = {
        row.number: row
        for row in discussion.versions(measure, past, author=is_author).filter(number__in=[first, second])
    }
    if first not in found or second not in found:
        raise Http404
    old, new = found[first], found[second]
    context = {
        "measure": measure,
        "first": old,
        "second": new,
        "documents": [
            {"code": code, "name": name, "parts": _compared(old, new, code)} for code, name in documents.languages()
        ],
        "same": (old.hash_ar, old.hash_en) == (new.hash_ar, new.hash_en),
    }
    return render(request, "measures/difference.html", context)


def _compared(old: Version, new: Version, code: str) -> list[dict[str, Any]]:
    said = [(part, *(getattr(row, f"{part}_{code}") or "" for row in (old, new))) for part in PARTS]
    return [
        {"label": label_of(part, code), "pieces": differences.compare(before, after), "changed": before != after}
        for part, before, after in said
        if before or after
    ]


# --- drafts -------------------------------------------------------------------------------------------------------------


@member_page
@require_safe
def drafts(request: HttpRequest, practitioner: Practitioner) -> HttpResponse:
    """What is on its way to a vote, by how well it bridges the sides; before it what the member writes or is asked to write."""
    mine, asked = discussion.own_drafts(practitioner)
    context = {"rows": discussion.ranked_drafts(), "mine": mine, "asked": asked, "least": LEAST_ANSWERS}
    return render(request, "measures/drafts.html", context)
