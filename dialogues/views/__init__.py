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
from dialogues.views.seats import offer_accept, offer_decline, session_register, session_withdraw
from dialogues.views.sessions import session_calendar, session_detail, session_list

__all__ = [
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
    "offer_accept",
    "offer_decline",
    "session_calendar",
    "session_detail",
    "session_list",
    "session_register",
    "session_withdraw",
]
