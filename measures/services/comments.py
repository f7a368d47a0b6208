"""What members say about a measure before the vote: comments on a paragraph, and what they think of it."""

import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from measures import selectors, texts
from measures.enums import SHARED_STATES, Leaning, MeasureState
from measures.models import Comment, LeaningVote, Measure, Version
from measures.models.measures import COMMENT_LENGTH, PARTS
from measures.services.drafting import NotAnAuthor, lock
from network.enums import DomainError
from network.models import Practitioner

QUOTE_LENGTH = 160
COMMENTS_A_DAY = 60


class CommentsAreClosed(DomainError):
    message = _("Comments are taken while the measure is being written and until the vote.")


class EmptyComment(DomainError):
    message = _("Please write what you want to say.")


class CommentTooLong(DomainError):
    message = _("A comment has at most %(most)s characters.")


class NoSuchParagraph(DomainError):
    message = _("This paragraph is not in the text.")


class TooManyComments(DomainError):
    message = _("You have written very many comments today. Please go on tomorrow.")


class LeaningsAreClosed(DomainError):
    message = _("What members think is asked only before the vote.")


@transaction.atomic
def add_comment(
    *,
    measure: Measure,
    version: Version,
    text: str,
    uid: uuid.UUID,
    author: Practitioner,
    language: str = "",
    part: str = "",
    block: int = 0,
    answers: Comment | None = None,
) -> Comment:
    """Keep a comment on a block of a version, or on all of it (`block` 0), or an answer to another; the same `uid` again is the same one.

    Raises CommentsAreClosed, EmptyComment, CommentTooLong, NoSuchParagraph, TooManyComments.
    """
    measure, now = lock(measure), timezone.now()
    known = Comment.objects.filter(uid=uid, author=author).first()
    if known:
        return known
    writing = measure.state == MeasureState.DRAFT and selectors.is_author(measure, author)
    if not author.is_active_member or not (writing or measure.state in _COMMENTED):
        raise CommentsAreClosed
    if version.measure_id != measure.pk or (answers is not None and answers.measure_id != measure.pk):
        raise NoSuchParagraph
    if not text.strip():
        raise EmptyComment
    if len(text) > COMMENT_LENGTH:
        raise CommentTooLong(most=COMMENT_LENGTH)
    today = Comment.objects.filter(author=author, created_at__date=timezone.localdate(now))
    if today.count() >= COMMENTS_A_DAY:
        raise TooManyComments
    anchor, quote = "", ""
    if answers is not None:
        # An answer stands below what it answers, never below another answer.
        answers = answers.answers or answers
        language, part, block = "", "", 0
    elif block:
        anchor, quote = _block(version, language, part, block)
    return Comment.objects.create(
        measure=measure,
        version=version,
        answers=answers,
        language=language,
        part=part,
        block=block,
        anchor=anchor,
        quote=quote,
        text=text.strip(),
        author=author,
        uid=uid,
        created_at=now,
    )


_COMMENTED = tuple(state for state in SHARED_STATES if state != MeasureState.OPEN)


def _block(version: Version, language: str, part: str, number: int) -> tuple[str, str]:
    if part not in PARTS or language not in ("ar", "en"):
        raise NoSuchParagraph
    found = texts.blocks(getattr(version, f"{part}_{language}") or "")
    if not 0 < number <= len(found):
        raise NoSuchParagraph
    return found[number - 1].anchor, texts.shortened(found[number - 1].html, QUOTE_LENGTH)


@transaction.atomic
def resolve_comment(*, comment: Comment, resolved: bool, by: Practitioner) -> Comment:
    """Mark a comment as dealt with, or open it again: its writer may, and every author of the measure. Raises NotAnAuthor."""
    lock(comment.measure)
    comment = Comment.objects.get(pk=comment.pk)
    if comment.author_id != by.pk and not selectors.is_author(comment.measure, by):
        raise NotAnAuthor
    if resolved == bool(comment.resolved_at):
        return comment
    comment.resolved_at, comment.resolved_by = (timezone.now(), by.user) if resolved else (None, None)
    comment.save(update_fields=["resolved_at", "resolved_by"])
    return comment


@transaction.atomic
def keep_leaning(*, measure: Measure, practitioner: Practitioner, value: str) -> None:
    """Keep what a member thinks of a draft; "" takes it back. Raises LeaningsAreClosed."""
    measure = lock(measure)
    if measure.state not in (MeasureState.REVIEW, MeasureState.PARITY) or not practitioner.is_active_member:
        raise LeaningsAreClosed
    rows = LeaningVote.objects.filter(measure=measure, practitioner=practitioner)
    if value not in Leaning.values:
        rows.delete()
        return
    LeaningVote.objects.update_or_create(
        measure=measure, practitioner=practitioner, defaults={"value": value, "region_id": practitioner.region_id}
    )
