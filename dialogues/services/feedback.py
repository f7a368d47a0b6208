import uuid
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues import policies
from dialogues.enums import RegistrationState
from dialogues.models import FeedbackAnswer, FeedbackGiven, Registration, Session
from dialogues.services.seats import lock
from network import disclosure
from network.enums import DomainError
from network.models import Practitioner, User

SHUFFLED = 500


class FeedbackClosed(DomainError):
    message = _("Feedback on this session is taken from its end for 30 days.")


class WasNotThere(DomainError):
    message = _("Only those who were marked as present are asked how it was.")


class AlreadyAnswered(DomainError):
    message = _("You have answered already. Thank you.")


@transaction.atomic
def give_feedback(*, session: Session, scores: Mapping[str, int], text: str, by: User) -> None:
    """Keep what somebody who was present thought of a session, so that nothing leads from the answer back to them.

    No step is recorded: it would name who wrote it, and when. Raises FeedbackClosed, WasNotThere and AlreadyAnswered.
    """
    session, now = lock(session), timezone.now()
    if not policies.feedback_is_open(session, now):
        raise FeedbackClosed
    mine = Registration.objects.filter(session=session, practitioner__user=by, state=RegistrationState.ATTENDED).first()
    if mine is None:
        raise WasNotThere
    _given, first = FeedbackGiven.objects.get_or_create(
        session=session, practitioner_id=mine.practitioner_id, defaults={"on": timezone.localdate(now)}
    )
    if not first:
        raise AlreadyAnswered
    answer = FeedbackAnswer(session=session, side_id=_side_kept(session, mine), text=text, **scores)
    answer.full_clean(exclude=["session", "side"])
    _write_anew([*session.feedback_answers.all(), answer])


def _side_kept(session: Session, mine: Registration) -> int | None:
    """Return the side that an answer may keep: one of which five were present; none under the Chatham House Rule."""
    if session.chatham_house or mine.side_id is None:
        return None
    present = session.registrations.filter(side_id=mine.side_id, state=RegistrationState.ATTENDED).count()
    return mine.side_id if present >= disclosure.SMALLEST else None


def _write_anew(answers: list[FeedbackAnswer]) -> None:
    """Write all answers of a session under new keys, in the order of these keys, which is random; release what makes up five more."""
    waiting = [answer for answer in answers if not answer.released]
    if len(waiting) >= disclosure.SMALLEST:
        for answer in waiting:
            answer.released = True
    FeedbackAnswer.objects.filter(pk__in=[answer.pk for answer in answers]).delete()
    for answer in answers:
        answer.pk = uuid.uuid4()
    FeedbackAnswer.objects.bulk_create(sorted(answers, key=lambda answer: answer.pk), batch_size=SHUFFLED)


@transaction.atomic
def forget_answering(*, practitioner: Practitioner) -> None:
    """Erase that somebody answered. What they answered stays: nobody knows any more which it was."""
    FeedbackGiven.objects.filter(practitioner=practitioner).delete()
