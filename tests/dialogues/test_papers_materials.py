"""Materials: who may have which, when; nothing on the disk without a row; nothing served as it came in."""

import os
import time
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dialogues import services, tasks
from dialogues.enums import SessionState
from dialogues.models import Material
from network import files
from tests.desk import at_the_desk
from tests.factories import files as made
from tests.factories.dialogues import AgendaItemFactory, MaterialFactory, SessionFactory, seat
from tests.factories.network import PractitionerFactory, RegionFactory, auditor, coordinator

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def on_disk():
    folder = files.path_of("x", services.MATERIAL_FOLDER).parent
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def western(**fields):
    return SessionFactory(host_region=RegionFactory(code="west"), **fields)


def a_file(session, **fields):
    stored = files.keep(b"%PDF-qxzcontent", services.MATERIAL_FOLDER)
    return MaterialFactory(session=session, stored=stored, **fields)


def signed_in(user=None):
    client = Client()
    if user:
        client.force_login(user)
    return client


def added(session, by, **fields):
    material = Material(session=session, title_ar="ورقة", **fields)
    return services.add_material(material=material, upload=("خطة.pdf", made.pdf()), by=by)


# --- who may have what ----------------------------------------------------------------------------------------------------

READERS = {
    "visitor": lambda session: None,
    "member": lambda session: PractitionerFactory().user,
    "waiting": lambda session: seat(session=session, state="waiting").practitioner.user,
    "seated": lambda session: seat(session=session).practitioner.user,
    "absent": lambda session: seat(session=session, state="absent").practitioner.user,
    "present": lambda session: seat(session=session, state="attended").practitioner.user,
    "withdrawn": lambda session: seat(session=session, state="cancelled").practitioner.user,
    "leader": lambda session: led(session),
    "auditor": lambda session: auditor(),
    "coordinator": lambda session: coordinator("west"),
    "other side": lambda session: coordinator("east"),
}
SEATED = {"seated", "absent", "present", "leader", "auditor", "coordinator"}
PRESENT = {"present", "leader", "auditor", "coordinator"}


def led(session):
    person = PractitionerFactory()
    session.facilitators.add(person)
    return person.user


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize(("audience", "allowed"), [("all", set(READERS)), ("seated", SEATED), ("present", PRESENT)])
def test_a_material_is_for_its_audience_and_404_for_others(audience, allowed, language):
    session = western(in_hours=-4)
    material = a_file(session, audience=audience, shown="after")

    for name, reader in READERS.items():
        client = signed_in(reader(session))
        page = client.get(f"/{language}/sessions/{session.slug}/").text
        file = client.get(f"/{language}/sessions/materials/{material.pk}/")
        title = material.title_ar if language == "ar" else material.title_en
        assert (title in page, file.status_code) == ((True, 200) if name in allowed else (False, 404)), name


@pytest.mark.parametrize(("hours", "status"), [(48, 404), (-1, 404), (-4, 200)])
def test_what_is_for_afterwards_is_not_there_before(hours, status):
    material = a_file(SessionFactory(in_hours=hours), shown="after")

    assert signed_in().get(f"/ar/sessions/materials/{material.pk}/").status_code == status


@pytest.mark.parametrize(
    "fields",
    [{"state": SessionState.DRAFT}, {"listing": "members"}, {"listing": "invited"}],
    ids=lambda fields: next(iter(fields.values())),
)
def test_what_belongs_to_a_session_that_one_may_not_know_of_does_not_exist(fields):
    material = a_file(western(**fields))

    assert signed_in().get(f"/ar/sessions/materials/{material.pk}/").status_code == 404
    assert signed_in(coordinator("east")).get(f"/ar/sessions/materials/{material.pk}/").status_code == 404
    assert signed_in(coordinator("west")).get(f"/ar/sessions/materials/{material.pk}/").status_code == 200


