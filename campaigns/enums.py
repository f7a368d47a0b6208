"""States, moves and choices of campaigns and of what the public enters."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from network.enums import Move


class CampaignKind(TextChoices):
    CONTEST = "contest", _("Contest")
    AWARENESS = "awareness", _("Awareness campaign")
    PLEDGE = "pledge", _("Pledge")


class CampaignState(TextChoices):
    DRAFT = "draft", _("draft")
    ANNOUNCED = "announced", pgettext_lazy("state of a campaign", "announced")
    OPEN = "open", pgettext_lazy("state of a campaign", "open for entries")
    JUDGING = "judging", pgettext_lazy("state of a campaign", "being judged")
    RESULTS = "results", pgettext_lazy("state of a campaign", "results published")
    CLOSED = "closed", pgettext_lazy("state of a campaign", "closed")
    CANCELLED = "cancelled", pgettext_lazy("state of a campaign", "called off")


class CampaignMove(TextChoices):
    ANNOUNCE = "announce", pgettext_lazy("move of a campaign", "announced")
    OPEN = "open", pgettext_lazy("move of a campaign", "opened for entries")
    JUDGE = "judge", pgettext_lazy("move of a campaign", "entries closed")
    PUBLISH = "publish", pgettext_lazy("move of a campaign", "results published")
    CLOSE = "close", pgettext_lazy("move of a campaign", "closed")
    CANCEL = "cancel", pgettext_lazy("move of a campaign", "called off")


_C = CampaignState
CAMPAIGN_MOVES = {
    CampaignMove.ANNOUNCE: Move(frozenset({_C.DRAFT}), _C.ANNOUNCED),
    CampaignMove.OPEN: Move(frozenset({_C.ANNOUNCED}), _C.OPEN),
    CampaignMove.JUDGE: Move(frozenset({_C.OPEN}), _C.JUDGING),
    CampaignMove.PUBLISH: Move(frozenset({_C.JUDGING}), _C.RESULTS),
    CampaignMove.CLOSE: Move(frozenset({_C.OPEN, _C.RESULTS}), _C.CLOSED),
    CampaignMove.CANCEL: Move(frozenset({_C.DRAFT, _C.ANNOUNCED, _C.OPEN, _C.JUDGING}), _C.CANCELLED),
}
# In these everybody reads it.
PUBLIC_STATES = (_C.ANNOUNCED, _C.OPEN, _C.JUDGING, _C.RESULTS, _C.CLOSED, _C.CANCELLED)
# In these what was done for awareness is entered: also afterwards, for reports come late.
REPORTING_STATES = (_C.ANNOUNCED, _C.OPEN, _C.CLOSED)
# In these entries are taken, between the two moments that the campaign names: the clock decides, not the task that moves the state.
TAKING_STATES = (_C.ANNOUNCED, _C.OPEN)
# And in these what had begun to arrive before the end, on a line so slow that the task was there first.
LATE_STATES = (_C.JUDGING, _C.CLOSED)


class QuestionKind(TextChoices):
    LINE = "line", _("One line")
    TEXT = "text", _("Several lines")
    NUMBER = "number", _("A number")
    CHOICE = "choice", _("One of several")
    CONSENT = "consent", _("A consent")


class Counts(TextChoices):
    """What the answer to a question is besides an answer."""

    MADE = "made", _("How many were made")
    WORKPLACE = "works_at", _("Where the entrant works: no juror reads it, and none from there judges")


class EntryState(TextChoices):
    RECEIVED = "received", pgettext_lazy("state of an entry", "received")
    CONFIRMED = "confirmed", pgettext_lazy("state of an entry", "contact confirmed")
    HANDED_IN = "handed_in", pgettext_lazy("state of an entry", "handed in")
    ELIGIBLE = "eligible", pgettext_lazy("state of an entry", "meets the conditions")
    SHORTLISTED = "shortlisted", pgettext_lazy("state of an entry", "shortlisted")
    WINNER = "winner", pgettext_lazy("state of an entry", "winner")
    PLACED = "placed", pgettext_lazy("state of an entry", "placed")
    DISQUALIFIED = "disqualified", pgettext_lazy("state of an entry", "disqualified")
    WITHDRAWN = "withdrawn", pgettext_lazy("state of an entry", "withdrawn")


class EntryMove(TextChoices):
    RECEIVE = "receive", pgettext_lazy("move of an entry", "received")
    CONFIRM = "confirm", pgettext_lazy("move of an entry", "contact confirmed")
    HAND_IN = "hand_in", pgettext_lazy("move of an entry", "handed in")
    FULFIL = "fulfil", pgettext_lazy("move of an entry", "conditions met")
    FALL_SHORT = "fall_short", pgettext_lazy("move of an entry", "conditions no longer met, after a correction")
    TAKE_BACK = "take_back", pgettext_lazy("move of an entry", "nothing is handed in any more, after a correction")
    SHORTLIST = "shortlist", pgettext_lazy("move of an entry", "shortlisted")
    WIN = "win", pgettext_lazy("move of an entry", "won a prize")
    PLACE = "place", pgettext_lazy("move of an entry", "placed")
    DISQUALIFY = "disqualify", pgettext_lazy("move of an entry", "disqualified")
    RESTORE = "restore", pgettext_lazy("move of an entry", "taken back in after an appeal")
    RESTORE_UNPROVED = (
        "restore_unproved",
        pgettext_lazy("move of an entry", "taken back in after an appeal, its contact not confirmed yet"),
    )
    STEP_BACK = "step_back", pgettext_lazy("move of an entry", "no longer the winner of a prize")
    WITHDRAW = "withdraw", pgettext_lazy("move of an entry", "withdrawn")


_E = EntryState
RUNNING_STATES = (_E.RECEIVED, _E.CONFIRMED, _E.HANDED_IN, _E.ELIGIBLE, _E.SHORTLISTED)
ENTRY_MOVES = {
    EntryMove.RECEIVE: Move(frozenset({""}), _E.RECEIVED),
    EntryMove.CONFIRM: Move(frozenset({_E.RECEIVED}), _E.CONFIRMED),
    EntryMove.HAND_IN: Move(frozenset({_E.CONFIRMED}), _E.HANDED_IN),
    EntryMove.FULFIL: Move(frozenset({_E.CONFIRMED, _E.HANDED_IN}), _E.ELIGIBLE),
    EntryMove.FALL_SHORT: Move(frozenset({_E.ELIGIBLE}), _E.HANDED_IN),
    EntryMove.TAKE_BACK: Move(frozenset({_E.HANDED_IN, _E.ELIGIBLE}), _E.CONFIRMED),
    EntryMove.SHORTLIST: Move(frozenset({_E.ELIGIBLE}), _E.SHORTLISTED),
    EntryMove.WIN: Move(frozenset({_E.SHORTLISTED, _E.PLACED}), _E.WINNER),
    EntryMove.PLACE: Move(frozenset({_E.SHORTLISTED}), _E.PLACED),
    EntryMove.STEP_BACK: Move(frozenset({_E.WINNER}), _E.PLACED),
    EntryMove.DISQUALIFY: Move(frozenset({*RUNNING_STATES, _E.WINNER, _E.PLACED}), _E.DISQUALIFIED),
    EntryMove.RESTORE: Move(frozenset({_E.DISQUALIFIED}), _E.CONFIRMED),
    EntryMove.RESTORE_UNPROVED: Move(frozenset({_E.DISQUALIFIED}), _E.RECEIVED),
    EntryMove.WITHDRAW: Move(frozenset({*RUNNING_STATES, _E.WINNER, _E.PLACED}), _E.WITHDRAWN),
}


class RoundKind(TextChoices):
    """How the jurors of a round say what they think."""

    SCREENING = "screening", _("Yes or no")
    SCORES = "scores", _("Marks by criteria")
    RANKING = "ranking", _("Finalists in order")


class RoundState(TextChoices):
    DRAFT = "draft", _("draft")
    OPEN = "open", pgettext_lazy("state of a round", "open")
    PAUSED = "paused", pgettext_lazy("state of a round", "paused")
    CLOSED = "closed", pgettext_lazy("state of a round", "closed")


class RoundMove(TextChoices):
    OPEN = "open", pgettext_lazy("move of a round", "opened")
    PAUSE = "pause", pgettext_lazy("move of a round", "paused")
    GO_ON = "go_on", pgettext_lazy("move of a round", "went on")
    CLOSE = "close", pgettext_lazy("move of a round", "closed")


_R = RoundState
ROUND_MOVES = {
    RoundMove.OPEN: Move(frozenset({_R.DRAFT}), _R.OPEN),
    RoundMove.PAUSE: Move(frozenset({_R.OPEN}), _R.PAUSED),
    RoundMove.GO_ON: Move(frozenset({_R.PAUSED}), _R.OPEN),
    RoundMove.CLOSE: Move(frozenset({_R.OPEN, _R.PAUSED}), _R.CLOSED),
}
RUNNING_ROUNDS = (_R.OPEN, _R.PAUSED)
# An entry in another state is before no juror any more.
JUDGED_STATES = (_E.ELIGIBLE, _E.SHORTLISTED)


class JurorMove(TextChoices):
    NAME = "name", pgettext_lazy("move of a juror", "named")
    PAUSE = "pause", pgettext_lazy("move of a juror", "paused")
    GO_ON = "go_on", pgettext_lazy("move of a juror", "went on")
    END = "end", pgettext_lazy("move of a juror", "taken off the jury")


class ConflictKind(TextChoices):
    """Why a juror does not judge an entry; the first four are found without anybody saying so."""

    MUNICIPALITY = "municipality", _("the same municipality")
    WORKPLACE = "workplace", _("the same facility or organisation")
    PERSON = "person", _("the juror’s own name, telephone or address")
    HANDS = "hands", _("the juror received, counted or typed it")
    FAMILY = "family", _("a relative or friend")
    WORK = "work", _("we work or worked together")
    MONEY = "money", _("I would gain or lose by it")
    KNOWN = "known", _("I recognise whose entry it is")
    OTHER = "other", _("another reason")


AUTOMATIC_CONFLICTS = (ConflictKind.MUNICIPALITY, ConflictKind.WORKPLACE, ConflictKind.PERSON, ConflictKind.HANDS)
DECLARED_CONFLICTS = tuple(kind for kind in ConflictKind if kind not in AUTOMATIC_CONFLICTS)

# In these a pledge counts: its contact is proved, and nobody took it out.
PLEDGED_STATES = (_E.CONFIRMED, _E.HANDED_IN, _E.ELIGIBLE, _E.SHORTLISTED, _E.WINNER, _E.PLACED)
# In these what was counted decides which of the three it is; before them the contact is not proved, after them a jury has chosen.
SETTLED_STATES = (_E.CONFIRMED, _E.HANDED_IN, _E.ELIGIBLE)
# In these a campaign takes in what was made: also while the jury sits.
COUNTING_STATES = (_C.ANNOUNCED, _C.OPEN, _C.JUDGING)


class Why(TextChoices):
    """Why a row that can't be changed is corrected by another. No free words: such rows are kept for ever."""

    MISCOUNTED = "miscounted", pgettext_lazy("why corrected", "counted wrongly")
    MISTYPED = "mistyped", pgettext_lazy("why corrected", "typed wrongly")
    ELSEWHERE = "elsewhere", pgettext_lazy("why corrected", "belongs to another entry or place")
    RETURNED = "returned", pgettext_lazy("why corrected", "given back")
    UNFIT = "unfit", pgettext_lazy("why corrected", "not fit for use after all")


