from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from network.enums import Move


class Priority(TextChoices):
    """How soon a need has to be met; kept as a letter that sorts."""

    LIFE = "a", _("lives depend on it")
    SOON = "b", _("within weeks")
    USUAL = "c", pgettext_lazy("priority", "usual")


class Unit(TextChoices):
    PIECE = "piece", pgettext_lazy("unit", "pieces")
    SET = "set", pgettext_lazy("unit", "sets")
    BOX = "box", pgettext_lazy("unit", "boxes")
    LITRE = "litre", pgettext_lazy("unit", "litres")


# --- needs ------------------------------------------------------------------------------------------------------------


class NeedState(TextChoices):
    REPORTED = "reported", pgettext_lazy("a need", "reported")
    VERIFIED = "verified", pgettext_lazy("a need", "verified")
    PLEDGED = "pledged", pgettext_lazy("a need", "pledged, in part or whole")
    IN_TRANSIT = "in_transit", pgettext_lazy("a need", "on its way")
    RECEIVED = "received", pgettext_lazy("a need", "received")
    WORKING = "working", pgettext_lazy("a need", "working")
    WITHDRAWN = "withdrawn", pgettext_lazy("a need", "withdrawn")


class NeedMove(TextChoices):
    """The steps of a need; from verified on its state follows from its balance."""

    REPORT = "report", pgettext_lazy("a need", "reported")
    VERIFY = "verify", pgettext_lazy("a need", "verified")
    UNCOVER = "uncover", _("nothing is pledged any more")
    COVER = "cover", pgettext_lazy("a need", "pledged, in part or whole")
    SEND = "send", pgettext_lazy("a need", "handed to the carrier")
    RECEIVE = "receive", pgettext_lazy("a need", "received in full")
    WORK = "work", _("all of it works")
    WITHDRAW = "withdraw", pgettext_lazy("a need", "withdrawn")


_S = NeedState
NEED_MOVES: dict[NeedMove, Move] = {
    NeedMove.REPORT: Move(frozenset({""}), _S.REPORTED),
    NeedMove.VERIFY: Move(frozenset({_S.REPORTED}), _S.VERIFIED),
    # Taken back, or lost on the way.
    NeedMove.UNCOVER: Move(frozenset({_S.PLEDGED, _S.IN_TRANSIT}), _S.VERIFIED),
    # Something of it is covered; after a loss, or where more is asked for by now, again.
    NeedMove.COVER: Move(frozenset({_S.VERIFIED, _S.IN_TRANSIT, _S.RECEIVED, _S.WORKING}), _S.PLEDGED),
    NeedMove.SEND: Move(frozenset({_S.PLEDGED}), _S.IN_TRANSIT),
    NeedMove.RECEIVE: Move(frozenset({_S.PLEDGED, _S.IN_TRANSIT}), _S.RECEIVED),
    NeedMove.WORK: Move(frozenset({_S.PLEDGED, _S.RECEIVED}), _S.WORKING),
    # What is on its way or there can no longer be unsaid; of what is pledged in part, some may be there: the book tells.
    NeedMove.WITHDRAW: Move(frozenset({_S.REPORTED, _S.VERIFIED, _S.PLEDGED}), _S.WITHDRAWN),
}
FOLLOWED_STATES = (_S.VERIFIED, _S.PLEDGED, _S.IN_TRANSIT, _S.RECEIVED, _S.WORKING)
# Of these something may still be open.
WANTING_STATES = (_S.VERIFIED, _S.PLEDGED, _S.IN_TRANSIT)
PUBLIC_STATES = FOLLOWED_STATES


class EntryKind(TextChoices):
    """What an entry of a need's book tells. Its quantity has the sign of what it does to that kind's sum."""

    ASKED = "asked", pgettext_lazy("entry of a need", "asked for")
    CORRECTED = "corrected", pgettext_lazy("entry of a need", "asked for, corrected")
    PLEDGED = "pledged", pgettext_lazy("entry of a need", "pledged")
    TAKEN_BACK = "taken_back", pgettext_lazy("entry of a need", "pledge taken back")
    LAPSED = "lapsed", pgettext_lazy("entry of a need", "pledge ended, not handed over in time")
    SENT = "sent", pgettext_lazy("entry of a need", "handed to the carrier")
    RECEIVED = "received", pgettext_lazy("entry of a need", "received")
    LOST = "lost", pgettext_lazy("entry of a need", "lost or damaged on the way")
    WORKING = "working", pgettext_lazy("entry of a need", "in use")


