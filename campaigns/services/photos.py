"""A photo from its receipt to its place in the entry: kept in quarantine, made anew by a worker, the original destroyed.

A file is written before its row is committed and goes again where that fails; what a crash leaves in between is swept.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns import notices, photos, policies
from campaigns.enums import PHOTO_MOVES, PhotoMove, PhotoState
from campaigns.models import Campaign, Entry, Photo, Unfinished
from campaigns.services.entries import TooLateToCorrect, lock, require_hand, require_open
from network import files
from network.enums import DomainError
from network.models import User
from network.services import record_edit, record_transition, require_move
from network.uploads.pictures import NotAPicture
from network.uploads.refusals import Refused
from notifications import outbox

# A photo takes a second; whoever has it longer has died over it.
LEASE = timedelta(minutes=5)
# A photo that ends its worker so often is not tried again.
TRIES = 5
REBUILD = "campaigns.tasks.rebuild_photos"


class TooManyPhotos(DomainError):
    message = _("No more photos are taken; the most is %(most)s.")


def uid_of(form: uuid.UUID, content: bytes) -> uuid.UUID:
    """Return the uid of a photo: the same bytes with the same form are the same photo."""
    return uuid.uuid5(form, sha256(content).hexdigest())


def keep_photos(
    *,
    campaign: Campaign,
    form: uuid.UUID,
    came: Iterable[photos.Received],
    received_at: datetime,
    by: User | None = None,
) -> list[Photo]:
    """Keep photos with their form, or with the entry that the form has become. One sent twice is the one that is there.

    Each is written away before the next is taken from `came`: one at a time is in memory. `by` is who types for somebody
    who entered on paper. Raises NotOpenYet, EntriesClosed, TooLateToCorrect, NotOnPaper; TooManyPhotos once those that have a place are
    kept.
    """
    entry = Entry.objects.filter(uid=form, campaign=campaign).select_related("campaign").first()
    if entry:
        require_hand(entry, by)
    known = {row.uid: row for row in Photo.objects.filter(form=form, campaign=campaign)}
    places = _free_places(known.values(), campaign.photos_at_most)
    new: list[Photo] = []
    # Those whose row is not committed yet: their files go again where that fails.
    loose: list[Photo] = []
    too_many = False
    try:
        for photo in came:
            uid = uid_of(form, photo.content)
            # What is there already is no fault, however late it comes again.
            if uid in known:
                continue
            _require_time(campaign, entry, received_at)
            if not places:
                too_many = True
                break
            row = Photo(campaign=campaign, entry=entry, form=form, uid=uid, received_at=received_at)
            row.position = places.pop(0)
            row.quarantined = photos.quarantine(photo)
            new.append(row)
            loose.append(row)
            known[uid] = row
        try:
            with transaction.atomic():
                _insert(new, by)
            loose.clear()
        except IntegrityError:
            # Another tab was there with the same photo, or on the same place.
            for row in new:
                row.pk = None
                _placed(row, campaign.photos_at_most, by)
                loose.pop(0)
    except BaseException:
        photos.remove([row.quarantined for row in loose], photos.QUARANTINE)
        raise
    if too_many:
        raise TooManyPhotos(most=campaign.photos_at_most)
    return new


def _require_time(campaign: Campaign, entry: Entry | None, received_at: datetime) -> None:
    if entry is None:
        require_open(campaign, received_at)
    elif not policies.can_correct(entry, entry.campaign, received_at):
        raise TooLateToCorrect


def _free_places(rows: Iterable[Photo], most: int) -> list[int]:
    taken = {row.position for row in rows if row.state != PhotoState.REFUSED}
    return [place for place in range(1, most + 1) if place not in taken]


def _insert(rows: Sequence[Photo], by: User | None) -> None:
    for row in rows:
        row.save(force_insert=True)
        record_transition(row, PhotoMove.RECEIVE, from_state="", to_state=row.state, by=by, at=row.received_at)
        if row.entry:
            record_edit(row.entry, changed={"added_photo": row.pk}, by=by, at=row.received_at)
    if rows:
        outbox.start_after_commit(REBUILD)


def _placed(row: Photo, most: int, by: User | None) -> None:
    """Insert a photo in the first free place, which the database gives to one alone; the same photo from another tab stays the only one.

    Raises TooManyPhotos.
    """
    while True:
        there = list(Photo.objects.filter(form=row.form))
        if any(other.uid == row.uid for other in there):
            photos.remove([row.quarantined], photos.QUARANTINE)
            return
        places = _free_places(there, most)
        if not places:
            raise TooManyPhotos(most=most)
        row.position = places[0]
        try:
            with transaction.atomic():
                _insert([row], by)
            return
        except IntegrityError:
            row.pk = None


@transaction.atomic
def remove_photo(
    *, campaign: Campaign, form: uuid.UUID, uid: uuid.UUID, received_at: datetime, by: User | None = None
) -> None:
    """Take a photo out again, until the close; its files go once that is committed. Removing what is gone is no fault.

    What began to arrive in time is in time. Raises TooLateToCorrect, NotOnPaper.
    """
    entry = Entry.objects.filter(uid=form, campaign=campaign).first()
    if entry:
        entry = lock(entry)
        require_hand(entry, by)
    row = Photo.objects.select_for_update(of=("self",)).filter(uid=uid, form=form, campaign=campaign).first()
    if row is None:
        return
    if entry and not policies.can_correct(entry, entry.campaign, received_at):
        raise TooLateToCorrect
    _drop(row)
    if entry:
        record_edit(entry, changed={"removed_photo": row.pk}, by=by, at=timezone.now())
    row.delete()


def _drop(row: Photo) -> None:
    if row.quarantined:
        files.drop(row.quarantined, photos.QUARANTINE)
    for stored in row.kept.values():
        files.drop(stored, photos.ENTRIES)


# --- in a worker --------------------------------------------------------------------------------------------------------


def claim_photo(*, now: datetime) -> Photo | None:
    """Return a waiting photo that is this worker's alone for five minutes, None where none waits."""
    while True:
        row = Photo.objects.waiting(now).first()
        if row is None:
            return None
        mine = Photo.objects.filter(pk=row.pk, state=PhotoState.WAITING, leased_until=row.leased_until)
        if row.leased_until is None:
            mine = Photo.objects.filter(pk=row.pk, state=PhotoState.WAITING, leased_until__isnull=True)
        if mine.update(leased_until=now + LEASE, tries=F("tries") + 1):
            row.refresh_from_db()
            return row


