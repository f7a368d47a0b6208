"""What members say about a measure: comments on a paragraph, answers, and what they think of it before the vote."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from measures import discussion, selectors, services, texts
from measures.discussion import Blocks, History, Thread
from measures.enums import Leaning, MeasureState
from measures.forms import CommentForm, LeaningForm
from measures.forms.drafting import label_of
from measures.models import Comment, LeaningVote, Measure, Version
from measures.models.measures import PARTS
from measures.views import documents
from measures.views.common import attempt, of_reader
from network.enums import DomainError
from network.models import Practitioner

OPEN, RESOLVED, ALL = "open", "resolved", "all"
TAKEN = (MeasureState.REVIEW, MeasureState.PARITY, MeasureState.MEDIATION, MeasureState.NOT_ADOPTED)


def are_taken(measure: Measure, *, is_author: bool) -> bool:
    """Tell whether comments are taken from this reader now."""
    return measure.state in TAKEN or (measure.state == MeasureState.DRAFT and is_author)


def panel(
    request: HttpRequest,
    measure: Measure,
    practitioner: Practitioner | None,
    *,
    past: History,
    blocks: Blocks,
    is_author: bool,
) -> dict[str, Any]:
    """Return the comments where they belong in the present text, and what this member thinks of it."""
    shown = request.GET.get("comments")
    shown = shown if shown in (RESOLVED, ALL) else OPEN
    found = discussion.threads(measure, past, author=is_author)
    chosen = [thread for thread in found if shown == ALL or thread.resolved == (shown == RESOLVED)]
    leaning = None
    asked = practitioner is not None and measure.state in (MeasureState.REVIEW, MeasureState.PARITY)
    if asked:
        rows = LeaningVote.objects.filter(measure=measure, practitioner=practitioner)
        leaning = rows.values_list("value", flat=True).first() or ""
    return {
        "placed": discussion.placed(chosen, blocks),
        "people": [row.author for thread in chosen for row in (thread.comment, *thread.answers)],
        "shown": shown,
        "filters": [
            (OPEN, gettext("Open"), sum(not thread.resolved for thread in found)),
            (RESOLVED, gettext("Resolved"), sum(thread.resolved for thread in found)),
            (ALL, gettext("All"), len(found)),
        ],
        "count": len(found),
        "opened": request.GET.get("thread", ""),
        "taken": practitioner is not None and are_taken(measure, is_author=is_author),
        "leanings": Leaning.choices if asked else [],
        "leaning": leaning,
        "me": practitioner,
    }


def _back(measure: Measure, comment: Comment) -> HttpResponse:
    """Return to the page, where the thread is open whatever is shown of the others."""
    thread = comment.answers_id or comment.pk
    shown = ALL if comment.resolved_at else OPEN
    return redirect(f"{measure.get_absolute_url()}?comments={shown}&thread={thread}#comment-{thread}")


def _commented(measure: Measure, number: str | int | None, practitioner: Practitioner) -> Version:
    """Return the version on which somebody comments: one that they read."""
    is_author = selectors.is_author(measure, practitioner)
    rows = discussion.versions(measure, discussion.history(measure), author=is_author)
    version = rows.filter(number=number).first() if str(number).isdecimal() and len(str(number)) < 7 else None
    if version is None or not are_taken(measure, is_author=is_author):
        raise Http404
    return version


@of_reader
def comment(request: HttpRequest, practitioner: Practitioner, measure: Measure) -> HttpResponse:
    """Comment on a paragraph of the text, or on all of it. The same form sent twice is one comment."""
    current = measure.current.number if measure.current else 0
    version = _commented(measure, request.POST.get("version", current), practitioner)
    part, language, number = (request.GET.get(name, "") for name in ("part", "language", "block"))
    block: texts.Block | None = None
    if part or language or number:
        block = _block(version, part, language, number)
    initial = {"uid": uuid.uuid4(), "version": version.number}
    form = CommentForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            kept = services.add_comment(
                measure=measure,
                version=version,
                text=form.cleaned_data["text"],
                uid=form.cleaned_data["uid"],
                author=practitioner,
                language=language if block else "",
                part=part if block else "",
                block=block.number if block else 0,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return _back(measure, kept)
    place = label_of(part, language) if block else ""
    context = {"measure": measure, "form": form, "language": language, "place": place}
    context["passage"] = documents.shown(block) if block else ""
    return render(request, "measures/comment.html", context)


def _block(version: Version, part: str, language: str, number: str) -> texts.Block:
    if part not in PARTS or language not in ("ar", "en") or not number.isdecimal() or len(number) > 4:
        raise Http404
    blocks = texts.blocks(getattr(version, f"{part}_{language}") or "")
    if not 0 < int(number) <= len(blocks):
        raise Http404
    return blocks[int(number) - 1]


def _thread(measure: Measure, pk: int, practitioner: Practitioner) -> Thread:
    is_author = selectors.is_author(measure, practitioner)
    found = discussion.threads(measure, discussion.history(measure), author=is_author)
    thread = next((thread for thread in found if thread.comment.pk == pk), None)
    if thread is None:
        raise Http404
    return thread


@of_reader
def answer(request: HttpRequest, practitioner: Practitioner, measure: Measure, comment: int) -> HttpResponse:
    """A comment with the answers to it, and a box for one more."""
    thread = _thread(measure, comment, practitioner)
    version = Version.objects.get(pk=thread.comment.version_id)
    form = CommentForm(request.POST or None, answer=True, initial={"uid": uuid.uuid4(), "version": version.number})
    if request.method == "POST" and form.is_valid():
        try:
            services.add_comment(
                measure=measure,
                version=version,
                text=form.cleaned_data["text"],
                uid=form.cleaned_data["uid"],
                author=practitioner,
                answers=thread.comment,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return _back(measure, thread.comment)
    people = selectors.told_people(
        [row.author for row in (thread.comment, *thread.answers)],
        practitioner,
        together=selectors.author_ids(measure),
    )
    context = {
        "measure": measure,
        "thread": thread,
        "people": people,
        "form": form,
        "taken": are_taken(measure, is_author=selectors.is_author(measure, practitioner)),
    }
    return render(request, "measures/answer.html", context)


@require_POST
@of_reader
def resolve(request: HttpRequest, practitioner: Practitioner, measure: Measure, comment: int) -> HttpResponse:
    """Mark a comment as dealt with, or open it again: its writer and every author."""
    thread = _thread(measure, comment, practitioner)
    if thread.comment.author_id != practitioner.pk and not selectors.is_author(measure, practitioner):
        raise Http404
    kept = services.resolve_comment(
        comment=thread.comment, resolved=request.POST.get("resolved") == "yes", by=practitioner
    )
    return _back(measure, kept)


@require_POST
@of_reader
def leaning(request: HttpRequest, practitioner: Practitioner, measure: Measure) -> HttpResponse:
    """Keep what the member thinks of a draft, or take it back."""
    form = LeaningForm(request.POST)
    if not form.is_valid():
        raise Http404
    value = form.cleaned_data["value"]
    sentence = (
        gettext("Thank you. It is kept, and you can change it until the vote.")
        if value
        else gettext("It is taken back.")
    )
    attempt(request, sentence, services.keep_leaning, measure=measure, practitioner=practitioner, value=value)
    return redirect(f"{reverse('measures:detail', args=[measure.slug])}#leaning")