class Sex(TextChoices):
    FEMALE = "female", pgettext_lazy("people reached", "women and girls")
    MALE = "male", pgettext_lazy("people reached", "men and boys")


class AgeGroup(TextChoices):
    """The age groups that national health surveys count in."""

    CHILDREN = "0-14", _("under 15")
    YOUTH = "15-24", _("15 to 24")
    ADULTS = "25-49", _("25 to 49")
    OLDER = "50-up", _("50 and over")


class Subject(TextChoices):
    """Of what a figure is that everybody is told of an awareness campaign."""

    PEOPLE = "people", _("people reached")
    CELL = "cell", _("By sex and age")
    PLACE = "place", _("Activities by municipality")


class Via(TextChoices):
    """How an entry came."""

    WEB = "web", _("through the website")
    PAPER = "paper", _("on paper, entered by a coordinator")


class PhotoState(TextChoices):
    WAITING = "waiting", pgettext_lazy("state of a photo", "being prepared")
    READY = "ready", pgettext_lazy("state of a photo", "ready")
    REFUSED = "refused", pgettext_lazy("state of a photo", "can't be used")


class PhotoMove(TextChoices):
    RECEIVE = "receive", pgettext_lazy("move of a photo", "received")
    REBUILD = "rebuild", pgettext_lazy("move of a photo", "made anew")
    REFUSE = "refuse", pgettext_lazy("move of a photo", "refused")


