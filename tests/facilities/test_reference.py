"""The reference data is all there, loads twice without a change, and leaves alone what a coordinator has edited."""

import csv
import shutil
from io import StringIO
from itertools import chain

import pytest
from django.core.management import call_command

from campaigns.models import Appearance, Outlet
from facilities import services
from facilities.models import Edition, FacilityType, Indicator, ServiceDomain, TracerItem
from needs.models import Item, ItemCategory
from network import selectors
from network.models import (
    CodeOfConduct,
    Condition,
    District,
    Municipality,
    Profession,
    Region,
    SpecialPeriod,
    Specialty,
)
from network.services import keep_reference, reference
from outreach.models import TrainingTopic
from tests.desk import at_the_desk
from tests.factories.network import coordinator
from tests.security.forms_read import form_of

pytestmark = pytest.mark.django_db
COUNTS = {
    Region: 3,
    District: 22,
    Municipality: 100,
    Profession: 34,
    Specialty: 54,
    Condition: 66,
    FacilityType: 17,
    Edition: 1,
    ServiceDomain: 26,
    TracerItem: 30,
    Indicator: 8,
    TrainingTopic: 8,
    ItemCategory: 11,
    Item: 64,
    SpecialPeriod: 36,
    CodeOfConduct: 1,
    Outlet: 4,
    Appearance: 6,
}


def load() -> str:
    out = StringIO()
    call_command("load_reference", stdout=out)
    return out.getvalue()


def touched(directory) -> dict[type, tuple[int, int]]:
    """Load from a directory and return what was added and changed."""
    loaded = chain(
        reference.load_places(directory=directory),
        reference.load_vocabularies(directory=directory),
        services.load_vocabularies(directory=directory),
        reference.load_calendar(directory=directory),
        reference.load_conduct(directory=directory),
    )
    return {rows.model: (rows.added, rows.changed) for rows in loaded if rows.added or rows.changed}


@pytest.fixture
def files(tmp_path):
    """A copy of the files, to be changed."""
    shutil.copytree(reference.REFERENCE, tmp_path / "reference")
    return tmp_path / "reference"


def rewrite(path, key: str, **changes: str) -> None:
    """Change one row of a CSV file."""
    rows = list(reference.read(path))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(row | changes if key in row.values() else row for row in rows)


def test_load_counts():
    said = load()

    assert {model: model.objects.count() for model in COUNTS} == COUNTS
    assert len(said.splitlines()) == len(COUNTS)
    assert "sides: 3 (3 added, 0 brought up to date)" in said


def test_load_twice_changes_nothing(django_assert_max_num_queries):
    load()
    before = {model: list(model.objects.order_by("pk").values()) for model in COUNTS}

    with django_assert_max_num_queries(64) as queries:
        said = load()

    assert said == "All reference data is up to date.\n"
    assert {model: list(model.objects.order_by("pk").values()) for model in COUNTS} == before
    assert not [query for query in queries if query["sql"].startswith(("INSERT", "UPDATE"))]


def test_sides_stand_in_the_order_of_their_file():
    load()

    assert list(Region.objects.order_by("position").values_list("code", "name_ar", "name_en")) == [
        ("east", "الشرق", "East"),
        ("west", "الغرب", "West"),
        ("south", "الجنوب", "South"),
    ]


def test_every_place_is_below_its_parent():
    load()

    assert not District.objects.exclude(pcode__startswith="LY").exists()
    for district in District.objects.select_related("region"):
        assert district.pcode.startswith(district.region.pcode)
        assert district.census_2006_population > 0
    for municipality in Municipality.objects.select_related("district"):
        assert municipality.pcode.startswith(municipality.district.pcode)


def test_every_name_is_there_in_both_languages():
    load()

    for model in COUNTS:
        if model not in (CodeOfConduct, Outlet, Appearance):
            assert not model.objects.filter(name_ar="").exists()
            assert not model.objects.filter(name_en="").exists()
            assert not model.objects.filter(name_ar__regex="[A-Za-z]{3}").exists()
    assert Specialty.objects.filter(name_ar_status="attested").count() == 42


