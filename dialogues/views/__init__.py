from dialogues.views.minutes import minutes_edit, session_minutes
from dialogues.views.seats import offer_accept, offer_decline, session_register, session_withdraw
from dialogues.views.sessions import session_calendar, session_detail, session_list

__all__ = [
    "minutes_edit",
    "offer_accept",
    "offer_decline",
    "session_calendar",
    "session_detail",
    "session_list",
    "session_minutes",
    "session_register",
    "session_withdraw",
]
