"""What everybody reads of the media log: the list with the balance of sides, each entry, the feed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext, gettext_lazy as _, pgettext

from campaigns import filters, selectors
from campaigns.media_enums import MediaState
from campaigns.models import Appearance
from network.decorators import public_page
from network.paging import Page

PAGE_SIZE = 12
FEED_ENTRIES = 30
NARROWING = ("outlet", "side", "language", "year")
# The colours of the sides in their order, and of what is of none.
COLOURS, NO_SIDE_COLOUR = (1, 2, 3, 5), 4


@public_page
def media_list(request: HttpRequest) -> HttpResponse:
    """The log, latest first; what has no date stands at the end."""
    found = filters.AppearanceFilter(request.GET, queryset=Appearance.objects.published())
    listed = selectors.for_pages(found.qs).latest_first()
    page = Page.of(listed, request.GET.get("page"), PAGE_SIZE)
    context = {
        "page_obj": page,
        "rows": page.rows,
        "form": found.form,
        "filtered": any(request.GET.get(name) for name in found.filters),
        "narrowed": any(request.GET.get(name) for name in NARROWING),
        "picture": _picture(selectors.balance(found.of_all_sides)),
    }
    return render(request, "campaigns/media_list.html", context)


def _picture(shares: Sequence[selectors.Share]) -> dict[str, Any] | None:
    """Return one bar of all entries with where each side's part begins, and the same in words; None for nothing."""
    whole = sum(share.appearances for share in shares)
    if not whole:
        return None
    parts, begin = [], 0.0
    for number, share in enumerate(shares):
        width = 100 * share.appearances / whole
        parts.append(
            {
                "number": COLOURS[number % len(COLOURS)] if share.region else NO_SIDE_COLOUR,
                "name": share.region.name if share.region else gettext("No side named"),
                "outlets": share.outlets,
                "appearances": share.appearances,
                "begin": f"{begin:.2f}",
                "width": f"{width:.2f}",
            }
        )
        begin += width
    words = [f"{part['name']}: {part['appearances']}" for part in parts]
    return {"parts": parts, "whole": whole, "words": pgettext("between the items of a list", ", ").join(words)}


@public_page
def media_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One entry; a draft is there for the desk alone."""
    row = get_object_or_404(selectors.for_pages(Appearance.objects.readable_by(request.user)), slug=slug)
    return render(request, "campaigns/media_detail.html", {"row": row, "draft": row.state == MediaState.DRAFT})


class MediaFeed(Feed):
    """What was published last, in the language of the address."""

    feed_type = Atom1Feed
    title = _("Jisr: media log")
    subtitle = _("Interviews and reports about the work of the network.")

    def link(self) -> str:
        return reverse("media:list")

    def feed_url(self) -> str:
        return reverse("media:feed")

    def items(self) -> list[Appearance]:
        return selectors.latest(FEED_ENTRIES)

    def item_title(self, item: Any) -> str:
        return item.title

    def item_description(self, item: Any) -> str:
        """Say in one line where, when and who."""
        said = [item.outlet.name if item.outlet else "", item.programme or "", item.when]
        said += [speaker.name for speaker in item.speakers.all()]
        return " · ".join(filter(None, said))

    def item_guid(self, item: Any) -> str:
        return item.uid.urn

    def item_pubdate(self, item: Any) -> datetime:
        return item.published_at

    def item_updateddate(self, item: Any) -> datetime:
        return item.changed_at


_feed = MediaFeed()


@public_page
def media_feed(request: HttpRequest) -> HttpResponse:
    """The feed, in the language of the address."""
    return _feed(request)
