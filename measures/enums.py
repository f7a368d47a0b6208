"""States, moves and choices of collective measures, their votes and their actions."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from network.enums import Move


class MeasureState(TextChoices):
    DRAFT = "draft", _("draft")
    REVIEW = "review", _("open for comments")
    PARITY = "parity", _("both texts confirmed as equal")
    OPEN = "open", _("open for the vote")
    MEDIATION = "mediation", _("in mediation")
    ADOPTED = "adopted", _("adopted")
    NOT_ADOPTED = "not_adopted", _("not adopted")
    SUPERSEDED = "superseded", _("superseded")
    WITHDRAWN = "withdrawn", pgettext_lazy("state of a measure", "withdrawn")


class MeasureMove(TextChoices):
    CREATE = "create", pgettext_lazy("move of a measure", "begun")
    SUBMIT = "submit", _("opened for comments")
    TAKE_BACK = "take_back", _("taken back by its authors")
    CONFIRM = "confirm", _("both texts confirmed as equal")
    UNCONFIRM = "unconfirm", _("edited: both texts are to be compared again")
    OPEN = "open", _("opened for the vote")
    MEDIATE = "mediate", _("closed with objections: mediation begun")
    ADOPT = "adopt", pgettext_lazy("move of a measure", "adopted")
    REJECT = "reject", _("not adopted")
    AMEND = "amend", _("amended for a new vote")
    SUPERSEDE = "supersede", _("superseded by a newer measure")
    REVOKE = "revoke", _("ended by a newer measure")
    WITHDRAW = "withdraw", pgettext_lazy("move of a measure", "withdrawn")


_S = MeasureState
MEASURE_MOVES = {
    MeasureMove.CREATE: Move(frozenset({""}), _S.DRAFT),
    MeasureMove.SUBMIT: Move(frozenset({_S.DRAFT}), _S.REVIEW),
    MeasureMove.TAKE_BACK: Move(frozenset({_S.REVIEW, _S.PARITY}), _S.DRAFT),
    MeasureMove.CONFIRM: Move(frozenset({_S.REVIEW}), _S.PARITY),
    MeasureMove.UNCONFIRM: Move(frozenset({_S.PARITY}), _S.REVIEW),
    MeasureMove.OPEN: Move(frozenset({_S.PARITY}), _S.OPEN),
    MeasureMove.MEDIATE: Move(frozenset({_S.OPEN}), _S.MEDIATION),
    MeasureMove.ADOPT: Move(frozenset({_S.OPEN, _S.MEDIATION}), _S.ADOPTED),
    MeasureMove.REJECT: Move(frozenset({_S.OPEN, _S.MEDIATION}), _S.NOT_ADOPTED),
    MeasureMove.AMEND: Move(frozenset({_S.MEDIATION, _S.NOT_ADOPTED}), _S.REVIEW),
    # What all sides have adopted, only all sides can end: by another measure that they adopt.
    MeasureMove.SUPERSEDE: Move(frozenset({_S.ADOPTED, _S.NOT_ADOPTED}), _S.SUPERSEDED),
    MeasureMove.REVOKE: Move(frozenset({_S.ADOPTED}), _S.WITHDRAWN),
    MeasureMove.WITHDRAW: Move(
        frozenset({_S.DRAFT, _S.REVIEW, _S.PARITY, _S.OPEN, _S.MEDIATION, _S.NOT_ADOPTED}), _S.WITHDRAWN
    ),
}
# In these the authors write.
WRITABLE_STATES = (_S.DRAFT, _S.REVIEW, _S.PARITY, _S.MEDIATION, _S.NOT_ADOPTED)
# In these every member reads it.
SHARED_STATES = (_S.REVIEW, _S.PARITY, _S.OPEN, _S.MEDIATION, _S.NOT_ADOPTED)
# In these a text stands that was compared in both languages.
COMPARED_STATES = (_S.PARITY, _S.OPEN, _S.MEDIATION, _S.ADOPTED)
# In these it was once adopted, or is.
ONCE_ADOPTED = (_S.ADOPTED, _S.SUPERSEDED)


class Effect(TextChoices):
    """What becomes of another measure once this one is adopted."""

    SUPERSEDE = "supersede", _("It takes the other’s place")
    REVOKE = "revoke", _("It ends the other")


MOVE_OF_EFFECT = {Effect.SUPERSEDE: MeasureMove.SUPERSEDE, Effect.REVOKE: MeasureMove.REVOKE}


class Audience(TextChoices):
    """Who reads a measure once it is adopted."""

    EVERYBODY = "everybody", _("Everybody, on the public pages")
    MEMBERS = "members", _("Members only")


class AuthorState(TextChoices):
    INVITED = "invited", _("invited")
    ACCEPTED = "accepted", pgettext_lazy("of a measure", "author")
    LEFT = "left", _("no longer an author")


class Method(TextChoices):
    CONSENT = "consent", _("Consent: adopted when nobody objects")
    CONSENSUS = "consensus", _("Consensus: agree, abstain, stand aside, or block with a reason")
    MAJORITY = "majority", _("Majority on each side")


class Choice(TextChoices):
    AGREE = "agree", _("I agree")
    ABSTAIN = "abstain", _("I abstain")
    STAND_ASIDE = "stand_aside", _("I stand aside: not my choice, but I will not stop it")
    DISAGREE = "disagree", _("I disagree")
    BLOCK = "block", _("I object: this must not be adopted as it is")


# The same where votes are counted.
COUNTED_AS = {
    Choice.AGREE: pgettext_lazy("votes", "Agreed"),
    Choice.ABSTAIN: pgettext_lazy("votes", "Abstained"),
    Choice.STAND_ASIDE: pgettext_lazy("votes", "Stood aside"),
    Choice.DISAGREE: pgettext_lazy("votes", "Disagreed"),
    Choice.BLOCK: pgettext_lazy("votes", "Objected"),
}
CHOICES_OF = {
    Method.CONSENT: (Choice.AGREE, Choice.ABSTAIN, Choice.BLOCK),
    Method.CONSENSUS: (Choice.AGREE, Choice.ABSTAIN, Choice.STAND_ASIDE, Choice.BLOCK),
    Method.MAJORITY: (Choice.AGREE, Choice.ABSTAIN, Choice.DISAGREE),
}
# A reason is asked with these; it is shown after the close, without name and side.
REASONED = frozenset({Choice.BLOCK})


class Secrecy(TextChoices):
    SECRET = "secret", _("Secret: nobody ever learns who voted how")
    NAMED = "named", _("Open: after the close members see who voted how")


class Electorate(TextChoices):
    MEMBERS = "members", _("All active members")
    SESSION = "session", _("Those who were present in the session")


class Leaning(TextChoices):
    """What a member thinks of a draft before any vote."""

    AGREE = "agree", _("I would agree")
    PASS = "pass", _("I am not sure")
    DISAGREE = "disagree", _("I would not agree")


class ActionState(TextChoices):
    PLANNED = "planned", pgettext_lazy("state of an action", "planned")
    IN_PROGRESS = "in_progress", _("in progress")
    CLAIMED = "claimed", _("reported as done")
    CONFIRMED = "confirmed", _("done, and confirmed by the other side")
    DROPPED = "dropped", _("dropped")


class ActionMove(TextChoices):
    PLAN = "plan", pgettext_lazy("move of an action", "planned")
    START = "start", pgettext_lazy("move of an action", "begun")
    CLAIM = "claim", _("reported as done")
    CONFIRM = "confirm", _("confirmed by the other side")
    RETURN = "return", _("not confirmed yet")
    DROP = "drop", _("dropped")


_A = ActionState
ACTION_MOVES = {
    ActionMove.PLAN: Move(frozenset({""}), _A.PLANNED),
    ActionMove.START: Move(frozenset({_A.PLANNED}), _A.IN_PROGRESS),
    ActionMove.CLAIM: Move(frozenset({_A.PLANNED, _A.IN_PROGRESS}), _A.CLAIMED),
    ActionMove.CONFIRM: Move(frozenset({_A.CLAIMED}), _A.CONFIRMED),
    ActionMove.RETURN: Move(frozenset({_A.CLAIMED}), _A.IN_PROGRESS),
    ActionMove.DROP: Move(frozenset({_A.PLANNED, _A.IN_PROGRESS, _A.CLAIMED}), _A.DROPPED),
}
UNFINISHED_ACTIONS = (_A.PLANNED, _A.IN_PROGRESS, _A.CLAIMED)


class News(TextChoices):
    """What somebody can follow of measures."""

    REVIEW = "review", _("A draft is open for comments")
    VOTE = "vote", _("A vote is opened or closed")
    OUTCOME = "outcome", _("A measure is adopted, not adopted, or ended")
    ACTION = "action", _("Something happened to an action")
