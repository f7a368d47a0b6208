"""What happens to public measures, as a feed that programs read: adopted, ended, an action confirmed."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext, gettext_lazy as _

from measures import texts
from measures.enums import ActionState, MeasureState
from measures.models import Action, Measure
from network.decorators import public_page

ENTRIES = 30


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened."""

    uid: uuid.UUID
    at: datetime
    title: str
    said: str
    url: str


class MeasureFeed(Feed):
    """The last that happened, latest first, in the language of the address."""

    feed_type = Atom1Feed
    title = _("Jisr: collective measures")
    subtitle = _("What the sides have adopted, and what was done about it.")

    def link(self) -> str:
        return reverse("measures:list")

    def feed_url(self) -> str:
        return reverse("measures:feed")

    def items(self) -> list[Entry]:
        entries = [*_adopted(), *_ended(), *_confirmed()]
        return sorted(entries, key=lambda entry: (entry.at, entry.uid), reverse=True)[:ENTRIES]

    def item_title(self, item: Any) -> str:
        return item.title

    def item_description(self, item: Any) -> str:
        return item.said

    def item_link(self, item: Any) -> str:
        return item.url

    def item_guid(self, item: Any) -> str:
        return item.uid.urn

    def item_pubdate(self, item: Any) -> datetime:
        return item.at

    def item_updateddate(self, item: Any) -> datetime:
        return item.at


def _line(measure: Measure) -> str:
    blocks = texts.blocks(measure.current.text if measure.current else "")
    return texts.shortened(blocks[0].html, 300) if blocks else ""


def _adopted() -> list[Entry]:
    rows = Measure.objects.public().select_related("current").order_by("-adopted_at", "-pk")[:ENTRIES]
    return [
        Entry(
            row.uid,
            row.adopted_at,  # type: ignore[arg-type]
            gettext("Adopted: %(number)s %(title)s") % {"number": row.reference, "title": row},
            _line(row),
            row.get_absolute_url(),
        )
        for row in rows
    ]


def _ended() -> list[Entry]:
    ended = Measure.objects.public().filter(ended_at__isnull=False).select_related("current")
    words = {
        MeasureState.SUPERSEDED: gettext("Superseded: %(number)s %(title)s"),
        MeasureState.WITHDRAWN: gettext("Ended: %(number)s %(title)s"),
    }
    return [
        Entry(
            uuid.uuid5(row.uid, "ended"),
            row.ended_at,  # type: ignore[arg-type]
            words[MeasureState(row.state)] % {"number": row.reference, "title": row},
            _line(row),
            row.get_absolute_url(),
        )
        for row in ended.order_by("-ended_at", "-pk")[:ENTRIES]
    ]


def _confirmed() -> list[Entry]:
    done = Action.objects.filter(state=ActionState.CONFIRMED, measure__in=Measure.objects.public().values("pk"))
    return [
        Entry(
            uuid.uuid5(action.uid, "confirmed"),
            action.confirmed_at,  # type: ignore[arg-type]
            gettext("Done and confirmed: %(title)s") % {"title": action.title},
            gettext("An action of the measure %(number)s: %(title)s")
            % {"number": action.measure.reference, "title": action.measure},
            f"{action.measure.get_absolute_url()}#action-{action.pk}",
        )
        for action in done.select_related("measure__current").order_by("-confirmed_at", "-pk")[:ENTRIES]
    ]


_feed = MeasureFeed()


@public_page
def feed(request: HttpRequest) -> HttpResponse:
    """The feed, in the language of the address."""
    return _feed(request)