def test_changed_file_is_brought_in(files):
    load()
    rewrite(files / "vocabularies" / "professions.csv", "2262", name_ar="صيادلة", name_ar_status="attested")

    assert touched(files) == {Profession: (0, 1)}
    pharmacists = Profession.objects.get(code="2262")
    assert (pharmacists.name_ar, pharmacists.name_ar_status) == ("صيادلة", "attested")
    assert touched(files) == {}


def test_new_row_is_added(files):
    load()
    with (files / "places" / "municipalities.csv").open("a", encoding="utf-8") as file:
        file.write("LY019999,LY0103,Newplace,بلدية جديدة\n")

    assert touched(files) == {Municipality: (1, 0)}
    assert Municipality.objects.get(pcode="LY019999").district.pcode == "LY0103"


def test_row_that_a_coordinator_edited_is_left_alone(files):
    load()
    row = Profession.objects.get(code="2262")
    row.name_ar = "صيدلي"
    keep_reference(row=row, changed=["name_ar"], by=coordinator(None))
    rewrite(files / "vocabularies" / "professions.csv", "2262", name_ar="صيادلة")

    assert touched(files) == {}
    assert Profession.objects.get(code="2262").name_ar == "صيدلي"


@pytest.mark.parametrize(
    ("model", "meanwhile", "typed"),
    [
        (FacilityType, {"name_en": "New spelling"}, {"name_ar": "تهجئة"}),
        (Indicator, {"highest": 7}, {"valid_to": "2099-01-01"}),
    ],
)
def test_an_older_page_undoes_nothing_that_was_saved_since(model, meanwhile, typed):
    load()
    row, client = model.objects.order_by("pk").first(), at_the_desk(coordinator(None))
    address = f"/en/admin/{model._meta.app_label}/{model._meta.model_name}/{row.pk}/change/"
    old = form_of(client.get(address).text)
    model.objects.filter(pk=row.pk).update(**meanwhile)
    assert client.post(address, old | typed).status_code == 302
    assert model.objects.filter(pk=row.pk, **meanwhile, **typed).exists()


def test_newer_municipality_without_a_code_stays():
    load()
    newer = Municipality.objects.create(
        district=District.objects.get(pcode="LY0103"), name_ar="بلدية أحدث", name_en="Newer"
    )

    load()

    assert Municipality.objects.filter(pk=newer.pk).exists()


def test_conduct_is_in_force_at_once_and_long_enough_in_both_languages():
    load()

    conduct = selectors.conduct_in_force()

    assert conduct.version == "1.0"
    for language in ("ar", "en"):
        text = conduct.text_in(language)
        assert 300 <= len(text.split()) <= 500
        assert [line.split(".")[0] for line in text.splitlines() if line[:1].isdigit()] == [
            str(n) for n in range(1, 13)
        ]
    assert conduct.text_ar != conduct.text_en


def test_conduct_that_people_accepted_is_never_changed(files):
    load()
    before = CodeOfConduct.objects.get().sha256_in("ar")
    (files / "conduct" / "1.0.ar.txt").write_text("نص آخر", encoding="utf-8")
    for language in ("ar", "en"):
        (files / "conduct" / f"1.1.{language}.txt").write_text("1. New", encoding="utf-8")

    assert touched(files) == {CodeOfConduct: (1, 0)}
    assert CodeOfConduct.objects.get(version="1.0").sha256_in("ar") == before
    assert selectors.conduct_in_force().version == "1.1"


def test_a_term_never_moves_to_another_edition(files):
    load()
    editions = files / "vocabularies" / "editions.csv"
    with editions.open("a", encoding="utf-8") as file:
        file.write("sara-2030,SARA 2030,تقييم 2030,ours,2020-01-01\n")
    rewrite(files / "vocabularies" / "tracer_items.csv", "eq-01", edition="sara-2030")

    with pytest.raises(services.CodeOfAnotherEdition, match="eq-01"):
        touched(files)
    assert TracerItem.objects.get(code="eq-01").edition.code == "sara-2017"
