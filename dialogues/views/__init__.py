from dialogues.views.cases import (
    case_delete,
    case_detail,
    case_edit,
    case_list,
    case_mine,
    case_name,
    case_new,
    case_submit,
    case_translate,
    case_withdraw,
)
from dialogues.views.certificates import certificate_pdf, certificate_verify
from dialogues.views.doors import checkin, door, door_sheet, session_pass
from dialogues.views.feedback import session_feedback
from dialogues.views.feeds import calendar_page, member_calendar, public_calendar
from dialogues.views.invitations import invitation, invitation_code
from dialogues.views.minutes import minutes_edit, session_minutes
from dialogues.views.offers import offer
from dialogues.views.online import session_join, session_online
from dialogues.views.papers import material
from dialogues.views.seats import offer_accept, offer_decline, session_register, session_seats, session_withdraw
from dialogues.views.sessions import session_calendar, session_detail, session_list

__all__ = [
    "calendar_page",
    "case_delete",
    "case_detail",
    "case_edit",
    "case_list",
    "case_mine",
    "case_name",
    "case_new",
    "case_submit",
    "case_translate",
    "case_withdraw",
    "certificate_pdf",
    "certificate_verify",
    "checkin",
    "door",
    "door_sheet",
    "invitation",
    "invitation_code",
    "material",
    "member_calendar",
    "minutes_edit",
    "offer",
    "offer_accept",
    "offer_decline",
    "public_calendar",
    "session_calendar",
    "session_detail",
    "session_feedback",
    "session_join",
    "session_list",
    "session_minutes",
    "session_online",
    "session_pass",
    "session_register",
    "session_seats",
    "session_withdraw",
]
