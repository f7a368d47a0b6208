"""What becomes of somebody's part in measures when they leave, are suspended, change side, or are erased."""

from django.db import transaction

from measures import notices, selectors
from measures.enums import AuthorState
from measures.models import Action, Author, Comment, Following, LeaningVote, Measure
from measures.services import actions, drafting
from network.models import Practitioner, User


@transaction.atomic
def give_up_measures(*, practitioner: Practitioner, by: User) -> None:
    """Give up what somebody writes, owns and follows.

    Another author leads; a measure that nobody writes any more and that was not voted on is withdrawn. An action goes to an author of
    its measure who is of another side than the other owner, who leads first; where there is none, the coordinators are asked to find
    somebody. What they have voted stays: it is on the roll, and nobody can tell which ballot it is.
    """
    Author.objects.filter(practitioner=practitioner, state=AuthorState.INVITED).delete()
    for measure in Measure.objects.written_by(practitioner).order_by("pk"):
        drafting.stop_writing(measure=measure, practitioner=practitioner, by=by)
    for action in Action.objects.owned_by(practitioner).unfinished().order_by("pk"):
        _hand_over(actions.lock(action), practitioner, by)
    LeaningVote.objects.filter(practitioner=practitioner).delete()
    Following.objects.filter(practitioner=practitioner).delete()


def _hand_over(action: Action, owner: Practitioner, by: User) -> None:
    other = action.second_owner if owner.pk == action.first_owner_id else action.first_owner
    for row in selectors.authors(action.measure):
        try:
            actions.put_in_place(action, owner=owner, to=row.practitioner, by=by)
        except actions.SameSide:
            continue
        return
    sides = {action.first_side_id, action.second_side_id}
    asked = selectors.coordinators_of(sides) | selectors.coordinators_of([None])
    notices.tell_owners(
        action,
        "action-without-owner",
        recipients=sorted((asked | {other.user_id}) - {owner.user_id}),
        again=f"without:{owner.pk}",
    )


@transaction.atomic
def forget_measures(*, practitioner: Practitioner) -> None:
    """Erase who somebody was in measures: what was agreed, said and done stays, and is nobody's."""
    Comment.objects.filter(author=practitioner).update(author=None)
    Author.objects.filter(practitioner=practitioner).delete()
    LeaningVote.objects.filter(practitioner=practitioner).delete()
    Following.objects.filter(practitioner=practitioner).delete()