# --- pledges and deliveries -------------------------------------------------------------------------------------------


class PledgeState(TextChoices):
    OFFERED = "offered", pgettext_lazy("a pledge", "contact to be confirmed")
    CONFIRMED = "confirmed", pgettext_lazy("a pledge", "it counts")
    UNDER_WAY = "in_progress", pgettext_lazy("a pledge", "on its way, in part or whole")
    DELIVERED = "delivered", pgettext_lazy("a pledge", "arrived")
    LOST = "lost", pgettext_lazy("a pledge", "lost on the way")
    TAKEN_BACK = "returned", pgettext_lazy("a pledge", "taken back")


class PledgeMove(TextChoices):
    OFFER = "offer", pgettext_lazy("a pledge", "offered")
    ARRANGE = "arrange", _("arranged by both coordinators")
    CONFIRM = "confirm", pgettext_lazy("a pledge", "contact confirmed")
    SEND = "send", pgettext_lazy("a pledge", "handed to the carrier")
    DELIVER = "deliver", pgettext_lazy("a pledge", "arrived")
    LOSE = "lose", pgettext_lazy("a pledge", "lost on the way")
    TAKE_BACK = "take_back", pgettext_lazy("a pledge", "taken back")


_P = PledgeState
PLEDGE_MOVES: dict[PledgeMove, Move] = {
    PledgeMove.OFFER: Move(frozenset({""}), _P.OFFERED),
    PledgeMove.ARRANGE: Move(frozenset({""}), _P.CONFIRMED),
    PledgeMove.CONFIRM: Move(frozenset({_P.OFFERED}), _P.CONFIRMED),
    PledgeMove.SEND: Move(frozenset({_P.CONFIRMED}), _P.UNDER_WAY),
    PledgeMove.DELIVER: Move(frozenset({_P.UNDER_WAY}), _P.DELIVERED),
    PledgeMove.LOSE: Move(frozenset({_P.UNDER_WAY}), _P.LOST),
    PledgeMove.TAKE_BACK: Move(frozenset({_P.OFFERED, _P.CONFIRMED}), _P.TAKEN_BACK),
}
COUNTING_STATES = (_P.CONFIRMED, _P.UNDER_WAY)
OVER_STATES = (_P.DELIVERED, _P.LOST, _P.TAKEN_BACK)


class DeliveryState(TextChoices):
    PREPARED = "planned", pgettext_lazy("a delivery", "prepared")
    ON_THE_WAY = "in_progress", pgettext_lazy("a delivery", "on its way")
    RECEIVED = "delivered", pgettext_lazy("a delivery", "received")
    LOST = "lost", pgettext_lazy("a delivery", "lost")
    CALLED_OFF = "cancelled", pgettext_lazy("a delivery", "called off")


class DeliveryMove(TextChoices):
    PREPARE = "prepare", pgettext_lazy("a delivery", "prepared")
    HAND_OVER = "hand_over", pgettext_lazy("a delivery", "handed to the carrier")
    RECEIVE = "receive", pgettext_lazy("a delivery", "received")
    LOSE = "lose", pgettext_lazy("a delivery", "lost")
    CALL_OFF = "call_off", pgettext_lazy("a delivery", "called off")


_D = DeliveryState
DELIVERY_MOVES: dict[DeliveryMove, Move] = {
    DeliveryMove.PREPARE: Move(frozenset({""}), _D.PREPARED),
    DeliveryMove.HAND_OVER: Move(frozenset({_D.PREPARED}), _D.ON_THE_WAY),
    DeliveryMove.RECEIVE: Move(frozenset({_D.ON_THE_WAY}), _D.RECEIVED),
    DeliveryMove.LOSE: Move(frozenset({_D.ON_THE_WAY}), _D.LOST),
    DeliveryMove.CALL_OFF: Move(frozenset({_D.PREPARED}), _D.CALLED_OFF),
}


class LegKind(TextChoices):
    """A hand-over: whoever receives types its code."""

    CARRIER = "carrier", _("handed to the carrier")
    FACILITY = "facility", _("received at the facility")


