"""The way in, without an account: one page to enter, a receipt, and what its sender can do with it afterwards."""

import uuid
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from campaigns import chain, duplicates, judging_selectors, outcomes, policies, selectors, services
from campaigns.enums import ENTRY_MOVES, OUT_STATES, CampaignState, EntryMove, EntryState, PhotoState
from campaigns.forms import CodeForm, ContactForm, EnterForm, LookupForm, ResumeForm
from campaigns.models import Campaign, ContactProof, Desk, Entry, Photo
from campaigns.views import photos
from campaigns.views.corrections import around_correction, take_correction
from network import answering, codes, opened
from network.enums import DomainError
from network.services import IllegalMove

# The entries that this browser may open, by the id in its session: it has sent them, or looked them up.
SESSION_KEY = "entries"


def _known_by(phone: str, email: str) -> str:
    """Return by what an entry is opened: whoever did with a wrong contact, whose it was, has it open no more once that is corrected."""
    return f"{phone} {email.strip().lower()}"


def _open_in(request: HttpRequest, entry: Entry) -> None:
    opened.keep_open(request, SESSION_KEY, entry.pk, known_by=_known_by(entry.phone, entry.email))


def _opened(request: HttpRequest) -> list[Entry]:
    """Return the entries that this browser may open, the last one first."""
    ids = opened.opened(request, SESSION_KEY)
    rows = Entry.objects.filter(pk__in=ids).select_related("campaign", "municipality").prefetch_related("photos")
    rows = rows.annotate(has_code=Exists(ContactProof.objects.filter(entry=OuterRef("pk"))))
    known = [
        row for row in rows if opened.is_open(request, SESSION_KEY, row.pk, known_by=_known_by(row.phone, row.email))
    ]
    return sorted(known, key=lambda entry: -ids.index(entry.pk))


