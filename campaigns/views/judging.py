"""A juror's pages: one entry after the other, blind. An entry has a number of the juror's own, and no other name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaigns import judging_selectors, juror_selectors, policies, selectors, services
from campaigns.enums import PhotoState, RoundKind, RoundState
from campaigns.forms import ConflictForm, OrderForm, marks_form
from campaigns.models import Assignment, Juror, Photo, Round
from campaigns.views import photos
from network.decorators import member_page
from network.enums import DomainError
from network.models import Practitioner
from network.paging import Page

# More digits than this are no turn, and more than a column takes.
LONGEST_TURN = 9
# Of what one gave nothing is searched for: every page can be reached.
GIVEN_SHOWN, LAST_GIVEN = 25, 10_000

View = Callable[..., HttpResponseBase]


@dataclass
class Desk:
    """A round before one of its jurors, with all that they have in it: thousands of entries, of which a page asks for one."""

    round: Round
    juror: Juror
    rows: QuerySet[Assignment]

    @cached_property
    def mine(self) -> list[Assignment]:
        return list(self.rows)

    def how_far(self, at: Assignment | None) -> dict[str, int]:
        """Return how many there are (`whole`), how many are `done`, and which of them (`number`, from 1) this one is."""
        return juror_selectors.how_far(self.juror, self.round, at.turn if at else 0)

    def numbers(self, turns: Sequence[int]) -> dict[int, int]:
        """Return which of all that the juror has, from 1, those of these turns are, the smallest turn first."""
        if not turns:
            return {}
        before = self.rows.filter(turn__lt=turns[0]).count()
        among = self.rows.filter(turn__gte=turns[0], turn__lte=turns[-1]).values_list("turn", flat=True)
        return {turn: number for number, turn in enumerate(among, before + 1)}

    @property
    def next(self) -> Assignment | None:
        return self.rows.filter(done_at__isnull=True).first()

    def at(self, turn: Any) -> Assignment | None:
        """Return the entry that has this number for the juror; what is no number is none of theirs."""
        asked = str(turn)
        fits = asked.isascii() and asked.isdigit() and len(asked) <= LONGEST_TURN
        return self.rows.filter(turn=int(asked)).first() if fits else None


@member_page
@never_cache
@require_http_methods(["GET", "HEAD"])
def judging(request: HttpRequest, practitioner: Practitioner) -> HttpResponse:
    """List the rounds in which the reader is a juror, with how far they are."""
    rows = juror_selectors.rounds_of(request.user) if policies.can_be_juror(request.user) else []  # type: ignore[arg-type]
    return render(request, "campaigns/judging.html", {"rows": rows})


def _of_juror(view: View) -> View:
    """Give the view a round before its juror; to everybody else it is not there."""

    @wraps(view)
    def found(request: HttpRequest, practitioner: Practitioner, number: int, **kwargs: Any) -> HttpResponseBase:
        begun = Round.objects.exclude(state=RoundState.DRAFT).select_related("campaign")
        round_ = begun.filter(pk=number).first() if number < 2**31 else None
        user: Any = request.user
        juror = juror_selectors.juror_of(user, round_.campaign_id) if round_ else None
        if round_ is None or juror is None or not policies.judges(user, juror):
            raise Http404
        # By the juror too, so that what comes next is found in the order of the index.
        rows = juror_selectors.before_me(user, round_).filter(juror=juror)
        return view(request, Desk(round_, juror, rows), **kwargs)

    return member_page(never_cache(require_http_methods(["GET", "HEAD", "POST"])(found)))


@_of_juror
def judge(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show what comes next, and take what is said of it."""
    if request.method == "POST":
        return _posted(request, desk, request.POST.get("turn", ""))
    if desk.round.kind == RoundKind.RANKING:
        return _order(request, desk)
    return _entry(request, desk, desk.next)