# --- surplus ----------------------------------------------------------------------------------------------------------


class SurplusKind(TextChoices):
    OFFERED = "offered", pgettext_lazy("entry of a surplus", "can be given away")
    CORRECTED = "corrected", pgettext_lazy("entry of a surplus", "corrected")
    PROMISED = "promised", pgettext_lazy("entry of a surplus", "promised to a need")
    RELEASED = "released", pgettext_lazy("entry of a surplus", "promise ended, still here")


class ProposalState(TextChoices):
    PROPOSED = "proposed", pgettext_lazy("a proposal", "both sides are asked")
    HALF = "waiting", pgettext_lazy("a proposal", "one side agrees")
    ACCEPTED = "accepted", pgettext_lazy("a proposal", "both sides agree")
    DECLINED = "declined", pgettext_lazy("a proposal", "declined")
    LAPSED = "lapsed", pgettext_lazy("a proposal", "no longer fits")


class ProposalMove(TextChoices):
    PROPOSE = "propose", pgettext_lazy("a proposal", "proposed to both sides")
    AGREE = "agree", pgettext_lazy("a proposal", "one side agrees")
    ACCEPT = "accept", pgettext_lazy("a proposal", "both sides agree")
    DECLINE = "decline", pgettext_lazy("a proposal", "declined")
    LAPSE = "lapse", pgettext_lazy("a proposal", "no longer fits")


_R = ProposalState
PROPOSAL_MOVES: dict[ProposalMove, Move] = {
    ProposalMove.PROPOSE: Move(frozenset({""}), _R.PROPOSED),
    ProposalMove.AGREE: Move(frozenset({_R.PROPOSED}), _R.HALF),
    # From proposed where both facilities lie on one side.
    ProposalMove.ACCEPT: Move(frozenset({_R.PROPOSED, _R.HALF}), _R.ACCEPTED),
    ProposalMove.DECLINE: Move(frozenset({_R.PROPOSED, _R.HALF}), _R.DECLINED),
    ProposalMove.LAPSE: Move(frozenset({_R.PROPOSED, _R.HALF}), _R.LAPSED),
}
ASKING_STATES = (_R.PROPOSED, _R.HALF)


# --- equipment --------------------------------------------------------------------------------------------------------


class AssetState(TextChoices):
    WORKING = "working", pgettext_lazy("equipment", "working")
    BROKEN = "failed", pgettext_lazy("equipment", "broken")
    REPAIRED = "repaired", pgettext_lazy("equipment", "working again")
    GONE = "gone", pgettext_lazy("equipment", "gone")


class AssetMove(TextChoices):
    REGISTER = "register", pgettext_lazy("equipment", "listed")
    BREAK = "break", pgettext_lazy("equipment", "broken")
    REPAIR = "repair", pgettext_lazy("equipment", "working again")
    RETIRE = "retire", pgettext_lazy("equipment", "gone")


_A = AssetState
ASSET_MOVES: dict[AssetMove, Move] = {
    AssetMove.REGISTER: Move(frozenset({""}), _A.WORKING),
    # From nothing: what is found broken when it is listed.
    AssetMove.BREAK: Move(frozenset({"", _A.WORKING, _A.REPAIRED}), _A.BROKEN),
    AssetMove.REPAIR: Move(frozenset({_A.BROKEN}), _A.REPAIRED),
    AssetMove.RETIRE: Move(frozenset({_A.WORKING, _A.BROKEN, _A.REPAIRED}), _A.GONE),
}


class Cause(TextChoices):
    """Why equipment does not work."""

    PART = "part", _("a part is missing or broken")
    POWER = "power", pgettext_lazy("cause", "electricity")
    SUPPLIES = "supplies", pgettext_lazy("cause", "consumables or gas are missing")
    STAFF = "staff", pgettext_lazy("cause", "nobody is trained to use or repair it")
    DAMAGED = "damaged", pgettext_lazy("cause", "damaged")
    AGE = "age", pgettext_lazy("cause", "worn out")
    UNKNOWN = "unknown", pgettext_lazy("cause", "not known")


# What came and does not work because of one of these isn't what lets a piece work again later.
USELESS = (Cause.DAMAGED, Cause.AGE)
