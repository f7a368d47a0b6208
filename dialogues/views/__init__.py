from dialogues.views.doors import checkin, door, door_sheet, session_pass
from dialogues.views.invitations import invitation, invitation_code
from dialogues.views.online import session_join, session_online
from dialogues.views.seats import offer_accept, offer_decline, session_register, session_withdraw
from dialogues.views.sessions import session_calendar, session_detail, session_list

__all__ = [
    "checkin",
    "door",
    "door_sheet",
    "invitation",
    "invitation_code",
    "offer_accept",
    "offer_decline",
    "session_calendar",
    "session_detail",
    "session_join",
    "session_list",
    "session_online",
    "session_pass",
    "session_register",
    "session_withdraw",
]
