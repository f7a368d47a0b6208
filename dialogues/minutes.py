"""Reads about minutes: their revisions, who must not be named in them, how many were there."""

import hashlib
import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from dialogues import policies, publication, selectors
from dialogues.enums import EXPECTED_STATES, LIVE_STATES, MinutesMove, SessionState
from dialogues.models import Attribution, Decision, Minutes, MinutesRevision, Registration, Session, Statement, WalkIn
from network import disclosure, search, selectors as network_selectors
from network.models import District, Municipality, Practitioner, Region, Transition

ABROAD = ""
WRITABLE_STATES = (SessionState.PUBLISHED, SessionState.HELD, SessionState.CLOSED)
TO_WRITE_SHOWN = 5


def of_session(session: Session) -> Minutes | None:
    found = Minutes.objects.filter(session=session).select_related("published_revision").first()
    if found:
        found.session = session
    return found


def under_rule(session: Session, minutes: Minutes | None) -> bool:
    """Tell whether these minutes keep to the Chatham House Rule: the session is under it, or was when they were written."""
    return session.chatham_house or (minutes is not None and minutes.chatham_house)


def with_decisions(revisions: QuerySet[MinutesRevision]) -> QuerySet[MinutesRevision]:
    decisions = Decision.objects.select_related("side").order_by("position")
    return revisions.prefetch_related(Prefetch("decisions", decisions))


def latest(minutes: Minutes | None) -> MinutesRevision | None:
    """Return the last revision with its decisions."""
    if minutes is None:
        return None
    return with_decisions(MinutesRevision.objects.filter(minutes=minutes)).order_by("-number").first()


def revision(minutes: Minutes, number: int) -> MinutesRevision | None:
    return with_decisions(MinutesRevision.objects.filter(minutes=minutes, number=number)).first()


def revisions(minutes: Minutes) -> QuerySet[MinutesRevision]:
    """Return all revisions, the last one first, with who wrote them as far as that is kept."""
    rows = MinutesRevision.objects.filter(minutes=minutes).defer("text_ar", "text_en", "text")
    return rows.select_related("attribution").order_by("-number")


def statements(minutes: Minutes | None, session: Session) -> list[dict[str, Any]]:
    """Return the notes with what may be shown beside them: a side, and while it is kept who said it."""
    if minutes is None:
        return []
    rows = Statement.objects.filter(minutes=minutes).select_related("side", "attribution__speaker").order_by("pk")
    labelled = disclosure.groups_to_show(present(session)) if under_rule(session, minutes) else None
    return [
        {
            "row": row,
            "side": row.side if row.side and (labelled is None or row.side.pcode in labelled) else None,
            "speaker": getattr(getattr(row, "attribution", None), "speaker", None),
        }
        for row in rows
    ]


def speakers(session: Session, user: Any) -> QuerySet[Practitioner]:
    """Return those of whom a note may say that they spoke, as far as the note-taker may see them by name."""
    expected = Registration.objects.filter(session=session, state__in=EXPECTED_STATES)
    there = Q(pk__in=expected.values("practitioner_id")) | Q(pk__in=session.facilitators.values("pk"))
    return Practitioner.objects.visible_to(user).filter(there).order_by("search", "pk")


def present(session: Session) -> dict[str, int]:
    """Return how many were there, by P-code of the side, "" for abroad."""
    return {row["side"].pcode if row["side"] else ABROAD: row["present"] for row in selectors.counts_by_side(session)}


def presence(session: Session) -> dict[str, Any]:
    """Return how many were there as it may be told; sides of which nothing is told are left out, whatever the reason."""
    told = disclosure.tell(present(session))
    return {
        "groups": [[side, str(count)] for side, count in told.groups.items()],
        "total": told.total,
        "hides": told.hides,
    }