@_of_juror
def judge_again(request: HttpRequest, desk: Desk, turn: int) -> HttpResponse:
    """Show one entry with what was said of it, to be changed."""
    assignment = desk.at(turn)
    if assignment is None or desk.round.kind == RoundKind.RANKING:
        raise Http404
    if request.method == "POST":
        return _posted(request, desk, turn)
    return _entry(request, desk, assignment)


@_of_juror
def given(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List what the juror has given in this round."""
    if request.method == "POST":
        return _posted(request, desk, request.POST.get("turn", ""))
    done = desk.rows.filter(done_at__isnull=False)
    page = Page.of(done, request.GET.get("page"), GIVEN_SHOWN, last=LAST_GIVEN)
    labels = {row.code: row.label for row in judging_selectors.criteria(desk.round)}
    numbers = desk.numbers([row.turn for row in page.rows])
    rows = [
        {
            "number": numbers[row.turn],
            "turn": row.turn,
            "said": _in_words(desk.round, juror_selectors.said(row), labels),
        }
        for row in page.rows
    ]
    return render(request, "campaigns/judging_given.html", _context(desk) | {"rows": rows, "page_obj": page})


def _in_words(round_: Round, said: Any, labels: dict[str, str]) -> list[tuple[str, str]]:
    if round_.kind == RoundKind.SCREENING:
        return [("", gettext("Yes") if said else gettext("No"))]
    if round_.kind == RoundKind.RANKING:
        return [(gettext("Place"), str(said))]
    return [(label, str(said.get(code, ""))) for code, label in labels.items()]


@_of_juror
def judge_photo(request: HttpRequest, desk: Desk, turn: int, place: int, size: str) -> HttpResponseBase:
    """Show a photo of an entry that is before this juror."""
    assignment = desk.at(turn)
    if assignment is None:
        raise Http404
    return photos.shown(assignment.entry.photos.filter(position=place, state=PhotoState.READY).first(), size)


# --- what is posted -----------------------------------------------------------------------------------------------------------


def _posted(request: HttpRequest, desk: Desk, turn: Any) -> HttpResponse:
    step, assignment = request.POST.get("do", ""), desk.at(turn)
    if step == "undo":
        return _undone(request, desk)
    if step in ("pause", "go_on"):
        return _pausing(request, desk, step)
    if step == "order" and desk.round.kind == RoundKind.RANKING:
        return _order(request, desk, request.POST)
    if assignment is None:
        # Another tab was quicker, or it has gone to somebody else.
        messages.error(request, str(services.NotYourEntry()))
        return redirect("judging:round", desk.round.pk)
    if step == "conflict":
        return _conflict(request, desk, assignment)
    if desk.round.kind == RoundKind.RANKING:
        return redirect("judging:round", desk.round.pk)
    return _entry(request, desk, assignment, request.POST)


def _undone(request: HttpRequest, desk: Desk) -> HttpResponse:
    try:
        back = services.undo(round_=desk.round, juror=desk.juror, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("judging:round", desk.round.pk)
    messages.success(request, gettext("Taken back. Here is the entry again."))
    return redirect("judging:entry", desk.round.pk, back.turn)


def _pausing(request: HttpRequest, desk: Desk, step: str) -> HttpResponse:
    if step == "pause":
        services.pause_juror(juror=desk.juror, by=request.user)
        messages.success(request, gettext("You pause. All that you gave is kept."))
        return redirect("judging:mine")
    services.go_on_judging(juror=desk.juror, by=request.user)
    return redirect("judging:round", desk.round.pk)


def _conflict(request: HttpRequest, desk: Desk, assignment: Assignment) -> HttpResponse:
    form = ConflictForm(request.POST)
    if not form.is_valid():
        if desk.round.kind == RoundKind.RANKING:
            return _order(request, desk, conflict=form, about=assignment.turn)
        return _entry(request, desk, assignment, conflict=form)
    try:
        services.declare_conflict(assignment=assignment, kind=form.cleaned_data["kind"], by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, gettext("Thank you. Somebody else judges this entry."))
    return redirect("judging:round", desk.round.pk)


# --- the pages ------------------------------------------------------------------------------------------------------------------


def _context(desk: Desk, at: Assignment | None = None) -> dict[str, Any]:
    found = desk.how_far(at)
    return {
        "round": desk.round,
        "campaign": desk.round.campaign,
        "juror": desk.juror,
        **found,
        "open": desk.round.state == RoundState.OPEN,
        "undoable": found["done"] and desk.round.state == RoundState.OPEN and desk.round.kind != RoundKind.RANKING,
    }


def _blind(desk: Desk, assignment: Assignment, questions: list[Any]) -> dict[str, Any]:
    entry = assignment.entry

    def address(photo: Photo, size: str) -> str:
        return reverse("judging:photo", args=[desk.round.pk, assignment.turn, photo.position, size])

    return {
        "entry": entry,
        "answers": juror_selectors.blind_answers(entry, questions),
        "pictures": selectors.pictures(entry.photos.all(), address),
    }


def _entry(
    request: HttpRequest, desk: Desk, assignment: Assignment | None, data: Any = None, conflict: Any = None
) -> HttpResponse:
    if assignment is None:
        return render(request, "campaigns/judging_entry.html", _context(desk))
    criteria = judging_selectors.criteria(desk.round)
    form = marks_form(data, desk.round, criteria, juror_selectors.said(assignment))
    if data is not None and form.is_valid():
        try:
            services.give_marks(assignment=assignment, value=form.value(), by=request.user)
        except services.InConflict as error:
            messages.error(request, str(error))
            return redirect("judging:round", desk.round.pk)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            _say_saved(request, desk, assignment)
            return redirect("judging:round", desk.round.pk)
    faulty = bool(form.errors) or conflict is not None
    context = _context(desk, assignment) | {
        "assignment": assignment,
        "form": form,
        "conflict": conflict or ConflictForm(),
        "conflict_open": conflict is not None,
        **_blind(desk, assignment, selectors.questions(desk.round.campaign)),
    }
    return render(request, "campaigns/judging_entry.html", context, status=400 if faulty else 200)


def _say_saved(request: HttpRequest, desk: Desk, assignment: Assignment) -> None:
    left = desk.rows.filter(done_at__isnull=True).exclude(pk=assignment.pk).count()
    if left:
        sentence = ngettext("Saved. %(count)s entry is left.", "Saved. %(count)s entries are left.", left)
        messages.success(request, sentence % {"count": left})
    else:
        messages.success(request, gettext("Saved. That was the last one."))


def _order(
    request: HttpRequest, desk: Desk, data: Any = None, *, conflict: ConflictForm | None = None, about: int = 0
) -> HttpResponse:
    """Show the finalists; `conflict` is a form that says too little, and `about` the turn of the entry that it is of."""
    said = {row.pk: juror_selectors.said(row) for row in desk.mine}
    form = OrderForm(data, mine=desk.mine, said=said)
    if data is not None and form.is_valid():
        try:
            services.give_order(round_=desk.round, juror=desk.juror, places=form.places(), by=request.user)
        except services.SomeInConflict as error:
            messages.error(request, str(error))
            return redirect("judging:round", desk.round.pk)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, gettext("Your order is saved. You can change it until the round closes."))
            return redirect("judging:round", desk.round.pk)
    questions = selectors.questions(desk.round.campaign)
    prefetch_related_objects([row.entry for row in desk.mine], "photos")
    rows = [
        {"number": number, "turn": row.turn, "field": form[f"place-{row.turn}"], **_blind(desk, row, questions)}
        for number, row in enumerate(desk.mine, 1)
    ]
    context = _context(desk) | {
        "form": form,
        "rows": rows,
        "conflict": conflict or ConflictForm(),
        "conflict_open": conflict is not None,
        "about": about,
    }
    faulty = bool(form.errors) or conflict is not None
    return render(request, "campaigns/judging_order.html", context, status=400 if faulty else 200)
