"""The media log: who reads what, the balance of sides, the feed, the desk, the rows that come with the reference data."""

import shutil
from datetime import date
from io import StringIO
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from campaigns import selectors, services
from campaigns.media_enums import MediaState
from campaigns.models import Appearance, Outlet, Speaker
from network.models import Transition
from network.services import IllegalMove, NotYours, ReasonMissing, reference
from tests.desk import at_the_desk
from tests.factories.campaigns import AppearanceFactory, OutletFactory, SpeakerFactory
from tests.factories.network import PractitionerFactory, RegionFactory, auditor, coordinator
from tests.state import Broken, break_the_journal, everything

pytestmark = pytest.mark.django_db

LANGUAGES = ["ar", "en"]
ATOM = "{http://www.w3.org/2005/Atom}"
READERS = {"west": lambda: coordinator("west"), "auditor": auditor}


def said(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def url(model: str, page: str, *args: Any) -> str:
    return reverse(f"admin:campaigns_{model}_{page}", args=args)


def moves(row: Any) -> list[str]:
    return list(Transition.objects.of(row).order_by("pk").values_list("move", flat=True))


def typed(speakers: int = 0, **fields: Any) -> dict[str, Any]:
    """Return what the form at the desk sends."""
    return {
        "kind": "interview", "outlet": "", "day": "2021-01-09", "precision": "day", "language": "", "title_ar": "مقابلة",
        "title_en": "Interview", "programme_ar": "", "programme_en": "", "link": "", "note_ar": "", "note_en": "",
        "speakers-TOTAL_FORMS": speakers, "speakers-INITIAL_FORMS": 0, "speakers-MIN_NUM_FORMS": 0,
        "speakers-MAX_NUM_FORMS": 1000,
    } | fields  # fmt: skip


# --- what everybody reads -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_everybody_reads_what_is_published_and_nothing_else(client: Client, language: str) -> None:
    shown = SpeakerFactory(appearance__programme_ar="صباح", appearance__programme_en="Morning").appearance
    hidden = SpeakerFactory(
        appearance__state="draft",
        appearance__title_ar="سر كبير",
        appearance__title_en="Great secret",
        appearance__outlet__name_ar="قناة خفية",
        appearance__outlet__name_en="Hidden channel",
    ).appearance

    page = said(client, f"/{language}/media/")
    entry = said(client, shown.get_absolute_url().replace("/ar/", f"/{language}/"))

    speaker = shown.speakers.get()
    for row, field in ((shown, "title"), (shown, "programme"), (shown.outlet, "name"), (speaker, "name")):
        assert getattr(row, f"{field}_{language}") in page
        assert getattr(row, f"{field}_{language}") in entry
    for row, field in ((hidden, "title"), (hidden.outlet, "name"), (hidden.speakers.get(), "name")):
        assert getattr(row, f"{field}_{language}") not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_draft_is_there_for_the_desk_alone(client: Client, language: str) -> None:
    draft = AppearanceFactory(state="draft", title_ar="سر كبير", title_en="Great secret")
    path = f"/{language}/media/{draft.slug}/"
    member = Client()
    member.force_login(PractitionerFactory().user)

    assert client.get(path).status_code == 404
    assert member.get(path).status_code == 404
    for staff in (coordinator("west"), coordinator(None), auditor()):
        page = at_the_desk(staff).get(path)
        assert draft.title_ar in page.content.decode() or draft.title_en in page.content.decode()
        assert "public" not in page.headers.get("Cache-Control", "")
    assert client.get(f"/{language}/media/no-such-entry/").status_code == 404


@pytest.mark.parametrize(
    ("language", "month", "unknown"),
    [("ar", "يناير 2021", "التاريخ غير معروف"), ("en", "January 2021", "date not known")],
)
def test_a_date_is_told_as_far_as_it_is_known(client: Client, language: str, month: str, unknown: str) -> None:
    AppearanceFactory(precision="month", day=date(2021, 1, 1))
    AppearanceFactory(precision="unknown", day=None, outlet=None)
    whole = AppearanceFactory(day=date(2021, 2, 9))

    page = said(client, f"/{language}/media/")

    assert f"· {month}" in page
    assert f"· {unknown}" in page
    # The latest stands first, what has no date last.
    assert page.index(whole.slug) < page.index(month) < page.index(unknown)
    with override(language):
        assert AppearanceFactory(precision="year").when == "2021"


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_what_was_written_is_linked(client: Client, language: str) -> None:
    linked = AppearanceFactory(link="https://channel.example/told")
    bare = AppearanceFactory(outlet=None)

    with override(language):
        assert 'href="https://channel.example/told" rel="external noreferrer"' in said(
            client, linked.get_absolute_url()
        )
        assert 'rel="external' not in said(client, bare.get_absolute_url())


def test_the_footer_of_every_page_leads_there(client: Client) -> None:
    assert 'href="/ar/media/"' in said(client, "/ar/")


# --- filters ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def told() -> dict[str, Appearance]:
    """One entry of each side, one of an outlet without a side, one without an outlet, and a draft."""
    rows = {
        side: AppearanceFactory(outlet=OutletFactory(side=side), day=date(year, 1, 9), language=language)
        for side, year, language in (("east", 2019, "ar"), ("west", 2020, "en"), ("south", 2021, "ar"))
    }
    rows["none"] = AppearanceFactory(outlet=OutletFactory(side=None), language="")
    rows["nowhere"] = AppearanceFactory(outlet=None, day=None, precision="unknown", language="")
    rows["draft"] = AppearanceFactory(state="draft", outlet=rows["east"].outlet, language="fr", day=date(2018, 1, 9))
    return rows


def found(client: Client, query: str, told: dict[str, Appearance]) -> set[str]:
    page = said(client, f"/en/media/?{query}")
    return {name for name, row in told.items() if f"/media/{row.slug}/" in page}


def test_the_log_is_narrowed_by_each_filter(client: Client, told: dict[str, Appearance]) -> None:
    east = told["east"].outlet
    published = set(told) - {"draft"}

    assert found(client, "", told) == published
    assert found(client, f"outlet={east.pk}", told) == {"east"}
    assert found(client, "side=west", told) == {"west"}
    assert found(client, "side=none", told) == {"none", "nowhere"}
    assert found(client, "language=ar", told) == {"east", "south"}
    assert found(client, "year=2021", told) == {"south", "none"}
    assert found(client, "language=ar&side=south", told) == {"south"}
    assert found(client, f"outlet={east.pk}&side=west", told) == set()


def test_only_what_finds_something_is_offered(client: Client, told: dict[str, Appearance]) -> None:
    hidden = AppearanceFactory(state="draft")

    page = said(client, "/en/media/")

    assert "French" not in page
    assert "2018" not in page
    assert hidden.outlet.name_en not in page


@pytest.mark.parametrize("words", ["كمامات", "masks", "الحدث", "Salma", "سالمة"])
def test_it_is_found_by_the_words_of_its_outlet_and_speakers_too(client: Client, words: str) -> None:
    by = coordinator(None)
    outlet = OutletFactory(name_ar="قناة الحدث", name_en="The Event")
    row = AppearanceFactory.build(
        outlet=outlet, title_ar="كمامات للجميع", title_en="Masks for all", slug="", state="draft", published_at=None
    )
    services.keep_appearance(appearance=row, changed=(), by=by)
    services.keep_speakers(appearance=row, kept=[Speaker(name_ar="سالمة", name_en="Salma")], removed=[], by=by)
    services.publish_appearance(appearance=row, by=by)
    AppearanceFactory()

    assert found(client, f"q={words}", {"row": row, "other": Appearance.objects.exclude(pk=row.pk).get()}) == {"row"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "query",
    [
        "outlet=abc", "outlet=99999999999999999999", "side=nowhere", "language=xx", "year=abc", "year=99999", "page=-1", "page=x",
        "page=999", "q=%00", "q=%F0%9F%98%B7", "q=" + "a" * 2000, "outlet=&side=&language=&year=&q=", "q=%25%27%22",
    ],
)  # fmt: skip
def test_a_wrong_question_is_answered(client: Client, told: dict[str, Appearance], query: str, language: str) -> None:
    assert client.get(f"/{language}/media/?{query}").status_code == 200


def test_a_filter_that_is_none_is_not_used(client: Client, told: dict[str, Appearance]) -> None:
    assert found(client, "outlet=abc&side=nowhere", told) == set(told) - {"draft"}
    assert "There is no such choice: this filter is not used." in said(client, "/en/media/?side=nowhere")


# --- the balance of sides -------------------------------------------------------------------------------------------------


def shares(rows: Any) -> list[tuple[str | None, int, int]]:
    return [
        (share.region.code if share.region else None, share.outlets, share.appearances)
        for share in selectors.balance(rows)
    ]


def test_the_balance_counts_outlets_and_entries_of_each_side(told: dict[str, Appearance]) -> None:
    AppearanceFactory.create_batch(2, outlet=told["east"].outlet)

    assert shares(Appearance.objects.published()) == [("east", 1, 3), ("west", 1, 1), ("south", 1, 1), (None, 1, 2)]


def test_a_side_of_which_nothing_is_told_stands_there_with_nought() -> None:
    RegionFactory(code="south")
    AppearanceFactory(outlet=OutletFactory(side="west"))

    assert shares(Appearance.objects.published()) == [("west", 1, 1), ("south", 0, 0), (None, 0, 0)]


@pytest.mark.parametrize(("language", "east", "west"), [("ar", "الشرق", "الغرب"), ("en", "East", "West")])
def test_the_picture_says_what_the_table_says_whatever_side_is_listed(
    client: Client, told: dict[str, Appearance], language: str, east: str, west: str
) -> None:
    for query in ("", "side=west"):
        page = said(client, f"/{language}/media/?{query}")
        table = page[page.index("<table") : page.index("</table>")]

        assert f"{east}: 1" in page
        assert [row.count("<td") for row in table.split("<tr>")[2:]] == [2, 2, 2, 2]
        assert east in table
        assert west in table
        assert page.count('<rect class="p') == 4


def test_an_empty_log_has_no_picture(client: Client) -> None:
    page = said(client, "/en/media/")

    assert "The media log is still empty." in page
    assert "<table" not in page


# --- the feed -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_feed_tells_what_was_published(client: Client, language: str) -> None:
    row = SpeakerFactory().appearance
    AppearanceFactory(state="draft")

    response = client.get(f"/{language}/media/feed/")
    feed = ElementTree.fromstring(response.content)
    entries = feed.findall(f"{ATOM}entry")

    assert response["Content-Type"].startswith("application/atom+xml")
    assert feed.attrib["{http://www.w3.org/XML/1998/namespace}lang"] == language
    for name in ("id", "title", "updated"):
        assert feed.findtext(f"{ATOM}{name}")
    assert len(entries) == 1
    entry = entries[0]
    assert entry.findtext(f"{ATOM}id") == row.uid.urn
    assert entry.findtext(f"{ATOM}title") == getattr(row, f"title_{language}")
    assert entry.find(f"{ATOM}link").attrib["href"].endswith(f"/{language}/media/{row.slug}/")
    summary = entry.findtext(f"{ATOM}summary")
    assert getattr(row.outlet, f"name_{language}") in summary
    assert getattr(row.speakers.get(), f"name_{language}") in summary
    assert entry.findtext(f"{ATOM}updated")


def test_the_feed_asks_the_database_as_often_for_one_as_for_three(client: Client) -> None:
    counts = []
    for number in (1, 2):
        for _ in range(number):
            SpeakerFactory()
        with CaptureQueriesContext(connection) as asked:
            assert len(client.get(f"/ar/media/feed/?{number}").content) > 500
        counts.append(len(asked))

    assert counts[0] == counts[1] == 2


@pytest.mark.parametrize("query", ["", "?q=x", "?side=west&year=2021"])
def test_the_log_asks_the_database_eight_times_at_most(client: Client, query: str, told: dict[str, Appearance]) -> None:
    with CaptureQueriesContext(connection) as asked:
        said(client, f"/ar/media/{query}")

    assert len(asked) <= 8


# --- services -----------------------------------------------------------------------------------------------------------


def test_an_entry_is_added_edited_published_and_taken_back() -> None:
    by, row = coordinator(None), AppearanceFactory.build(outlet=None, slug="", state="draft", published_at=None)

    services.keep_appearance(appearance=row, changed=(), by=by)
    assert (row.state, row.published_at) == (MediaState.DRAFT, None)
    assert "Interview" not in row.slug
    row.title_en, row.note_en = "Changed", "Not asked for"
    services.keep_appearance(appearance=row, changed=["title_en"], by=by)
    kept = Appearance.objects.get()
    assert (kept.title_en, kept.note_en) == ("Changed", None)
    published = services.publish_appearance(appearance=row, by=by)
    assert published.published_at == published.changed_at
    with pytest.raises(IllegalMove):
        services.publish_appearance(appearance=row, by=by)
    withdrawn = services.withdraw_appearance(appearance=row, by=by, reason="Wrong date.")
    assert (withdrawn.state, withdrawn.published_at) == (MediaState.DRAFT, None)
    with pytest.raises(IllegalMove):
        services.withdraw_appearance(appearance=row, by=by, reason="Again.")

    assert moves(row) == ["create", "edit", "publish", "withdraw"]
    assert Transition.objects.of(row).last().reason == "Wrong date."


@pytest.mark.parametrize("who", [*READERS, "member"])
def test_nobody_but_a_national_coordinator_writes_it(who: str) -> None:
    by = READERS[who]() if who in READERS else PractitionerFactory().user
    draft, shown = AppearanceFactory(state="draft"), AppearanceFactory()
    speaker = SpeakerFactory(appearance=draft)
    before = everything()

    for call in (
        lambda: services.keep_appearance(appearance=draft, changed=["title_en"], by=by),
        lambda: services.keep_appearance(appearance=Appearance(title_ar="a", title_en="b"), changed=(), by=by),
        lambda: services.keep_speakers(appearance=draft, kept=[], removed=[speaker], by=by),
        lambda: services.publish_appearance(appearance=draft, by=by),
        lambda: services.withdraw_appearance(appearance=shown, by=by, reason="Why not."),
        lambda: services.keep_outlet(outlet=draft.outlet, changed=["name_en"], by=by),
    ):
        with pytest.raises(NotYours):
            call()

    assert everything() == before


def test_what_is_taken_back_needs_a_reason() -> None:
    with pytest.raises(ReasonMissing):
        services.withdraw_appearance(appearance=AppearanceFactory(), by=coordinator(None), reason=" ")


def test_nothing_is_kept_where_the_step_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    by, draft, shown = coordinator(None), AppearanceFactory(state="draft"), AppearanceFactory()
    before = everything()
    break_the_journal(monkeypatch)

    for call in (
        lambda: services.publish_appearance(appearance=draft, by=by),
        lambda: services.withdraw_appearance(appearance=shown, by=by, reason="Why not."),
        lambda: services.keep_speakers(appearance=draft, kept=[Speaker(name_ar="س", name_en="S")], removed=[], by=by),
    ):
        with pytest.raises(Broken):
            call()

    assert everything() == before


def test_what_an_outlet_told_is_found_by_its_new_name() -> None:
    row = AppearanceFactory()
    row.outlet.name_en = "Renamed"

    services.keep_outlet(outlet=row.outlet, changed=["name_en"], by=coordinator(None))

    assert Appearance.objects.matching("renamed").get() == row


@pytest.mark.parametrize(
    ("precision", "kept"), [("day", date(2021, 5, 9)), ("month", date(2021, 5, 1)), ("year", date(2021, 1, 1))]
)
def test_no_more_of_a_date_is_kept_than_is_known(precision: str, kept: date) -> None:
    row, by = AppearanceFactory(), coordinator(None)
    row.day, row.precision = date(2021, 5, 9), precision

    services.keep_appearance(appearance=row, changed=["day", "precision"], by=by)

    assert Appearance.objects.get().day == kept


@pytest.mark.parametrize(
    "fields",
    [{"precision": "unknown"}, {"day": None}, {"title_ar": ""}, {"title_en": None}, {"state": "draft"}, {"published_at": None}],
)  # fmt: skip
def test_the_database_refuses_what_can_not_be(fields: dict[str, Any]) -> None:
    row = AppearanceFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        Appearance.objects.filter(pk=row.pk).update(**fields)


# --- the desk -----------------------------------------------------------------------------------------------------------


def test_a_national_coordinator_writes_the_log_at_the_desk(client: Client) -> None:
    desk = at_the_desk(coordinator(None))
    outlet = OutletFactory()

    added = desk.post(
        url("appearance", "add"),
        typed(
            1,
            outlet=outlet.pk,
            **{"speakers-0-name_ar": "سالمة", "speakers-0-name_en": "Salma", "speakers-0-role": "speaker"},
        ),
    )
    row = Appearance.objects.get()
    speaker = row.speakers.get()
    assert added.status_code == 302
    assert client.get(row.get_absolute_url()).status_code == 404
    assert Appearance.objects.matching("salma").get() == row

    changed = {
        "title_en": "Another",
        "speakers-INITIAL_FORMS": 1,
        "speakers-0-id": speaker.pk,
        "speakers-0-appearance": row.pk,
    }
    changed |= {
        "speakers-0-name_ar": "سالمة",
        "speakers-0-name_en": "Salma",
        "speakers-0-role": "speaker",
        "speakers-0-DELETE": "on",
    }
    assert desk.post(url("appearance", "change", row.pk), typed(1, outlet=outlet.pk, **changed)).status_code == 302
    assert desk.post(url("appearance", "publish", row.pk)).status_code == 302
    row.refresh_from_db()
    assert (row.title_en, row.state, row.speakers.count()) == ("Another", "published", 0)
    assert client.get(row.get_absolute_url()).status_code == 200
    assert desk.post(url("appearance", "withdraw", row.pk), {"reason": ""}).status_code == 302
    assert Appearance.objects.get().state == "published"
    desk.post(url("appearance", "withdraw", row.pk), {"reason": "Wrong."})
    assert Appearance.objects.get().state == "draft"
    assert moves(row) == ["create", "edit", "edit", "edit", "publish", "withdraw"]
    assert desk.get(url("appearance", "history", row.pk)).status_code == 200
    assert desk.post(url("appearance", "delete", row.pk), {"post": "yes"}).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"precision": "unknown"}, {"day": ""}, {"title_en": ""}, {"link": "http://channel.example/"}, {"link": "javascript:alert(1)"},
        {"title_ar": "سطر\u202e"}, {"outlet": "abc"},
    ],
)  # fmt: skip
def test_the_desk_says_what_is_wrong(wrong: dict[str, str]) -> None:
    response = at_the_desk(coordinator(None)).post(url("appearance", "add"), typed(**wrong))

    assert response.status_code == 200
    assert "errorlist" in response.content.decode()
    assert not Appearance.objects.exists()