PHOTO_MOVES = {
    PhotoMove.RECEIVE: Move(frozenset({""}), PhotoState.WAITING),
    PhotoMove.REBUILD: Move(frozenset({PhotoState.WAITING}), PhotoState.READY),
    PhotoMove.REFUSE: Move(frozenset({PhotoState.WAITING}), PhotoState.REFUSED),
}


class PairState(TextChoices):
    OPEN = "open", pgettext_lazy("state of a possible duplicate", "to be decided")
    SAME = "same", pgettext_lazy("state of a possible duplicate", "same person")
    DIFFERENT = "different", pgettext_lazy("state of a possible duplicate", "different people")


class PairMove(TextChoices):
    FIND = "find", pgettext_lazy("move of a possible duplicate", "found")
    JOIN = "join", pgettext_lazy("move of a possible duplicate", "decided: same person")
    PART = "part", pgettext_lazy("move of a possible duplicate", "decided: different people")


# Who has decided may see later that it was wrong.
PAIR_MOVES = {
    PairMove.FIND: Move(frozenset({""}), PairState.OPEN),
    PairMove.JOIN: Move(frozenset({PairState.OPEN, PairState.DIFFERENT}), PairState.SAME),
    PairMove.PART: Move(frozenset({PairState.OPEN, PairState.SAME}), PairState.DIFFERENT),
}


