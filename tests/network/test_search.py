"""Names are found in either script and any spelling."""

import itertools

import pytest
from django.urls import reverse
from hypothesis import given, strategies as st

from network import search, selectors
from network.enums import MemberState, Visibility
from network.models import Practitioner
from tests.desk import at_the_desk
from tests.factories.network import PractitionerFactory, coordinator

# Each row is one name as people write it.
SPELLINGS = [
    ["أحمد", "احمد", "Ahmed", "Ahmad"],
    ["محمد", "مُحَمَّد", "محـمد", "Mohamed", "Muhammad", "Mohammed", "Mohammad", "MOHAMED"],
    ["عبد السلام", "عبدالسلام", "عبد ٱلسلام", "Abdulsalam", "Abdul Salam", "Abdul-Salam", "Abd al-Salam", "Abdussalam", "Abdelsalam"],
    ["عبد الله", "عبدالله", "Abdullah", "Abdallah", "Abd Allah"],
    ["عبد الرحمن", "Abdulrahman", "Abdurrahman", "Abdul Rahman", "Abdelrahman"],
    ["فاطمة", "فاطمه", "Fatima", "Fatimah", "Fatma"],
    ["القذافي", "القدافي", "القذافى", "Gaddafi", "Qaddafi", "Al-Gaddafi", "Gadhafi", "Kadafi", "Khadafy", "Elgadafi"],
    ["مصطفى", "مصطفي", "Mustafa", "Mostafa", "Moustapha"],
    ["علي", "على", "علی", "Ali", "Aly"],
    ["هدى", "هدي", "Huda", "Hoda"],
    ["عائشة", "عايشه", "Aisha", "Aysha", "Aicha"],
    ["عمر", "Omar", "Umar"],
    ["يوسف", "Yusuf", "Youssef", "Yousef"],
    ["ونيس", "Wanis", "Wanees"],
    ["فتحية", "Fathia", "Fathiya"],
    ["إسحاق", "اسحاق", "Ishaq"],
    ["طارق", "Tariq", "Tarek", "Tareq"],
    ["صلاح", "Salah"],
    ["أبو بكر", "ابوبكر", "Abubakr", "Abu Bakr", "Aboubaker"],
    ["الشريف", "Al-Sharif", "El Sherif", "Alsharif", "Elsharif", "Al Shareef"],
    ["رقم ٢٠٢٠", "رقم 2020", "رقم ۲۰۲۰"],
]  # fmt: skip
# What must stay apart, or a search finds everybody.
OTHERS = [
    ("سالم", "Khaled"),
    ("Ali", "Omar"),
    ("سحر", "Sami"),
    ("عبدالسلام", "Abdullah"),
    ("محمد", "Ahmed"),
    ("Huda", "Maha"),
    ("علي", "ليلى"),
]


def finds(query: str, name: str) -> bool:
    """Tell whether the query, as the directory asks for it, finds the name."""
    indexed, terms = search.index(name), search.terms(query)
    return bool(terms) and all(word in indexed or (bones and bones in indexed) for word, bones in terms)


@pytest.mark.parametrize("spellings", SPELLINGS, ids=lambda spellings: spellings[0])
def test_every_spelling_finds_every_other(spellings: list[str]) -> None:
    missed = [(query, name) for query, name in itertools.product(spellings, repeat=2) if not finds(query, name)]

    assert missed == []


@pytest.mark.parametrize(("query", "name"), OTHERS)
def test_another_name_is_not_found(query: str, name: str) -> None:
    assert not finds(query, name)
    assert not finds(name, query)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("أإآٱ", "اااا"),
        ("فاطمة ZAHRA", "فاطمه zahra"),
        ("مُحَمَّــد", "محمد"),
        ("عبد  السلام", "عبدالسلام"),
        ("٠٩١-٢٣٤", "091 234"),
        ("Zoë O'Neil", "zoe o neil"),
        ("\u202eسالم\u202c\u200f", "سالم"),
        ("ﻣﺤﻤﺪ", "محمد"),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert search.fold(text) == folded


@given(st.text(max_size=130))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert search.fold(search.fold(text)) == search.fold(text)


@given(st.text(max_size=200), st.text(max_size=200))
def test_the_index_of_any_text_fits_its_column(arabic: str, latin: str) -> None:
    assert len(search.index(arabic, latin)) <= Practitioner._meta.get_field("search").max_length


def test_the_name_of_ligatures_that_fold_to_many_letters_fits() -> None:
    assert len(search.index("ﷺ" * 120, "ﷺ" * 120)) <= Practitioner._meta.get_field("search").max_length


