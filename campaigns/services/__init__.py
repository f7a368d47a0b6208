"""Every write of campaigns: lock, check, change, record, enqueue, return."""

from campaigns.services.media import (
    keep_appearance as keep_appearance,
    keep_outlet as keep_outlet,
    keep_speakers as keep_speakers,
    load_media as load_media,
    publish_appearance as publish_appearance,
    withdraw_appearance as withdraw_appearance,
)