def test_a_file_is_kept_and_never_opened_by_a_browser():
    material = a_file(SessionFactory(), filename="خطة العمل 2026.pdf")

    answer = signed_in().get(material.get_absolute_url())

    assert b"".join(answer.streaming_content) == b"%PDF-qxzcontent"
    assert {name: answer[name] for name in ("Content-Type", "X-Content-Type-Options", "Cache-Control")} == {
        "Content-Type": "application/pdf", "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-cache, no-store",
    }  # fmt: skip
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["Content-Disposition"] == (
        'attachment; filename="2026.pdf"; '
        "filename*=UTF-8''%D8%AE%D8%B7%D8%A9%20%D8%A7%D9%84%D8%B9%D9%85%D9%84%202026.pdf"
    )
    assert material.stored not in str(answer.headers)


def test_behind_a_proxy_the_file_does_not_pass_through_python(settings):
    settings.FILES_BY_PROXY = True
    material = a_file(SessionFactory())

    answer = signed_in().get(material.get_absolute_url())

    assert (answer.content, answer["X-Accel-Redirect"]) == (b"", f"/media-private/materials/{material.stored}")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Security-Policy"].startswith("sandbox")


def test_neither_a_link_nor_a_lost_file_nor_a_post_is_a_fault():
    link, lost = MaterialFactory(), a_file(SessionFactory())
    files.path_of(lost.stored, services.MATERIAL_FOLDER).unlink()

    assert signed_in().get(f"/ar/sessions/materials/{link.pk}/").status_code == 404
    assert signed_in().get(f"/ar/sessions/materials/{lost.pk}/").status_code == 404
    assert signed_in().post(f"/ar/sessions/materials/{lost.pk}/").status_code == 405


def test_a_page_says_type_size_and_language():
    session = SessionFactory()
    item = AgendaItemFactory(session=session)
    a_file(session, item=item, language="ar")

    text = signed_in().get(f"/en/sessions/{session.slug}/").text

    assert "PDF" in text
    assert "1.2\xa0MB" in text
    assert "in Arabic" in text


# --- writing ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", [lambda: coordinator("east"), lambda: coordinator(None), auditor])
def test_only_those_who_run_the_session_change_its_materials(by):
    kept, by = a_file(western()), by()

    for call in (
        lambda: added(kept.session, by),
        lambda: services.edit_material(material=kept, changed=["title_ar"], by=by),
        lambda: services.remove_material(material=kept, by=by),
    ):
        with pytest.raises(services.NotYourSession):
            call()
    assert on_disk() == [kept.stored]


@pytest.mark.django_db(transaction=True)
def test_a_file_goes_with_its_row_and_not_before(monkeypatch):
    by = coordinator("west")
    material = added(western(), by)
    assert on_disk() == [material.stored]
    assert made.AUTHOR.encode() not in files.path_of(material.stored, services.MATERIAL_FOLDER).read_bytes()

    with transaction.atomic():
        services.remove_material(material=material, by=by)
        transaction.set_rollback(True)
    assert on_disk() == [material.stored]

    services.remove_material(material=material, by=by)
    assert on_disk() == []
    with pytest.raises(services.MaterialGone):
        services.remove_material(material=material, by=by)


def test_a_failed_write_leaves_no_file(monkeypatch):
    def fail(*args, **fields):
        raise ZeroDivisionError

    monkeypatch.setattr("dialogues.services.materials.record_edit", fail)
    with pytest.raises(ZeroDivisionError):
        added(western(), coordinator("west"))
    assert on_disk() == []
    assert not Material.objects.exists()


def test_what_a_crash_leaves_is_swept_after_an_hour():
    kept, lost, fresh = (
        a_file(SessionFactory()),
        *(files.keep(name, services.MATERIAL_FOLDER) for name in (b"lost", b"fresh")),
    )
    past = time.time() - timedelta(hours=2).total_seconds()
    for stored in (kept.stored, lost):
        os.utime(files.path_of(stored, services.MATERIAL_FOLDER), (past, past))

    tasks.clear_lost_files()

    assert on_disk() == sorted([kept.stored, fresh])


def test_a_large_file_and_one_too_many_are_refused(settings, monkeypatch):
    session, by = western(), coordinator("west")
    settings.MATERIAL_LARGEST = 500
    with pytest.raises(services.TooLarge):
        added(session, by)
    settings.MATERIAL_LARGEST = 10_000_000
    monkeypatch.setattr("dialogues.services.materials.MOST_MATERIALS", 1)
    added(session, by)
    with pytest.raises(services.TooManyMaterials):
        added(session, by)
    assert len(on_disk()) == 1


