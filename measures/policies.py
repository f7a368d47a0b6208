"""Pure rules of measures: who may do what with one, when it can go on, when reminders are due."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from measures.enums import UNFINISHED_ACTIONS, MeasureState
from network import policies as network_policies
from network.enums import SpokenLanguage

LEAST_VOTE, LONGEST_VOTE = timedelta(hours=24), timedelta(days=60)
MEDIATION_LASTS = timedelta(days=14)
# All on the roll are reminded so long before the close.
VOTERS_REMINDED = timedelta(days=1)
# Days after the due day at which somebody is reminded of an action: the owners before, on and after it, then the coordinators.
OWNERS_REMINDED = (-7, 0, 7)
COORDINATORS_TOLD = 14
# From then on the public page says that it is late.
SHOWN_LATE = 30
REMINDERS = (*OWNERS_REMINDED, COORDINATORS_TOLD)
# The digest of a day goes out from this hour on, so that nobody's telephone rings at night.
DIGEST_HOUR = 7
AUTHORS_AT_MOST = 12
PUBLIC_PARTS = ("title", "text", "reasons")


def reads_both(practitioner: Any) -> bool:
    """Tell whether somebody says of themselves that they read Arabic and English."""
    return {SpokenLanguage.ARABIC, SpokenLanguage.ENGLISH} <= set(practitioner.languages)


def can_compare(practitioner: Any, *, author_ids: Collection[int]) -> bool:
    """Whoever confirms that both texts are equal reads both languages and has written none of it (rule 4)."""
    return practitioner.pk not in author_ids and reads_both(practitioner)


def can_open(user: Any, *, author_user_ids: Collection[int]) -> bool:
    """A vote is opened by a national coordinator who has not written the measure."""
    return network_policies.is_national(user) and user.pk not in author_user_ids


def can_withdraw(user: Any, measure: Any, *, lead_user_id: int | None) -> bool:
    """Before it is adopted a measure is its authors'; while it is voted on only a national coordinator can stop it, for a reason."""
    if measure.state == MeasureState.OPEN:
        return network_policies.is_national(user)
    return user.pk == lead_user_id or (network_policies.is_national(user) and measure.state != MeasureState.DRAFT)


def missing(version: Any) -> list[Any]:
    """Return what a version still lacks before it can be compared: title and text in both languages, and each part in both or none."""
    if version is None:
        return [_("a text")]
    lacks: list[Any] = []
    names = {
        "title": (_("the title in Arabic"), _("the title in English")),
        "text": (_("the text in Arabic"), _("the text in English")),
        "reasons": (_("the reasons in Arabic"), _("the reasons in English")),
        "evidence": (_("the evidence in Arabic"), _("the evidence in English")),
    }
    for part, (arabic, english) in names.items():
        has_ar, has_en = bool(getattr(version, f"{part}_ar")), bool(getattr(version, f"{part}_en"))
        wanted = part in ("title", "text") or has_ar or has_en
        lacks += [name for name, there in ((arabic, has_ar), (english, has_en)) if wanted and not there]
    return lacks


def closing_is_sound(opens: datetime, closes: datetime) -> bool:
    """A vote lasts a day at least, so that nobody is passed over, and two months at most."""
    return LEAST_VOTE <= closes - opens <= LONGEST_VOTE


def quorum_of(percent: int, roll: int) -> int:
    """Return the votes that a quorum of so many of 100 means for a side with `roll` voters: rounded up, one at least."""
    return max(-(-percent * roll // 100), 1)


def is_hard_to_reach(quorum: int, roll: int) -> bool:
    """Tell whether a quorum asks for more than three of four: a few who are ill or cut off are then enough to miss it."""
    return 4 * quorum > 3 * roll


def reminders_due(due: date, today: date) -> int:
    """Return how many of the reminders of an action are due on that day."""
    return sum(today >= due + timedelta(days=days) for days in REMINDERS)


def is_late(action: Any, line: date) -> bool:
    """Tell whether an action is called late; `line` is that of `late_line`."""
    return action.state in UNFINISHED_ACTIONS and action.due < line


def late_line(today: date, *, inside: bool) -> date:
    """Return the day before which an action had to be due to be called late: at once for members, in public after a while."""
    return today if inside else today - timedelta(days=SHOWN_LATE - 1)


def owners_differ(first: Any, second: Any) -> bool:
    """The two owners of an action stand for different sides; members abroad are a side of their own here."""
    return first.pk != second.pk and first.region_id != second.region_id


def progress(states: Collection[str]) -> tuple[int, int]:
    """Return (confirmed, all that were not dropped) of the states of a measure's actions."""
    counted = [state for state in states if state != "dropped"]
    return counted.count("confirmed"), len(counted)
