from dialogues.views.certificates import certificate_pdf, certificate_verify
from dialogues.views.papers import material
from dialogues.views.seats import offer_accept, offer_decline, session_register, session_withdraw
from dialogues.views.sessions import session_calendar, session_detail, session_list

__all__ = [
    "certificate_pdf",
    "certificate_verify",
    "material",
    "offer_accept",
    "offer_decline",
    "session_calendar",
    "session_detail",
    "session_list",
    "session_register",
    "session_withdraw",
]
