from measures.views.actions import (
    action_claim,
    action_confirm,
    action_detail,
    action_drop,
    action_edit,
    action_evidence,
    action_new,
    action_owner,
    action_return,
    action_start,
    evidence_file,
)
from measures.views.feeds import feed
from measures.views.following import follow, following
from measures.views.opening import open_vote
from measures.views.outcome import measure_outcome, objection, withdraw
from measures.views.public import accountability_table, measure_list, measure_pdf, measure_print
from measures.views.reading import detail
from measures.views.voting import receipt, vote
from measures.views.waiting import mine

__all__ = [
    "accountability_table",
    "action_claim",
    "action_confirm",
    "action_detail",
    "action_drop",
    "action_edit",
    "action_evidence",
    "action_new",
    "action_owner",
    "action_return",
    "action_start",
    "detail",
    "evidence_file",
    "feed",
    "follow",
    "following",
    "measure_list",
    "measure_outcome",
    "measure_pdf",
    "measure_print",
    "mine",
    "objection",
    "open_vote",
    "receipt",
    "vote",
    "withdraw",
]