def test_at_most_six_words_of_a_query_count() -> None:
    assert len(search.terms("سالم " * 4_000)) == 6


@pytest.fixture
def viewer() -> Practitioner:
    return PractitionerFactory(name_ar="قارئ الدليل", name_latin="Reader")


def names(viewer: Practitioner, query: str) -> set[str]:
    return {person.name_ar or person.name_latin for person in selectors.directory(viewer, query)}


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["محمد القدافي", "Mohamed Gaddafi", "gaddafi muhammad", "قذافي", "Qaddaf"])
def test_directory_finds_a_member_in_either_script(viewer: Practitioner, query: str) -> None:
    PractitionerFactory(name_ar="محمد القذافي", name_latin="")
    PractitionerFactory(name_ar="", name_latin="Mohammed Al-Gaddafi")
    PractitionerFactory(name_ar="سالم المبروك", name_latin="Salem Almabrouk")

    assert names(viewer, query) == {"محمد القذافي", "Mohammed Al-Gaddafi"}


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["%", "_", "~", "~mhmd~", "'", "\\", "\x00", "((("])
def test_directory_takes_signs_as_they_are(viewer: Practitioner, query: str) -> None:
    PractitionerFactory(name_ar="محمد القذافي", name_latin="Mohamed Gaddafi")

    list(selectors.directory(viewer, query))


@pytest.mark.django_db
def test_directory_shows_active_members_as_far_as_each_wants(viewer: Practitioner) -> None:
    for side in ("west", "east", None):
        for visibility in Visibility:
            PractitionerFactory(side=side, visibility=visibility, name_ar="", name_latin=f"Salem {side} {visibility}")
    for state in set(MemberState) - {MemberState.ACTIVE}:
        PractitionerFactory(state=state, visibility=Visibility.MEMBERS, name_ar="", name_latin=f"Salem {state}")

    assert names(viewer, "سالم") == {
        "Salem west side",
        "Salem west members",
        "Salem east members",
        "Salem None members",
    }


@pytest.mark.django_db
def test_directory_of_a_member_abroad_has_no_side(viewer: Practitioner) -> None:
    abroad = PractitionerFactory(side=None, name_ar="قارئ", name_latin="Reader")
    PractitionerFactory(side=None, visibility=Visibility.SIDE, name_ar="", name_latin="Salem Abroad")

    assert list(selectors.directory(abroad, "Salem")) == []


@pytest.mark.django_db
def test_possible_duplicates_share_a_folded_name_a_telephone_or_a_licence() -> None:
    person = PractitionerFactory(
        name_ar="أحمد عبد السلام",
        name_latin="Ahmed Abdulsalam",
        licence_number="LY-77",
        user__phone="+218912345678",
    )
    same_name = PractitionerFactory(name_ar="احمد عبدالسلام")
    same_latin = PractitionerFactory(name_ar="", name_latin="AHMED  ABDULSALAM")
    same_phone = PractitionerFactory(user__phone="+218912345678")
    same_licence = PractitionerFactory(licence_number="LY-77")
    PractitionerFactory(name_ar="سالم المبروك", user__phone="+218922345678")
    PractitionerFactory(name_ar="", name_latin="Nobody Else")

    found = Practitioner.objects.possible_duplicates_of(person)

    assert set(found) == {same_name, same_latin, same_phone, same_licence}


@pytest.mark.django_db
def test_somebody_without_phone_licence_or_second_name_is_no_duplicate_of_others_without() -> None:
    PractitionerFactory(name_ar="", name_latin="Nobody Else", licence_number="")
    person = PractitionerFactory(name_ar="سالم المبروك", name_latin="", licence_number="")

    assert list(Practitioner.objects.possible_duplicates_of(person)) == []


@pytest.mark.django_db
def test_a_picker_offers_first_who_is_called_as_it_was_typed() -> None:
    """عائشة and عيسى sound alike in Latin letters; the first of the list is a key press away."""
    client = at_the_desk(coordinator("west"))
    for name in ("إدريس عيسى", "عائشة الطاهر", "أحمد عيسى"):
        PractitionerFactory(side="west", name_ar=name, name_latin="")
    asked = {"app_label": "facilities", "model_name": "contactperson", "field_name": "practitioner", "term": "عائشه"}
    found = client.get(reverse("admin:autocomplete"), asked).json()["results"]
    assert [row["text"] for row in found] == ["عائشة الطاهر", "أحمد عيسى", "إدريس عيسى"]
