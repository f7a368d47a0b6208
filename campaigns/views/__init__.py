from campaigns.views.activities import activity_list, correct_activity, new_activity
from campaigns.views.desks import correct_receipt, count, day, desk, desk_list, receipt
from campaigns.views.entries import (
    add_photo_to_mine,
    close,
    correct,
    correct_contact,
    enter,
    lookup,
    mine,
    photo,
    prove,
    prove_again,
    scan,
    withdraw,
)
from campaigns.views.judging import given, judge, judge_again, judge_photo, judging
from campaigns.views.media import media_detail, media_feed, media_list
from campaigns.views.outcomes import complain, gallery, gallery_photo, leave_gallery, prize, result_sheet, results
from campaigns.views.photos import add_photo
from campaigns.views.public import campaign_detail, campaign_list, campaign_picture

__all__ = [
    "activity_list",
    "add_photo",
    "add_photo_to_mine",
    "campaign_detail",
    "campaign_list",
    "campaign_picture",
    "close",
    "complain",
    "correct",
    "correct_activity",
    "correct_contact",
    "correct_receipt",
    "count",
    "day",
    "desk",
    "desk_list",
    "enter",
    "gallery",
    "gallery_photo",
    "given",
    "judge",
    "judge_again",
    "judge_photo",
    "judging",
    "leave_gallery",
    "lookup",
    "media_detail",
    "media_feed",
    "media_list",
    "mine",
    "new_activity",
    "photo",
    "prize",
    "prove",
    "prove_again",
    "receipt",
    "result_sheet",
    "results",
    "scan",
    "withdraw",
]
