"""Every write of measures: lock, check, change, record, enqueue, return."""

from measures.services.actions import (
    ActionIsOver as ActionIsOver,
    EvidenceMissing as EvidenceMissing,
    NotAdopted as NotAdopted,
    NotTheOtherOwner as NotTheOtherOwner,
    NotYourAction as NotYourAction,
    SameSide as SameSide,
    TooManyActions as TooManyActions,
    WhyNot as WhyNot,
    add_evidence as add_evidence,
    claim_done as claim_done,
    confirm_done as confirm_done,
    drop_action as drop_action,
    edit_action as edit_action,
    hand_over as hand_over,
    plan_action as plan_action,
    remind_of_action as remind_of_action,
    return_claim as return_claim,
    start_action as start_action,
)
from measures.services.comments import (
    CommentsAreClosed as CommentsAreClosed,
    CommentTooLong as CommentTooLong,
    EmptyComment as EmptyComment,
    LeaningsAreClosed as LeaningsAreClosed,
    NoSuchParagraph as NoSuchParagraph,
    TooManyComments as TooManyComments,
    add_comment as add_comment,
    keep_leaning as keep_leaning,
    resolve_comment as resolve_comment,
)
from measures.services.digests import send_digest as send_digest
from measures.services.drafting import (
    EmptyMeasure as EmptyMeasure,
    IncompleteMeasure as IncompleteMeasure,
    MeasureHasChanged as MeasureHasChanged,
    NoSuchDecision as NoSuchDecision,
    NotAnAuthor as NotAnAuthor,
    NotWhileVoting as NotWhileVoting,
    TooManyAuthors as TooManyAuthors,
    WrongTarget as WrongTarget,
    answer_invitation as answer_invitation,
    create_measure as create_measure,
    decision_of as decision_of,
    edit_measure as edit_measure,
    invite_author as invite_author,
    require_complete as require_complete,
    stop_writing as stop_writing,
    submit_measure as submit_measure,
    take_back as take_back,
)
from measures.services.following import (
    TooManyFilters as TooManyFilters,
    add_filter as add_filter,
    follow_measure as follow_measure,
    remove_filter as remove_filter,
)
from measures.services.parity import (
    NotYourComparison as NotYourComparison,
    confirm_parity as confirm_parity,
)
from measures.services.parting import (
    forget_measures as forget_measures,
    give_up_measures as give_up_measures,
)
from measures.services.reviews import begin_review as begin_review
from measures.services.voting import (
    Cast as Cast,
    NoSuchChoice as NoSuchChoice,
    NotClosedYet as NotClosedYet,
    NotCompared as NotCompared,
    NothingToWithdraw as NothingToWithdraw,
    NotOnTheRoll as NotOnTheRoll,
    NotYourVote as NotYourVote,
    Opening as Opening,
    SayWhy as SayWhy,
    SessionMissing as SessionMissing,
    SideCannotVote as SideCannotVote,
    UnsoundClose as UnsoundClose,
    VoteIsClosed as VoteIsClosed,
    WhyWithdrawn as WhyWithdrawn,
    cast_vote as cast_vote,
    close_vote as close_vote,
    end_mediation as end_mediation,
    my_ballot as my_ballot,
    open_vote as open_vote,
    receipt_standing as receipt_standing,
    withdraw_measure as withdraw_measure,
    withdraw_objection as withdraw_objection,
)
