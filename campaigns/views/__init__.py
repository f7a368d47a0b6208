from campaigns.views.entries import correct, enter, lookup, mine, prove, prove_again, withdraw
from campaigns.views.media import media_detail, media_feed, media_list
from campaigns.views.public import campaign_detail, campaign_list

__all__ = [
    "campaign_detail",
    "campaign_list",
    "correct",
    "enter",
    "lookup",
    "media_detail",
    "media_feed",
    "media_list",
    "mine",
    "prove",
    "prove_again",
    "withdraw",
]
