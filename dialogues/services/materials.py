from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues import policies
from dialogues.models import Material, Session
from dialogues.services.seats import lock
from dialogues.services.sessions import NotYourSession
from network import files
from network.enums import DomainError
from network.models import User
from network.services import record_edit
from network.uploads import documents


class TooLarge(DomainError):
    message = _("The file is larger than %(megabytes)s MB.")


class TooManyMaterials(DomainError):
    message = _("A session has %(most)s materials at most.")


class MaterialGone(DomainError):
    message = _("This material is no longer there.")


MATERIAL_FOLDER = "materials"
MOST_MATERIALS = 60


def _locked(session: Session, by: User) -> Session:
    if not policies.can_manage(by, session):
        raise NotYourSession
    session = lock(session)
    if not policies.can_manage(by, session):
        raise NotYourSession
    return session


def add_material(*, material: Material, upload: tuple[str, bytes] | None, by: User) -> Material:
    """Keep a link, or a file given as its name and its bytes.

    Raises the uploads' Refused with a sentence for its uploader, and TooLarge.
    """
    if not policies.can_manage(by, material.session):
        # Before the file is looked at, which costs.
        raise NotYourSession
    clean = _looked_at(upload) if upload else None
    stored = ""
    try:
        with transaction.atomic():
            session, now = _locked(material.session, by), timezone.now()
            if session.materials.count() >= MOST_MATERIALS:
                raise TooManyMaterials(most=MOST_MATERIALS)
            if clean:
                stored = files.keep(clean.content, MATERIAL_FOLDER)
                material.stored, material.filename, material.size = stored, clean.filename, len(clean.content)
            material.added_at, material.added_by = now, by
            material.full_clean(exclude=["session", "item", "added_by"])
            material.save()
            record_edit(session, changed={"added_material": material.pk}, by=by, at=now)
    except BaseException:
        if stored:
            files.path_of(stored, MATERIAL_FOLDER).unlink(missing_ok=True)
        raise
    return material


def _looked_at(upload: tuple[str, bytes]) -> documents.Clean:
    name, content = upload
    if len(content) > settings.MATERIAL_LARGEST:
        raise TooLarge(megabytes=settings.MATERIAL_LARGEST // 1_000_000)
    clean = documents.examined(name, content)
    if len(clean.content) > settings.MATERIAL_LARGEST:
        raise TooLarge(megabytes=settings.MATERIAL_LARGEST // 1_000_000)
    return clean


@transaction.atomic
def edit_material(*, material: Material, changed: Collection[str], by: User) -> Material:
    """Keep the changed words of a material, when it is shown and for whom; its file is never replaced, it is added anew."""
    session, now = _locked(material.session, by), timezone.now()
    kept = session.materials.select_for_update(of=("self",)).filter(pk=material.pk).first()
    if kept is None:
        raise MaterialGone
    fields = [f.name for f in Material._meta.concrete_fields if f.name in set(changed) and f.editable]
    for field in fields:
        setattr(kept, field, getattr(material, field))
    kept.save(update_fields=fields)
    record_edit(session, changed={"material": kept.pk, "fields": sorted(changed)} if fields else {}, by=by, at=now)
    return kept


@transaction.atomic
def remove_material(*, material: Material, by: User) -> None:
    """Remove a material; its file goes once that is committed."""
    session, now = _locked(material.session, by), timezone.now()
    kept = session.materials.select_for_update(of=("self",)).filter(pk=material.pk).first()
    if kept is None:
        raise MaterialGone
    pk, stored = kept.pk, kept.stored
    kept.delete()
    if stored:
        files.drop(stored, MATERIAL_FOLDER)
    record_edit(session, changed={"removed_material": pk}, by=by, at=now)


def clear_lost_files(*, now: datetime) -> int:
    """Remove the files whose row is gone: of a crash between the two, or of a deleted draft."""
    known = set(Material.objects.exclude(stored="").values_list("stored", flat=True))
    return files.sweep(known=known, now=now, folder=MATERIAL_FOLDER)