def told_presence(minutes: Minutes) -> list[tuple[Region | None, str]]:
    """Return the figures that were kept at the publication, each with its side."""
    groups = minutes.presence.get("groups", [])
    if not groups:
        return []
    regions = {region.pcode: region for region in Region.objects.all()}
    return [(regions.get(pcode), figure) for pcode, figure in groups]


# --- the look before publication ----------------------------------------------------------------------------------------


def _places() -> dict[str, str]:
    """Return the names of all places as they are compared, each with its name in the other language."""
    rows = [
        *Municipality.objects.values_list("name_ar", "name_en"),
        *District.objects.values_list("name_ar", "name_en"),
    ]
    both = [(arabic, english) for arabic, english in rows if arabic and english]
    return {search.fold(here): there for pair in both for here, there in (pair, pair[::-1])}


def _in_both_languages(workplace: str, places: dict[str, str]) -> list[str]:
    """Return a place of work as it was written, and with the name of its town in the other language: Tripoli is no spelling of طرابلس."""
    folded = f" {search.fold(workplace)} "
    towns = [town for town in places if f" {town} " in folded]
    return [workplace, *(folded.replace(f" {town} ", f" {places[town]} ") for town in towns)] if workplace else []


def _person(person: Practitioner, places: dict[str, str]) -> publication.Person:
    return publication.Person(
        names=tuple(filter(None, (person.name_ar, person.name_latin))),
        workplaces=tuple(_in_both_languages(person.workplace, places)),
        contacts=tuple(filter(None, (person.user.email, person.user.phone))),
    )


def who_was_there(session: Session) -> list[publication.Person]:
    """Return everybody of whom published minutes may not tell: with a place in the session, leading it, hosting a room, walked in."""
    registered = Registration.objects.filter(session=session, state__in=LIVE_STATES)
    people = Practitioner.objects.filter(
        Q(pk__in=registered.values("practitioner_id"))
        | Q(pk__in=session.facilitators.values("pk"))
        | Q(pk__in=session.sites.filter(local_host__isnull=False).values("local_host_id"))
    )
    places = _places()
    walked = WalkIn.objects.present().filter(session=session).order_by("pk")
    return [
        *(_person(person, places) for person in people.select_related("user").order_by("pk")),
        *(publication.Person(names=(row.name,), contacts=(row.phone,)) for row in walked),
    ]


def texts(written: MinutesRevision) -> list[publication.Text]:
    """Return all that readers of a revision would see, language by language."""
    found = [publication.Text(code, getattr(written, f"text_{code}") or "") for code, _ in settings.LANGUAGES]
    for decision in written.decisions.all():
        found += [
            publication.Text(code, getattr(decision, f"text_{code}") or "", decision.position)
            for code, _ in settings.LANGUAGES
        ]
    return [text for text in found if text.text]


def look(session: Session, written: MinutesRevision) -> list[publication.Finding]:
    """Look through a revision for whoever was there."""
    return publication.look(texts(written), who_was_there(session), known=_known(session))


def names_in(session: Session, text: str) -> bool:
    """Tell whether a sentence of a coordinator names somebody who was there."""
    found = publication.look([publication.Text("", text)], who_was_there(session), known=_known(session))
    return any(finding.sure for finding in found)


def _known(session: Session) -> str:
    sites = [name for site in session.sites.all() for name in (site.name_ar, site.name_en)]
    return " ".join(filter(None, [session.title_ar, session.title_en, *sites, *_places()]))


# --- readers ------------------------------------------------------------------------------------------------------------


def concerned(session: Session, practitioner: Practitioner) -> bool:
    """Tell whether a member was invited, had a place in the session, or leads it."""
    places = Registration.objects.live().filter(session=session, practitioner=practitioner)
    return (
        selectors.is_invited(session, practitioner)
        or places.exists()
        or session.facilitators.filter(pk=practitioner.pk).exists()
    )