@pytest.mark.parametrize("role", READERS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_others_at_the_desk_read_all_and_change_nothing(role: str, language: str) -> None:
    draft = SpeakerFactory(appearance__state="draft").appearance
    desk = at_the_desk(READERS[role]())
    before = everything()

    with override(language):
        pages = [url("appearance", "changelist"), url("appearance", "change", draft.pk), url("outlet", "changelist")]
        for page in pages:
            assert desk.get(page).status_code == 200
        assert getattr(draft, f"title_{language}") in desk.get(pages[0]).content.decode()
        assert desk.get(url("appearance", "add")).status_code == 404
        for page, data in (
            (pages[1], typed()),
            (url("appearance", "publish", draft.pk), {}),
            (url("appearance", "delete", draft.pk), {"post": "yes"}),
            (url("outlet", "change", draft.outlet_id), {"name_ar": "س", "name_en": "S", "medium": "radio"}),
        ):
            assert desk.post(page, data).status_code == 404
    now = everything()
    assert now == before


def test_whoever_has_no_role_has_no_desk() -> None:
    member = Client()
    member.force_login(PractitionerFactory().user)

    assert member.get(url("appearance", "changelist")).status_code in (302, 404)
    assert not Appearance.objects.visible_to(PractitionerFactory().user).exists()


def test_the_list_at_the_desk_is_searched_and_filtered() -> None:
    row = AppearanceFactory(title_en="Masks", search="masks")
    AppearanceFactory(title_en="Something else", outlet=OutletFactory(side="east"))
    desk = at_the_desk(coordinator(None))

    for query in ("q=masks", f"outlet__id__exact={row.outlet_id}", f"outlet__region__id__exact={row.outlet.region_id}"):
        page = desk.get(f"{url('appearance', 'changelist')}?{query}").content.decode()
        assert page.count('class="field-title') == 1, query


# --- the rows that come with the reference data ---------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path: Any) -> Any:
    shutil.copytree(reference.REFERENCE / "media", tmp_path / "media")
    return tmp_path


def loaded(directory: Any) -> dict[type, tuple[int, int]]:
    with override("ar"):
        rows = list(services.load_media(directory=directory))
    return {one.model: (one.added, one.changed) for one in rows if one.added or one.changed}


@pytest.mark.parametrize(("language", "name"), [("ar", "د. إدريس القايد"), ("en", "Dr. Idris Elkaied")])
def test_the_published_log_comes_with_the_reference_data(client: Client, language: str, name: str) -> None:
    call_command("load_reference", stdout=StringIO())

    rows = list(Appearance.objects.latest_first())
    page = said(client, f"/{language}/media/")

    assert [row.day for row in rows] == [*(date(2021, 1, day) for day in (30, 27, 15, 11, 9)), None]
    assert [row.speakers.count() for row in rows] == [1, 1, 1, 1, 2, 0]
    assert [row.link for row in rows] == [""] * 6
    assert [row.language for row in rows] == [""] * 6
    assert (rows[-1].kind, rows[-1].outlet, rows[-1].precision) == ("event", None, "unknown")
    assert page.count(name) == 5
    # Nobody published them: they were public before.
    assert list(Transition.objects.of(rows[0]).values_list("move", "by")) == [("load", None)]
    assert not Outlet.objects.filter(region__isnull=False).exists()


def test_loading_again_changes_only_what_the_files_changed(files: Any) -> None:
    RegionFactory(code="west")
    assert loaded(files) == {Outlet: (4, 0), Appearance: (6, 0)}
    before = everything()
    assert loaded(files) == {}
    assert everything() == before

    path = files / "media" / "appearances.csv"
    path.write_text(
        path.read_text().replace("Television interview on the Libya Channel", "Interview on the Libya Channel")
    )

    assert loaded(files) == {Appearance: (0, 1)}
    row = Appearance.objects.get(title_en="Interview on the Libya Channel")
    assert row.speakers.get().name_en == "Dr. Idris Elkaied"


def test_what_somebody_edited_stays_as_they_left_it(files: Any) -> None:
    loaded(files)
    by, row = coordinator(None), Appearance.objects.get(slug="wtv-2021-01-11")
    row.title_en = "Our own words"
    services.keep_appearance(appearance=row, changed=["title_en"], by=by)
    other = Appearance.objects.get(slug="wtv-2021-01-15")
    services.withdraw_appearance(appearance=other, by=by, reason="To be looked into.")

    assert loaded(files) == {}
    assert Appearance.objects.get(slug="wtv-2021-01-11").title_en == "Our own words"
    assert Appearance.objects.get(slug="wtv-2021-01-15").state == "draft"