def _taking(slug: str) -> Campaign:
    campaign = Campaign.objects.public().filter(slug=slug).first()
    if campaign is None:
        raise Http404
    return campaign


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, slug: str) -> HttpResponse:
    """The entry form. What came in time is taken; the same form sent twice is one entry, and gets the same receipt.

    A form that has become an entry already, with another person in it or to be put aside, is said to be sent: it goes on as a new one.
    """
    received_at = getattr(request, "received_at", timezone.now())
    campaign = _taking(slug)
    if not policies.takes_entries(campaign, received_at) and request.method != "POST":
        return redirect(campaign)
    questions = selectors.questions(campaign)
    step = request.POST.get("do", "") if request.method == "POST" else ""
    if step == "resume":
        return _resumed(request, campaign, questions)
    given = {"campaign": campaign, "questions": questions}
    if request.method != "POST":
        return _form(request, campaign, EnterForm(initial={"uid": uuid.uuid4()}, **given))
    uid = photos.form_uid(request)
    posted = request.POST.copy()
    posted["uid"] = str(uid)
    form = EnterForm(posted, request.FILES, **given)
    sent = selectors.sent_before(campaign, uid)
    if sent and not (step == "send" and form.is_valid() and services.is_of(sent, form.entrant())):
        return _sent_already(request, campaign, form, received_at)
    photos.keep_all(request, form, campaign, uid, received_at)
    if "drop" in request.POST:
        photos.drop_asked(request, campaign, uid, received_at)
    if step == "later":
        return _put_aside(request, campaign, uid, form)
    if step != "send":
        return _again(request, campaign, uid, form, given)
    if form.is_valid():
        try:
            entry = services.receive_entry(
                campaign=campaign,
                uid=uid,
                entrant=form.entrant(),
                answers=form.answers(),
                in_gallery=form.cleaned_data.get("in_gallery", False),
                received_at=received_at,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            _open_in(request, entry)
            if sent and entry.answers != form.answers():
                messages.info(
                    request,
                    gettext(
                        "This was sent already, and what was sent first is kept. Until the close it can be corrected here."
                    ),
                )
            return redirect("entries:mine")
    return _form(request, campaign, form, uid=uid)


def _sent_already(request: HttpRequest, campaign: Campaign, form: EnterForm, received_at: datetime) -> HttpResponse:
    """Show what was typed under a new uid: whoever sends it again from here has an entry of their own, with their own photos."""
    form.data["uid"] = uid = uuid.uuid4()
    photos.keep_all(request, form, campaign, uid, received_at)
    form.add_error(None, str(services.SentAlready()))
    return _form(request, campaign, form, uid=uid, sent=True)


def _form(
    request: HttpRequest,
    campaign: Campaign,
    form: EnterForm,
    resume: ResumeForm | None = None,
    uid: Any = None,
    *,
    sent: bool = False,
) -> HttpResponse:
    faulty = bool(form.errors) or bool(resume and resume.errors)
    context = {
        "campaign": campaign,
        "form": form,
        "resume": resume or ResumeForm(prefix="resume"),
        "photos": photos.beside(campaign, uid) if uid else [],
        "sent": sent,
    }
    return render(request, "campaigns/enter.html", context, status=400 if faulty else 200)


def _again(
    request: HttpRequest, campaign: Campaign, uid: uuid.UUID, form: EnterForm, given: dict[str, Any]
) -> HttpResponse:
    """Show the form as it was typed, after a photo was added to it or taken out; only what is wrong with photos is said."""
    wrong = form.errors.get("photos", [])
    fresh = EnterForm(initial={**form.typed(), "uid": uid}, **given)
    for sentence in wrong:
        messages.error(request, sentence)
    return _form(request, campaign, fresh, uid=uid)


def _put_aside(request: HttpRequest, campaign: Campaign, uid: uuid.UUID, form: EnterForm) -> HttpResponse:
    try:
        code = services.keep_unfinished(campaign=campaign, uid=uid, typed=form.typed())
    except DomainError as error:
        form.add_error(None, str(error))
        return _form(request, campaign, form, uid=uid)
    shown = "-".join(code[start : start + 4] for start in range(0, len(code), 4))
    context = {"campaign": campaign, "code": shown, "wrong": form.errors.get("photos", [])}
    return render(request, "campaigns/put_aside.html", context)


def _resumed(request: HttpRequest, campaign: Campaign, questions: list[Any]) -> HttpResponse:
    ratelimit.consume(request, app="allauth.account", action="entry", raise_exception=True)
    resume = ResumeForm(request.POST, prefix="resume")
    kept = services.unfinished_of(campaign, resume.cleaned_data["code"]) if resume.is_valid() else None
    if kept is None:
        resume.add_error("code", gettext("No form is kept under this code: it was sent, or its thirty days are over."))
        initial: dict[str, Any] = {"uid": uuid.uuid4()}
    else:
        initial = {**kept.typed, "uid": kept.uid}
        messages.info(request, gettext("Here is what you had typed."))
    form = EnterForm(initial=initial, campaign=campaign, questions=questions)
    return _form(request, campaign, form, resume if kept is None else None, initial["uid"])


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD"])
def scan(request: HttpRequest, code: str) -> HttpResponse:
    """What the QR code of a receipt opens: at a desk its collector's page for this entry, for all others the look-up.

    Whether there is such an entry is told at the desk alone.
    """
    if request.user.is_authenticated:
        desks = Desk.objects.kept_by(request.user, timezone.localdate())
        desk = desks.filter(campaign__entries__code=codes.as_kept(code)).order_by("pk").first()
        if desk:
            return redirect("desks:count", desk.pk, codes.as_kept(code))
    return redirect("entries:lookup")


# --- one's own entries ------------------------------------------------------------------------------------------------------


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def lookup(request: HttpRequest) -> HttpResponse:
    """Open an entry by its code and the contact given with it. Which of both is wrong is not said, nor whether the code exists."""
    form = LookupForm(request.POST or None)
    if request.method == "POST":
        ratelimit.consume(request, app="allauth.account", action="entry", raise_exception=True)
        if form.is_valid():
            phone, email = duplicates.contact_keys(form.cleaned_data["contact"])
            rows = Entry.objects.filter(code=codes.as_kept(form.cleaned_data["code"]))
            rows = rows.filter(phone=phone) if phone else rows.filter(email=email)
            entry = rows.first() if phone or email else None
            if entry:
                _open_in(request, entry)
                return redirect("entries:mine")
            form.add_error(None, gettext("No entry is found under this code and this contact. Please compare both."))
    context = {"form": form, "opened": bool(opened.opened(request, SESSION_KEY))}
    return render(request, "campaigns/lookup.html", context, status=400 if form.errors else 200)


@login_not_required
@never_cache
@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Close what this browser has open: whoever holds the telephone next finds nothing of it."""
    opened.close(request, SESSION_KEY)
    messages.success(request, gettext("Nothing of yours is open on this device any more."))
    return redirect("entries:lookup")


def of_mine(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Give a view the entry that its address names, if this browser has it open; else it is not there."""

    @wraps(view)
    def found(request: HttpRequest, code: str, **more: Any) -> HttpResponseBase:
        entry = next((row for row in _opened(request) if row.code == codes.as_kept(code)), None)
        if entry is None:
            raise Http404
        return view(request, entry, **more)

    return login_not_required(never_cache(found))


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD"])
def mine(request: HttpRequest) -> HttpResponse:
    """Show the entries that this browser has open: the receipt, what is missing, what can be done."""
    entries = _opened(request)
    return _mine(request, entries) if entries else redirect("entries:lookup")


def _mine(request: HttpRequest, entries: list[Entry], typed: dict[int, ContactForm] | None = None) -> HttpResponse:
    """Show entries; `typed` are contacts that can't be taken as they are, by the ids of their entries."""
    now, typed = timezone.now(), typed or {}
    told = outcomes.outcomes(entries, now)
    # Of what is decided nothing is missing any more, and no desk waits.
    missing = chain.missing_of([entry for entry in entries if not told[entry.pk].published])
    receipts = chain.hand_ins_of(entries)
    waited_for = {entry.campaign_id for entry in entries if policies.takes_in(entry.campaign)}
    desks = chain.desks_of(waited_for, timezone.localdate()) if waited_for else {}
    out = judging_selectors.left_out(entries, missing)
    off = selectors.why_called_off(entry.campaign for entry in entries)
    rows = [
        {
            "entry": entry,
            "campaign": entry.campaign,
            "to_prove": entry.state == EntryState.RECEIVED and bool(entry.phone or entry.email),
            "correctable": policies.can_correct(entry, entry.campaign, now),
            "running": entry.state not in OUT_STATES,
            "waited_for": entry.state not in OUT_STATES and entry.campaign.state != CampaignState.CANCELLED,
            "why_off": off.get(entry.campaign_id, ""),
            "missing": missing.get(entry.pk, {}) if entry.pk not in out else {},
            "left_out": out.get(entry.pk),
            "receipts": receipts[entry.pk],
            "desks": desks.get(entry.campaign_id, []),
            "pictures": selectors.pictures(entry.photos.all(), _address),
            "waiting": [photo for photo in entry.photos.all() if photo.state == PhotoState.WAITING],
            "refused": [photo for photo in entry.photos.all() if photo.state == PhotoState.REFUSED],
            "address": scan_address(entry),
            "code_form": CodeForm(auto_id=f"id_{entry.code}_%s"),
            "contact_form": typed.get(entry.pk) or _contact_form(entry),
            "outcome": told[entry.pk],
        }
        for entry in entries
    ]
    return render(request, "campaigns/mine.html", {"rows": rows}, status=400 if typed else 200)


def scan_address(entry: Entry) -> str:
    """Return what a receipt's square says: the address at which a collector's telephone finds the entry, and any other the look-up."""
    return settings.SITE_URL + reverse("entries:scan", args=[entry.code])


def _contact_form(entry: Entry, data: Any = None) -> ContactForm:
    shown = {"phone": entry.phone, "email": entry.email}
    return ContactForm(data, initial=shown, auto_id=f"id_{entry.code}_%s")


def _address(photo: Photo, size: str) -> str:
    return reverse("entries:photo", args=[photo.entry.code, photo.pk, size])  # type: ignore[union-attr]


def done(request: HttpRequest, sentence: str, call: Callable[[], Any]) -> HttpResponse:
    return answering.done(request, sentence, call, "entries:mine")


@require_POST
@sensitive_post_parameters("code")
@of_mine
def prove(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Prove the contact with the six digits that were sent to it."""
    typed = request.POST.get("code", "")
    sentence = gettext("Thank you. Your contact is confirmed.")
    return done(request, sentence, lambda: services.confirm_contact(entry=entry, typed=typed))


@require_POST
@of_mine
def prove_again(request: HttpRequest, entry: Entry) -> HttpResponse:
    return done(request, gettext("A new code is on its way."), lambda: services.send_proof_again(entry=entry))


@require_POST
@sensitive_post_parameters()
@of_mine
def correct_contact(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Put right how one is reached, as long as that is not confirmed; the new code goes there."""
    ratelimit.consume(request, app="allauth.account", action="entry", raise_exception=True)
    form = _contact_form(entry, request.POST)
    if form.is_valid():
        opened.expect(request, SESSION_KEY, entry.pk, known_by=_known_by(**form.cleaned_data))
        try:
            entry = services.correct_contact(entry=entry, **form.cleaned_data)
        except IllegalMove as error:
            # Confirmed from another tab: there is no box any more beside which this could be said.
            return answering.refused(request, str(error), "entries:mine", "")
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, gettext("Corrected. A new code is on its way there."))
            return redirect("entries:mine")
        finally:
            _open_in(request, entry)
    return _mine(request, _opened(request), {entry.pk: form})


@require_http_methods(["GET", "HEAD", "POST"])
@of_mine
def correct(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Change the answers, until the close."""
    if request.method != "POST" and not policies.can_correct(entry, entry.campaign, timezone.now()):
        return redirect("entries:mine")
    form, kept = take_correction(request, entry)
    if kept:
        messages.success(request, gettext("Your entry is corrected."))
        return redirect("entries:mine")
    return render(request, "campaigns/correct.html", around_correction(entry, form), status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD"])
@of_mine
def photo(request: HttpRequest, entry: Entry, pk: int, size: str) -> HttpResponseBase:
    """Send one size of a photo of an entry that this browser has open."""
    return photos.shown(next((row for row in entry.photos.all() if row.pk == pk), None), size)


@require_POST
@of_mine
def add_photo_to_mine(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Take one photo more for an entry that this browser has open, until the close."""
    return photos.take_one(request, entry.campaign, entry.uid)


@require_http_methods(["GET", "HEAD", "POST"])
@of_mine
def withdraw(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Take an entry out; GET asks, while there is something to take out."""
    if request.method != "POST":
        if entry.state not in ENTRY_MOVES[EntryMove.WITHDRAW].sources:
            return redirect("entries:mine")
        return render(request, "campaigns/withdraw.html", {"entry": entry, "campaign": entry.campaign})
    return done(request, gettext("Your entry is withdrawn."), lambda: services.withdraw_entry(entry=entry))
