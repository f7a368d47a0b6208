from dialogues.views.feedback import session_feedback
from dialogues.views.feeds import calendar_page, member_calendar, public_calendar
from dialogues.views.offers import offer
from dialogues.views.seats import offer_accept, offer_decline, session_register, session_seats, session_withdraw
from dialogues.views.sessions import session_calendar, session_detail, session_list

__all__ = [
    "calendar_page",
    "member_calendar",
    "offer",
    "offer_accept",
    "offer_decline",
    "public_calendar",
    "session_calendar",
    "session_detail",
    "session_feedback",
    "session_list",
    "session_register",
    "session_seats",
    "session_withdraw",
]