def published(session: Session, reader: Any, practitioner: Practitioner | None) -> Minutes | None:
    """Return the published minutes of a session whose page this reader may see, if they are for them."""
    found = Minutes.objects.published().filter(session=session).first()
    if found is None:
        return None
    reads = policies.reads_minutes(
        found.audience,
        member=practitioner is not None,
        concerned=practitioner is not None and concerned(session, practitioner),
        staff=policies.can_read_drafts(reader, session),
    )
    return found if reads else None


def my_page(practitioner: Practitioner) -> dict[str, Any]:
    """Return what a member's own page shows of minutes."""
    return {"sessions": to_write(practitioner, timezone.now())}


def to_write(practitioner: Practitioner, now: datetime) -> list[Session]:
    """Return the sessions that a member leads and whose minutes are not published yet."""
    led = Session.objects.filter(facilitators=practitioner, state__in=WRITABLE_STATES, starts_at__lte=now)
    return list(led.exclude(minutes__published_on__isnull=False).order_by("-starts_at", "pk")[:TO_WRITE_SHOWN])


# --- attributions -------------------------------------------------------------------------------------------------------


def steps(minutes: Minutes) -> QuerySet[Transition]:
    return network_selectors.steps(minutes)


def to_purge(now: datetime) -> QuerySet[Minutes]:
    """Return the minutes under the Rule whose session was closed longer ago than attributions are kept, and that have any."""
    closed = Q(ended__lte=now - settings.ATTRIBUTIONS_KEPT)
    rows = Minutes.objects.annotate(ended=Coalesce("session__closed_at", "session__ends_at"))
    attributed = Attribution.objects.filter(Q(revision__isnull=False) | Q(statement__isnull=False))
    purged = Transition.objects.filter(subject_type=Minutes._meta.label_lower, move=MinutesMove.PURGE)
    return (
        rows.filter(closed, Q(chatham_house=True) | Q(session__chatham_house=True))
        .filter(
            ~Q(pk__in=purged.values("subject_id"))
            | Q(pk__in=attributed.values("revision__minutes_id"))
            | Q(pk__in=attributed.values("statement__minutes_id"))
        )
        .order_by("pk")
    )


def digest(minutes: Minutes) -> str:
    """Return the SHA-256 of all that is kept of minutes: texts, decisions, notes with their sides."""
    kept = {
        "revisions": list(
            MinutesRevision.objects.filter(minutes=minutes)
            .order_by("number")
            .values_list("number", "text_ar", "text_en", "written_on")
        ),
        "decisions": list(
            Decision.objects.filter(revision__minutes=minutes)
            .order_by("revision__number", "position")
            .values_list("revision__number", "position", "text_ar", "text_en", "responsible", "side_id", "due")
        ),
        "statements": list(
            Statement.objects.filter(minutes=minutes).order_by("pk").values_list("text", "side_id", "noted_on")
        ),
    }
    return hashlib.sha256(json.dumps(kept, ensure_ascii=False, default=str).encode()).hexdigest()


def my_copy(practitioner: Practitioner) -> list[dict[str, Any]]:
    """Return what minutes keep about a person: which revisions and notes they wrote, and the notes of what they said."""
    rows = Attribution.objects.filter(Q(written_by_id=practitioner.user_id) | Q(speaker=practitioner)).select_related(
        "revision__minutes__session", "statement__minutes__session"
    )
    return [_copied(row, practitioner) for row in rows.order_by("pk")]


def _copied(row: Attribution, practitioner: Practitioner) -> dict[str, Any]:
    subject: Any = row.revision or row.statement
    session = subject.minutes.session
    mine = row.written_by_id == practitioner.user_id
    said = row.statement.text if row.statement and row.speaker_id == practitioner.pk else ""
    return {
        "session__title_ar": session.title_ar,
        "session__title_en": session.title_en,
        "written_at": row.written_at if mine else None,
        "revision": row.revision.number if row.revision else None,
        "what_i_said": said,
    }
