from dialogues.views.offers import offer
from dialogues.views.seats import offer_accept, offer_decline, session_register, session_seats, session_withdraw
from dialogues.views.sessions import session_calendar, session_detail, session_list

__all__ = [
    "offer",
    "offer_accept",
    "offer_decline",
    "session_calendar",
    "session_detail",
    "session_list",
    "session_register",
    "session_seats",
    "session_withdraw",
]