@pytest.mark.parametrize(
    "fields",
    [{"link": ""}, {"stored": "x"}, {"audience": "present", "shown": "before"}],
    ids=lambda fields: str(fields),
)
def test_the_database_refuses_what_is_neither_or_both(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        MaterialFactory(**{"filename": "", "size": None, "link": "https://x.example/", **fields})


# --- the desk ---------------------------------------------------------------------------------------------------------------


def url(session):
    return reverse("admin:dialogues_session_materials", args=[session.pk])


def typed(**changes):
    return {
        "do": "add", "title_ar": "خطة العمل", "title_en": "", "link": "", "language": "ar", "item": "", "shown": "before",
        "audience": "seated", **changes,
    }  # fmt: skip


def test_a_coordinator_uploads_changes_and_removes(django_capture_on_commit_callbacks):
    session = western()
    item = AgendaItemFactory(session=session)
    client = at_the_desk(coordinator("west"))
    upload = SimpleUploadedFile("../خطة.docx", made.office("docx"))

    assert client.post(url(session), typed(upload=upload, item=item.pk)).status_code == 302
    material = session.materials.get()
    assert (material.filename, material.item, material.audience) == ("خطة.docx", item, "seated")
    page = client.get(f"{url(session)}?edit={material.pk}").text
    assert 'name="upload"' not in page
    client.post(f"{url(session)}?edit={material.pk}", typed(do="edit", title_en="The plan"))
    material.refresh_from_db()
    assert (material.title_en, material.item) == ("The plan", None)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url(session), {"do": "remove", "material": material.pk})
    assert (session.materials.count(), on_disk()) == (0, [])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "Give a file or a link, and not both."),
        ({"link": "http://x.example/"}, "Enter a valid URL."),
        ({"link": "javascript:alert(1)"}, "Enter a valid URL."),
        ({"title_ar": "", "title_en": "", "link": "https://x.example/"}, "Please give a title"),
        ({"title_ar": "a\u202eb", "link": "https://x.example/"}, "invisible control characters"),
        ({"audience": "present", "link": "https://x.example/"}, "Who was present is known after the session"),
        ({"upload": SimpleUploadedFile("a.exe", b"MZ")}, "Only PDF, Word"),
        ({"upload": SimpleUploadedFile("a.docx", made.office("docx", {"word/vbaProject.bin": b"x"}))}, "macros"),
        ({"upload": SimpleUploadedFile("a.pdf", made.pdf()), "link": "https://x.example/"}, "and not both"),
    ],
)
def test_bad_input_is_told_and_what_was_typed_stays(changes, sentence):
    session = western()
    page = at_the_desk(coordinator("west")).post(
        url(session).replace("/ar/", "/en/"), typed(**{"title_en": "Qxztyped"} | changes)
    )

    assert page.status_code == 200
    assert sentence in page.text
    assert changes.get("title_en", "Qxztyped") in page.text
    assert (Material.objects.count(), on_disk()) == (0, [])


def test_the_desk_of_others():
    session, joint = western(), SessionFactory()
    material = MaterialFactory(session=joint)
    other = at_the_desk(coordinator("east"))

    assert other.get(url(session)).status_code == 404
    assert other.post(url(session), typed()).status_code == 404
    # Of a joint session the sides read what there is, and change nothing.
    assert str(material) in other.get(url(joint)).text
    assert other.post(url(joint), {"do": "remove", "material": material.pk}).status_code == 404
    assert at_the_desk(auditor()).post(url(joint), {"do": "remove", "material": material.pk}).status_code == 404
    assert Material.objects.count() == 1
    # Nor a material of another session through one's own.
    mine = at_the_desk(coordinator("west"))
    assert mine.post(url(session), {"do": "remove", "material": material.pk}).status_code == 404
    assert mine.get(f"{url(session)}?edit={material.pk}").status_code == 404


def test_deleting_a_draft_leaves_nothing_for_long():
    session = western(state=SessionState.DRAFT)
    material = a_file(session)
    services.delete_draft(session=session, by=coordinator("west"))
    past = time.time() - 7_200
    os.utime(files.path_of(material.stored, services.MATERIAL_FOLDER), (past, past))

    assert services.clear_lost_files(now=timezone.now()) == 1