def rebuild_photo(*, photo: Photo) -> None:
    """Make a photo anew and destroy what came in, or refuse it and tell its entrant; killed in the middle it waits as before."""
    try:
        if photo.tries > TRIES:
            raise NotAPicture
        content = files.path_of(photo.quarantined, photos.QUARANTINE).read_bytes()
        made = photos.rebuilt(content)
    except FileNotFoundError:
        _refuse(photo, photos.PhotoCutOff())
        return
    except Refused as refused:
        _refuse(photo, refused)
        return
    stored = photos.keep(made)
    try:
        if not _finish(photo, made, stored):
            photos.remove(stored.values())
    except BaseException:
        photos.remove(stored.values())
        raise


@transaction.atomic
def _finish(photo: Photo, made: photos.Rebuilt, stored: dict[str, str]) -> bool:
    """Keep what was made; False where the photo was removed, or another worker was quicker."""
    row = _waiting(photo)
    if row is None:
        return False
    row.kept, row.width, row.height, row.fingerprint = stored, made.width, made.height, made.fingerprint
    _settle(row, PhotoMove.REBUILD)
    return True


@transaction.atomic
def _refuse(photo: Photo, refused: Refused) -> None:
    row = _waiting(photo)
    if row is None:
        return
    row.refusal = photos.code_of(refused)
    _settle(row, PhotoMove.REFUSE)
    if row.entry:
        notices.tell_photo_refused(row.entry, row)


def _waiting(photo: Photo) -> Photo | None:
    rows = Photo.objects.select_for_update(of=("self",)).select_related("entry")
    return rows.filter(pk=photo.pk, state=PhotoState.WAITING).first()


def _settle(row: Photo, step: PhotoMove) -> None:
    now, before = timezone.now(), row.state
    row.state = require_move(PHOTO_MOVES, step, row)
    files.drop(row.quarantined, photos.QUARANTINE)
    row.quarantined, row.settled_at, row.leased_until = "", now, None
    row.save()
    record_transition(row, step, from_state=before, to_state=row.state, by=None, at=now)


# --- what is left over ----------------------------------------------------------------------------------------------------


def clear_lost_photos(*, now: datetime) -> int:
    """Remove the photos of forms that were never sent, and the files of no photo; return how many files nobody knew."""
    loose = Photo.objects.filter(entry__isnull=True, received_at__lt=now - policies.LOOSE_PHOTOS_LAST)
    for row in loose.order_by("pk"):
        _clear(row)
    waiting = Photo.objects.exclude(quarantined="").values_list("quarantined", flat=True)
    kept = Photo.objects.filter(state=PhotoState.READY).values_list("kept", flat=True)
    swept = files.sweep(known=set(waiting), now=now, folder=photos.QUARANTINE)
    return swept + files.sweep(
        known={name for names in kept.iterator() for name in names.values()}, now=now, folder=photos.ENTRIES
    )


@transaction.atomic
def _clear(photo: Photo) -> None:
    row = Photo.objects.select_for_update(of=("self",)).filter(pk=photo.pk, entry__isnull=True).first()
    if row is None or Unfinished.objects.filter(uid=row.form).exists():
        return
    # A photo that came in the very moment in which its entry did.
    if entry := Entry.objects.filter(uid=row.form, campaign=row.campaign_id).first():
        row.entry = entry
        row.save(update_fields=["entry"])
        return
    _drop(row)
    row.delete()