# --- results ------------------------------------------------------------------------------------------------------------

# In these a campaign's results are read by everybody.
RESULT_STATES = (_C.RESULTS, _C.CLOSED)
# An entry in one of these takes no part any more.
OUT_STATES = (_E.WITHDRAWN, _E.DISQUALIFIED)


class DecisionState(TextChoices):
    PROPOSED = "proposed", pgettext_lazy("state of a decision", "proposed")
    CONFIRMED = "confirmed", pgettext_lazy("state of a decision", "decided by two people")
    REFUSED = "refused", pgettext_lazy("state of a decision", "refused")


class DecisionMove(TextChoices):
    PROPOSE = "propose", pgettext_lazy("move of a decision", "proposed")
    CONFIRM = "confirm", pgettext_lazy("move of a decision", "confirmed by a second person")
    REFUSE = "refuse", pgettext_lazy("move of a decision", "refused")


DECISION_MOVES = {
    DecisionMove.PROPOSE: Move(frozenset({""}), DecisionState.PROPOSED),
    DecisionMove.CONFIRM: Move(frozenset({DecisionState.PROPOSED}), DecisionState.CONFIRMED),
    DecisionMove.REFUSE: Move(frozenset({DecisionState.PROPOSED}), DecisionState.REFUSED),
}


