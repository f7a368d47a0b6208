"""The agenda: times that move with the session, and speakers whom only those see who may find them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dialogues import services
from dialogues.models import AgendaItem
from dialogues.selectors import papers
from network.models import Transition
from tests.desk import at_the_desk
from tests.dialogues.test_admin import at, room, typed
from tests.factories.dialogues import AgendaItemFactory, SessionFactory, seat
from tests.factories.network import PractitionerFactory, RegionFactory, auditor, coordinator
from tests.security.forms_read import form_of

pytestmark = pytest.mark.django_db


def item(session, **fields):
    return AgendaItem(session=session, **{"title_ar": "فقرة", "offset": None, "minutes": 20, **fields})


def western(**fields):
    return SessionFactory(host_region=RegionFactory(code="west"), **fields)


def test_an_item_without_a_time_follows_the_last():
    session, by = western(), coordinator("west")
    for _ in range(3):
        services.save_agenda_item(item=item(session), changed=(), by=by)

    assert list(AgendaItem.objects.order_by("pk").values_list("offset", flat=True)) == [0, 20, 40]
    assert Transition.objects.of(session).filter(move="edit").count() == 3


@pytest.mark.parametrize("fields", [{"offset": 110}, {"offset": -1}, {"minutes": 121}, {"offset": 10**9}])
def test_an_item_lies_within_the_session(fields):
    with pytest.raises(services.OutsideTheSession):
        services.save_agenda_item(item=item(western(), **fields), changed=(), by=coordinator("west"))
    assert not AgendaItem.objects.exists()


@pytest.mark.parametrize("by", [lambda: coordinator("east"), lambda: coordinator(None), auditor])
def test_only_those_who_run_the_session_change_its_agenda(by):
    kept = AgendaItemFactory(session=western())
    by = by()

    for call in (
        lambda: services.save_agenda_item(item=item(kept.session), changed=(), by=by),
        lambda: services.save_agenda_item(item=kept, changed=["minutes"], by=by),
        lambda: services.remove_agenda_item(item=kept, by=by),
    ):
        with pytest.raises(services.NotYourSession):
            call()
    assert AgendaItem.objects.get().minutes == 30


def test_speakers_whom_the_coordinator_can_not_see_stay():
    kept = AgendaItemFactory(session=western())
    hidden, seen, new = PractitionerFactory(side="east"), PractitionerFactory(), PractitionerFactory()
    kept.speakers.set([hidden, seen])

    services.save_agenda_item(item=kept, changed=(), speakers=[new], by=coordinator("west"))

    assert set(kept.speakers.all()) == {hidden, new}


def test_times_move_with_the_session():
    kept = AgendaItemFactory(session=western(), offset=45)
    before = kept.starts_at
    session = kept.session
    session.starts_at += timedelta(days=1)
    session.ends_at += timedelta(days=1)
    services.edit_session(session=session, changed=["starts_at", "ends_at"], by=coordinator("west"))

    assert AgendaItem.objects.get().starts_at == before + timedelta(days=1)


def test_what_does_not_fit_is_named():
    session = western()
    first, second, late = (AgendaItemFactory(session=session, offset=at) for at in (0, 20, 110))

    assert papers.overlapping(session) == [second, late]
    assert first.offset == 0


def page(session, reader=None, language="en"):
    client = Client()
    if reader:
        client.force_login(reader)
    return client.get(f"/{language}/sessions/{session.slug}/")


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("chatham_house", [True, False])
def test_a_reader_sees_the_speakers_whom_they_may_find_and_nobody_under_the_rule(chatham_house, language):
    session = SessionFactory(chatham_house=chatham_house)
    kept = AgendaItemFactory(session=session, guest="Qxzguest Weiss")
    people = {
        name: PractitionerFactory(name_ar=f"اسم{letter}", name_latin=f"Qxz{name}", **fields)
        for name, letter, fields in (
            ("members", "ا", {"visibility": "members"}),
            ("side", "ب", {"visibility": "side"}),
            ("nobody", "ت", {"visibility": "nobody"}),
            ("left", "ث", {"visibility": "members", "state": "left"}),
        )
    }
    kept.speakers.set(people.values())
    readers = {
        None: {"guest"},
        PractitionerFactory(side="west").user: {"guest", "members", "side"},
        PractitionerFactory(side="east").user: {"guest", "members"},
        auditor(): {"guest", "members", "side", "nobody"},
    }

    for reader, seen in readers.items():
        text = page(session, reader, language).text
        shown = {name for name, person in people.items() if person.name_ar in text or person.name_latin in text}
        shown |= {"guest"} if "Qxzguest" in text else set()
        assert shown == (set() if chatham_house else seen)
        assert (kept.title_ar if language == "ar" else kept.title_en) in text


def test_the_page_of_a_session_asks_twice_more_however_long_its_agenda_is(django_assert_num_queries):
    for rows in (1, 4):
        session = SessionFactory()
        for number in range(rows):
            kept = AgendaItemFactory(session=session, offset=number * 20)
            kept.speakers.set(PractitionerFactory.create_batch(rows, visibility="members"))
        reader = seat(session=session).practitioner.user
        client = Client()
        client.force_login(reader)
        with django_assert_num_queries(12):
            text = client.get(f"/en/sessions/{session.slug}/").text
        assert text.count("Item ") == rows


def form(session, *rows, initial=0):
    starts = timezone.localtime(session.starts_at)
    data = typed(host_region=session.host_region_id, **room()) | {
        "starts_at_0": starts.date().isoformat(), "starts_at_1": f"{starts:%H:%M:%S}",
        "ends_at_0": timezone.localtime(session.ends_at).date().isoformat(), "ends_at_1": f"{timezone.localtime(session.ends_at):%H:%M:%S}",
        "sites-INITIAL_FORMS": "1", "sites-0-id": session.sites.get().pk, "sites-0-session": session.pk,
        "agenda_items-TOTAL_FORMS": str(len(rows)), "agenda_items-INITIAL_FORMS": str(initial),
    }  # fmt: skip
    for number, row in enumerate(rows):
        row = {"kind": "talk", "minutes": "30", "session": session.pk, **row}
        data |= {f"agenda_items-{number}-{name}": value for name, value in row.items()}
    return data


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_coordinator_types_times_of_day(language):
    session = western(starts_at=(timezone.now() + timedelta(days=3)).replace(second=0, microsecond=0))
    by, speaker, stranger = coordinator("west"), PractitionerFactory(), PractitionerFactory(side="east")
    client, url = at_the_desk(by), at(language, "change", session.pk)
    starts = timezone.localtime(session.starts_at)
    second = f"{starts + timedelta(minutes=40):%Y-%m-%dT%H:%M}"

    done = client.post(
        url, form(session, {"title_ar": "أولى"}, {"title_ar": "ثانية", "begins": second, "speakers": [speaker.pk]})
    )

    assert done.status_code == 302, done.text
    items = list(session.agenda_items.order_by("offset"))
    assert [(i.title_ar, i.offset) for i in items] == [("أولى", 0), ("ثانية", 40)]
    assert list(items[1].speakers.all()) == [speaker]
    shown = client.get(url).text
    assert second in shown
    # Somebody of the other side is no choice; what was typed stays.
    rows = [
        {"id": i.pk, "title_ar": i.title_ar, "begins": f"{timezone.localtime(i.starts_at):%Y-%m-%dT%H:%M}"}
        for i in items
    ]
    again = client.post(url, form(session, rows[0], rows[1] | {"speakers": [stranger.pk]}, initial=2))
    assert again.status_code == 200
    assert second in again.text
    # Nothing changed is nothing recorded, and one may be taken off.
    before = Transition.objects.count()
    client.post(url, form_of(shown))
    assert Transition.objects.count() == before
    assert Transition.objects.filter(changes__has_key="item").count() == 0
    client.post(url, form(session, rows[0] | {"DELETE": "on"}, rows[1] | {"speakers": [speaker.pk]}, initial=2))
    assert [i.title_ar for i in session.agenda_items.all()] == ["ثانية"]
    assert Transition.objects.count() > before


def test_what_is_outside_is_told_and_what_overlaps_is_warned_of():
    session = western(starts_at=(timezone.now() + timedelta(days=3)).replace(second=0, microsecond=0))
    client, url = at_the_desk(coordinator("west")), at("en", "change", session.pk)
    same = f"{timezone.localtime(session.starts_at):%Y-%m-%dT%H:%M}"
    late = f"{timezone.localtime(session.ends_at):%Y-%m-%dT%H:%M}"

    refused = client.post(url, form(session, {"title_ar": "متأخرة", "begins": late}))
    assert refused.status_code == 200
    assert "does not lie within the session" in refused.text
    assert not AgendaItem.objects.exists()

    rows = [{"title_ar": "أولى", "begins": same}, {"title_ar": "ثانية", "begins": same}]
    warned = client.post(url, form(session, *rows), follow=True)
    assert "these items overlap" in warned.text
    assert AgendaItem.objects.count() == 2


def test_the_other_side_of_a_joint_session_reads_the_agenda_without_its_people():
    session = SessionFactory()
    kept = AgendaItemFactory(session=session, guest="Qxzguest")
    kept.speakers.add(PractitionerFactory(side="east", name_ar="سر", name_latin="Qxzname"))

    text = at_the_desk(coordinator("west")).get(reverse("admin:dialogues_session_change", args=[session.pk])).text

    assert kept.title_ar in text
    assert "Qxz" not in text
