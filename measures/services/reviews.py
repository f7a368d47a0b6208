"""The day on which a measure is looked at again."""

import uuid
from datetime import date

from django.db import transaction
from django.utils import timezone

from measures import selectors
from measures.enums import AuthorState, Effect, MeasureMove, MeasureState
from measures.models import Author, Measure
from measures.models.measures import COLUMNS
from measures.services.drafting import lock, new_slug, new_version
from network.services import record_transition


def _uid(measure: Measure) -> uuid.UUID:
    """Return the uid of the draft that begins the review of this measure on this day: the same however often it is asked for."""
    return uuid.uuid5(measure.uid, f"review:{measure.review_on}")


@transaction.atomic
def begin_review(*, measure: Measure, today: date) -> Measure | None:
    """Begin the draft that is to take a measure's place, with its words, once its day of review has come.

    Whoever led the measure leads the draft, if they are still active, else the next author; the others are asked to write. They
    learn of it from the digest. Where no author is left there is no draft: it would be nobody's. Returns None where nothing was begun.
    """
    measure, now = lock(measure), timezone.now()
    if measure.state != MeasureState.ADOPTED or measure.review_on is None or measure.review_on > today:
        return None
    if Measure.objects.filter(uid=_uid(measure)).exists():
        return None
    people = [row.practitioner for row in selectors.authors(measure) if row.practitioner.is_active_member]
    if not people or measure.current is None:
        return None
    lead = people[0]
    draft = Measure(
        uid=_uid(measure),
        slug=new_slug(),
        created_at=now,
        topic_id=measure.topic_id,
        audience=measure.audience,
        about=measure,
        effect=Effect.SUPERSEDE,
    )
    draft.save()
    words = {column: getattr(measure.current, column) or "" for column in COLUMNS}
    new_version(draft, words, base=0, note="", by=lead.user)
    draft.save(update_fields=["current", "search"])
    for person in people:
        Author.objects.create(
            measure=draft,
            practitioner=person,
            state=AuthorState.ACCEPTED if person == lead else AuthorState.INVITED,
            lead=person == lead,
            added_at=now,
            added_by=lead.user,
        )
    record_transition(
        draft,
        MeasureMove.CREATE,
        from_state="",
        to_state=draft.state,
        by=None,
        at=now,
        changes={"review_of": measure.pk},
    )
    return draft