class AwardState(TextChoices):
    DECIDED = "decided", pgettext_lazy("state of a prize", "decided, not told yet")
    TOLD = "told", pgettext_lazy("state of a prize", "told")
    ACCEPTED = "accepted", pgettext_lazy("state of a prize", "accepted")
    DECLINED = "declined", pgettext_lazy("state of a prize", "declined")
    LAPSED = "lapsed", pgettext_lazy("state of a prize", "not answered in time")
    LOST = "lost", pgettext_lazy("state of a prize", "lost with the entry")
    PROMISED = "promised", pgettext_lazy("state of a prize", "promised for a day")
    DELIVERED = "delivered", pgettext_lazy("state of a prize", "handed over")


class AwardMove(TextChoices):
    DECIDE = "decide", pgettext_lazy("move of a prize", "decided")
    RISE = "rise", pgettext_lazy("move of a prize", "moved up to a free prize")
    TELL = "tell", pgettext_lazy("move of a prize", "told")
    ACCEPT = "accept", pgettext_lazy("move of a prize", "accepted")
    DECLINE = "decline", pgettext_lazy("move of a prize", "declined")
    LAPSE = "lapse", pgettext_lazy("move of a prize", "passed on, without an answer")
    LOSE = "lose", pgettext_lazy("move of a prize", "lost with the entry")
    PROMISE = "promise", pgettext_lazy("move of a prize", "promised for a day")
    DELIVER = "deliver", pgettext_lazy("move of a prize", "handed over")


_A = AwardState
AWARD_MOVES = {
    AwardMove.DECIDE: Move(frozenset({""}), _A.DECIDED),
    AwardMove.TELL: Move(frozenset({_A.DECIDED}), _A.TOLD),
    AwardMove.ACCEPT: Move(frozenset({_A.TOLD}), _A.ACCEPTED),
    AwardMove.DECLINE: Move(frozenset({_A.TOLD, _A.ACCEPTED}), _A.DECLINED),
    AwardMove.LAPSE: Move(frozenset({_A.TOLD}), _A.LAPSED),
    AwardMove.LOSE: Move(frozenset({_A.DECIDED, _A.TOLD, _A.ACCEPTED, _A.PROMISED}), _A.LOST),
    AwardMove.PROMISE: Move(frozenset({_A.ACCEPTED, _A.PROMISED}), _A.PROMISED),
    AwardMove.DELIVER: Move(frozenset({_A.PROMISED}), _A.DELIVERED),
}
# In these somebody has the prize; in those of them that are public the winner knows of it.
LIVE_AWARDS = (_A.DECIDED, _A.TOLD, _A.ACCEPTED, _A.PROMISED, _A.DELIVERED)
PUBLIC_AWARDS = (_A.TOLD, _A.ACCEPTED, _A.PROMISED, _A.DELIVERED)
# In these a prize is on its way.
OPEN_AWARDS = (_A.DECIDED, _A.TOLD, _A.ACCEPTED, _A.PROMISED)
# Whoever said no, or nothing, is not asked again.
REFUSED_AWARDS = (_A.DECLINED, _A.LAPSED)


class ComplaintKind(TextChoices):
    COMPLAINT = "complaint", pgettext_lazy("kind of a complaint", "complaint about the results")
    APPEAL = "appeal", pgettext_lazy("kind of a complaint", "appeal against a disqualification")


class ComplaintState(TextChoices):
    RECEIVED = "received", pgettext_lazy("state of a complaint", "received")
    UPHELD = "upheld", pgettext_lazy("state of a complaint", "upheld")
    REJECTED = "rejected", pgettext_lazy("state of a complaint", "rejected")


class ComplaintMove(TextChoices):
    RECEIVE = "receive", pgettext_lazy("move of a complaint", "received")
    UPHOLD = "uphold", pgettext_lazy("move of a complaint", "upheld")
    REJECT = "reject", pgettext_lazy("move of a complaint", "rejected")


COMPLAINT_MOVES = {
    ComplaintMove.RECEIVE: Move(frozenset({""}), ComplaintState.RECEIVED),
    ComplaintMove.UPHOLD: Move(frozenset({ComplaintState.RECEIVED}), ComplaintState.UPHELD),
    ComplaintMove.REJECT: Move(frozenset({ComplaintState.RECEIVED}), ComplaintState.REJECTED),
}
