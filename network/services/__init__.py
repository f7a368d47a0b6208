"""Every write of the network: lock, check, change, record, enqueue, return."""

from network.services.accounts import (
    confirm_phone,
    end_sessions,
    keep_language,
    keep_notices,
    keep_zone,
    set_discreet,
    set_phone,
)
from network.services.conduct import NotAMember, TextHasChanged, accept_conduct
from network.services.journal import IllegalMove, NotYours, keep_reference, record_edit, record_transition, require_move
from network.services.members import (
    HoldsARole,
    NotYourSide,
    ReasonMissing,
    apply_for_membership,
    decline,
    edit_profile,
    reinstate,
    set_visibility,
    suspend,
    verify,
)
from network.services.messages import resend_message
from network.services.parting import close_account, erase, leave
from network.services.roles import (
    AlreadyEnded,
    AlreadyGranted,
    NoSuchAccount,
    NotNational,
    end_role,
    grant_first_role,
    grant_role,
)

__all__ = [
    "AlreadyEnded",
    "AlreadyGranted",
    "HoldsARole",
    "IllegalMove",
    "NoSuchAccount",
    "NotAMember",
    "NotNational",
    "NotYourSide",
    "NotYours",
    "ReasonMissing",
    "TextHasChanged",
    "accept_conduct",
    "apply_for_membership",
    "close_account",
    "confirm_phone",
    "decline",
    "edit_profile",
    "end_role",
    "end_sessions",
    "erase",
    "grant_first_role",
    "grant_role",
    "keep_language",
    "keep_notices",
    "keep_reference",
    "keep_zone",
    "leave",
    "record_edit",
    "record_transition",
    "reinstate",
    "require_move",
    "resend_message",
    "set_discreet",
    "set_phone",
    "set_visibility",
    "suspend",
    "verify",
]
