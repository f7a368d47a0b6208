"""The digest: what moved, to those whom it concerns, once a day at most."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from measures import news, notices, policies
from measures.enums import ActionMove, MeasureMove, MeasureState
from measures.models import Action, Digest, Measure
from notifications import outbox

LANGUAGES = ("ar", "en")
MOST_TOLD = 30
# A step that is being recorded in this moment may become visible after one with a later time.
SETTLED = timedelta(minutes=5)


@transaction.atomic
def send_digest(*, now: datetime) -> int:
    """Tell of everything since the last digest; return how many people were told. The second call of a day does nothing.

    The journal of moves is all that it is made of, and casting a vote is no move: a digest can't tell who voted, or that anybody did.
    """
    local = timezone.localtime(now)
    if local.hour < policies.DIGEST_HOUR:
        return 0
    last = Digest.objects.order_by("-day").first()
    if last is not None and last.day >= local.date():
        return 0
    upto = now - SETTLED
    since = last.upto if last else upto - timedelta(days=1)
    try:
        with transaction.atomic():
            Digest.objects.create(day=local.date(), upto=upto)
    except IntegrityError:
        # Another worker has begun with this very day.
        return 0
    steps, measures, actions = _steps(since, upto)
    told: dict[int, list[int]] = defaultdict(list)
    for step, concerned in news.concerned(steps, measures, actions):
        for reader in concerned:
            told[reader].append(step.number)
    # Most are told the same, and the same words are kept ready for all of them.
    groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for reader, told_to in told.items():
        groups[tuple(told_to)].append(reader)
    words = {step.number: _said(step, measures, actions) for step in steps}
    for numbers, readers in sorted(groups.items()):
        outbox.enqueue(
            "measure-digest",
            recipients=readers,
            context=_context(numbers, words),
            dedup=f"day:{local.date()}",
            at=now,
            expires_at=now + notices.NEWS_LAST,
        )
    return len(told)


def _steps(since: datetime, upto: datetime) -> tuple[list[news.Step], dict[int, Measure], dict[int, Action]]:
    steps = news.steps(since, upto)
    measures = Measure.objects.select_related("current").in_bulk({step.measure_id for step in steps})
    actions = Action.objects.select_related("first_owner", "second_owner").in_bulk(
        {step.action_id for step in steps if step.action_id}
    )
    return steps, measures, actions


def _said(step: news.Step, measures: dict[int, Measure], actions: dict[int, Action]) -> dict[str, Any]:
    """Return a step as a notice tells it, in both languages."""
    measure = measures[step.measure_id]
    action = actions.get(step.action_id) if step.action_id else None
    reads = measure.state != MeasureState.WITHDRAWN or measure.adopted_at is not None
    return {
        "title": notices.title(measure),
        "action": {"ar": action.title_ar or action.title_en, "en": action.title_en or action.title_ar}
        if action
        else "",
        "moved": _moved(step),
        "path": _path(measure, action) if reads else "",
    }


def _moved(step: news.Step) -> dict[str, str]:
    label = (ActionMove if step.action_id else MeasureMove)(step.move).label
    said = {}
    for language in LANGUAGES:
        with translation.override(language):
            said[language] = str(label)
    return said


def _path(measure: Measure, action: Action | None) -> str:
    """Return the address below the language, which the reader's own words put in front."""
    return f"measures/{measure.slug}/" + (f"actions/{action.pk}/" if action else "")


def _context(numbers: tuple[int, ...], words: dict[int, dict[str, Any]]) -> dict[str, Any]:
    """Return the latest moves, those of each measure together."""
    kept = [words[number] for number in numbers[-MOST_TOLD:]]
    kept.sort(key=lambda item: item["path"].partition("actions/")[0])
    return {"items": kept, "count": len(numbers), "more": max(len(numbers) - MOST_TOLD, 0)}
