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
from measures.views.authors import author_answer, author_stop, authors
from measures.views.comments import answer, comment, leaning, resolve
from measures.views.drafting import edit, new, submit, take_back
from measures.views.feeds import feed
from measures.views.following import follow, following
from measures.views.opening import open_vote
from measures.views.outcome import measure_outcome, objection, withdraw
from measures.views.parity import compare
from measures.views.public import accountability_table, measure_list, measure_pdf, measure_print
from measures.views.reading import detail, difference, drafts, versions
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
    "answer",
    "author_answer",
    "author_stop",
    "authors",
    "comment",
    "compare",
    "detail",
    "difference",
    "drafts",
    "edit",
    "evidence_file",
    "feed",
    "follow",
    "following",
    "leaning",
    "measure_list",
    "measure_outcome",
    "measure_pdf",
    "measure_print",
    "mine",
    "new",
    "objection",
    "open_vote",
    "receipt",
    "resolve",
    "submit",
    "take_back",
    "versions",
    "vote",
    "withdraw",
]
