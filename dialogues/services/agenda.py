from collections.abc import Collection

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues import policies
from dialogues.enums import AgendaKind
from dialogues.models import AgendaItem, Session
from dialogues.services.seats import lock
from dialogues.services.sessions import NotYourSession
from dialogues.suggestions import Suggestion
from network.enums import DomainError
from network.models import Practitioner, User
from network.services import record_edit

LONGEST_TITLE, LONGEST_NOTE = 160, 1000


class OutsideTheSession(DomainError):
    message = _("“%(title)s” does not lie within the session. Please change its time, or that of the session.")


def _locked(session: Session, by: User) -> Session:
    if not policies.can_manage(by, session):
        raise NotYourSession
    session = lock(session)
    if not policies.can_manage(by, session):
        raise NotYourSession
    return session


@transaction.atomic
def save_agenda_item(
    *, item: AgendaItem, changed: Collection[str], by: User, speakers: Collection[Practitioner] | None = None
) -> AgendaItem:
    """Keep a new item, or the changed fields of one. An item without a time (`offset` None) follows the last.

    Speakers whom the coordinator can't see stay. Raises OutsideTheSession.
    """
    session, now = _locked(item.session, by), timezone.now()
    others = session.agenda_items.exclude(pk=item.pk)
    if item.offset is None:
        item.offset = others.aggregate(end=Max(F("offset") + F("minutes")))["end"] or 0
    if item.offset < 0 or item.offset + item.minutes > (session.ends_at - session.starts_at).total_seconds() / 60:
        raise OutsideTheSession(title=item.title)
    if item.pk is None:
        item.save()
        note = {"added_item": item.pk}
    else:
        kept = AgendaItem.objects.select_for_update(of=("self",)).get(pk=item.pk, session=session)
        fields = [f.name for f in AgendaItem._meta.concrete_fields if f.name in set(changed)]
        for field in fields:
            setattr(kept, field, getattr(item, field))
        kept.save(update_fields=fields)
        item = kept
        note = {"item": item.pk, "fields": sorted(changed)} if changed else {}
    if speakers is not None:
        hidden = item.speakers.exclude(pk__in=Practitioner.objects.visible_to(by).values("pk"))
        item.speakers.set([*speakers, *hidden])
    record_edit(session, changed=note, by=by, at=now)
    return item


@transaction.atomic
def take_suggestion(*, session: Session, suggestion: Suggestion, by: User) -> AgendaItem:
    """Put what was suggested on the agenda, after the last item; taking it twice is the same as once. Raises OutsideTheSession."""
    kept = _locked(session, by)
    known = kept.agenda_items.filter(origin=suggestion.key).first()
    if known:
        return known
    item = AgendaItem(
        session=kept,
        kind=AgendaKind.DISCUSSION,
        minutes=suggestion.minutes,
        title_ar=_shortened(suggestion.title_ar, LONGEST_TITLE),
        title_en=_shortened(suggestion.title_en, LONGEST_TITLE),
        note_ar=_shortened(suggestion.note_ar, LONGEST_NOTE),
        note_en=_shortened(suggestion.note_en, LONGEST_NOTE),
        origin=suggestion.key,
    )
    return save_agenda_item(item=item, changed=(), by=by)


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


@transaction.atomic
def remove_agenda_item(*, item: AgendaItem, by: User) -> None:
    """Take an item off the agenda; its materials stay with the session."""
    session = _locked(item.session, by)
    pk = item.pk
    session.agenda_items.filter(pk=pk).delete()
    record_edit(session, changed={"removed_item": pk}, by=by, at=timezone.now())
