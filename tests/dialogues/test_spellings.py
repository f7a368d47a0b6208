"""Libyan names in the spellings in which people write them: the look through minutes finds each by every other, and leaves prose alone."""

import ast
import csv
import itertools
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dialogues.publication import NAME, Person, Text, look, units
from network import search

# A name in Arabic, then as Libyans write it in Latin letters; "_" is a space.
TABLE = [
    "فرج | Faraj Farag Fraj", "القذافي | Gaddafi Qadhafi Kadhafi Gathafi", "عثمان | Othman Osman Uthman Otman",
    "معاذ | Muath Moadh Mouaz Muadh", "حذيفة | Hudhaifa Huthaifa Huzaifa Hodayfa", "ثابت | Thabet Sabet Thabit",
    "هيثم | Haitham Haythem Haysam", "حافظ | Hafez Hafedh Hafed", "ناظم | Nadhem Nazim Nadem",
    "الظاهر | Aldhaher Ezzaher Althaher", "نجاة | Najat Nagat Nejat", "حياة | Hayat Hayah",
    "جمعة | Juma Gomaa Jomaa", "جبريل | Jibril Gebril Jebril", "جلال | Jalal Galal Djalal",
    "جميلة | Jamila Gamila Djamila", "خديجة | Khadija Khadiga Khadeeja", "النجار | Alnajjar Elnaggar Ennajar",
    "الحجاجي | Alhajaji Elhagagi Hajjaji", "التاجوري | Altajouri Tagiuri Eltajuri",
    "المجبري | Almajbri Elmagbri Elmejebri", "الفرجاني | Alferjani Elfergani Ferjany",
    "المقريف | Almagarief Mogharief Elmegaryef Magariaf", "العقوري | Alaguri Elagouri Alaqouri",
    "قيس | Qais Gais Kais", "طارق | Tariq Tarek Tareg", "عبد القادر | Abdulqader Abdelkader Abdelgader Abd_al-Qadir",
    "عبد السلام | Abdussalam Abdelsalam Abdul_Salam Abed_Al_Salam",
    "عبد الرحمن | Abdurrahman Abdelrahman Abdul_Rahman", "عبد الحفيظ | Abdulhafiz Abdelhafid Abdel_Hafeedh",
    "عبد الرؤوف | Abdurrauf Abdelraouf Abdul_Raouf", "عبد العزيز | Abdulaziz Abdelaziz Abdul_Aziz",
    "عبد الله | Abdullah Abdalla Abd_Allah", "عبد المجيد | Abdulmajid Abdelmegid Abdul_Majeed",
    "أبو بكر | Abubakr Boubaker Abu_Bakr Aboubaker", "أبو القاسم | Abulgasim Belgacem Abu_al-Qasim Abulqasem",
    "ونيس | Wanis Ounis Wanees", "الورفلي | Alwarfalli Elwerfelli Ourfelli", "يونس | Younis Yunus Iunis",
    "يحيى | Yahya Yehia Iahia", "غيث | Ghaith Gaith Ghayth", "الغرياني | Algheryani Elgharyani Ghariani Geriani",
    "المغربي | Almaghrabi Elmoghrabi Maghribi", "باشاغا | Bashagha Bashaga",
    "الدبيبة | Aldabaiba Dbeibah Eddbeiba Dubaiba", "الثني | Althani Thinni Elthinni",
    "بوشعالة | Bushaala Boushala Abushaala", "بوسيف | Bousaif Abuseif Buseif", "بن علي | Ben_Ali Benali Bin_Ali",
    "بن عمران | Ben_Omran Benomran Bin_Umran", "بلحاج | Belhaj Bel_Haj Belhadj",
    "الشريف | Alsharif Elsherif Cherif Esh-Shareef", "شلقم | Shalgam Shalqam Chalgam",
    "الزنتاني | Alzintani Ezzentani Zintany", "الترهوني | Altarhouni Eltarhuni Attarhouni",
    "السويحلي | Alswehli Essuwayhili Sewehli", "المصراتي | Almisrati Elmesrati Misurati",
    "الككلي | Alkikli Elkekli Kikly", "الكيخيا | Alkikhia Elkekhya Kikhia", "شكشك | Shakshak Shukshuk",
    "مصباح | Misbah Mesbah Musbah", "مفتاح | Muftah Moftah Meftah", "رضوان | Radwan Redwan Ridhwan",
    "الرياضي | Alriyadi Erriadhi Elriadi", "الحضيري | Alhudairi Elhudhairi Hodiry",
    "الأوجلي | Alojali Elawjali Ojeli", "القماطي | Algamati Elgomati Gmaty", "الصغير | Alsaghir Essghaier Elsgheir",
    "الذيب | Aldheeb Eddib Elzib", "مسعود | Masoud Massaoud Mesaud", "خليفة | Khalifa Khalifah Kalifa",
    "سعاد | Suad Souad Soaad", "رقية | Ruqaya Rogaia Rukaya", "زكريا | Zakaria Zakariya Zekria",
    "أسامة | Osama Usama Oussama", "شعبان | Shaaban Chaabane Shaban", "فوزية | Fawzia Fouzia Fauziya",
    "هاجر | Hajer Hager Hajar", "جيهان | Jihan Gehan Jehan", "بثينة | Buthaina Bothina Bousaina",
    "كوثر | Kawthar Kawsar Kaouther", "ثريا | Thuraya Soraya Thoraya", "مذكور | Madhkour Mazkour Mathkor",
]  # fmt: skip
NAMES = [
    [arabic, *(spelling.replace("_", " ") for spelling in latin.split())]
    for arabic, latin in (row.split(" | ") for row in TABLE)
]


# Each of the two letters stands for the same Arabic one, and neither for the other: only the Arabic name links them.
UNLINKED = {
    frozenset(pair.split())
    for pair in (
        "Osman Otman", "Huzaifa Hodayfa", "Hafez Hafed", "Nazim Nadem", "Abdulhafiz Abdelhafid", "Abdulhafiz Hafeedh", "Eddib Elzib",
    )
}  # fmt: skip


def pairs() -> list[tuple[str, str]]:
    return [
        (known, written)
        for spellings in NAMES
        for known, written in itertools.permutations(spellings, 2)
        if frozenset((known.split()[-1], written.split()[-1])) not in UNLINKED
    ]


def missed(text: str) -> list[tuple[str, str]]:
    """Return the pairs of spellings of which somebody known by the one isn't found for sure under the other in such a text."""
    return [
        (known, written)
        for known, written in pairs()
        if not any(
            finding.sure and re.split("[ -]", written)[-1] in finding.word
            for finding in look([Text("en", text.format(written))], [Person((f"{known} Zarrug",))])
        )
    ]


def test_the_table_is_of_real_spellings() -> None:
    assert len(NAMES) >= 60
    assert all(3 <= len(spellings) <= 6 for spellings in NAMES)
    assert all(search.is_arabic(arabic) and all(name.isascii() for name in latin) for arabic, *latin in NAMES)


def test_a_name_beside_another_of_the_same_person_is_found_in_every_spelling() -> None:
    assert missed("so {} Zarrug spoke") == []


@pytest.fixture
def by_the_directory_alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take the control out: words are compared as the directory compares them."""
    cached = (units.forms, units.sounds)
    monkeypatch.setattr(search, "sounds", lambda word: frozenset(search.skeletons(word)))
    for function in cached:
        function.cache_clear()
    yield
    for function in cached:
        function.cache_clear()


@pytest.mark.usefixtures("by_the_directory_alone")
def test_without_other_readings_of_letters_names_are_missed() -> None:
    assert {("فرج", "Farag"), ("عثمان", "Osman"), ("معاذ", "Mouaz"), ("ونيس", "Ounis")} <= set(missed("{} Zarrug"))


@pytest.mark.parametrize("text", ["Dr {} proposed it", "اقترح د. {} ذلك"])
def test_after_a_title_a_name_is_found_by_itself(text: str) -> None:
    people = [(Person((f"{known} Zarrug",)), written) for known, written in pairs()]

    unfound = [written for person, written in people if not look([Text("ar", text.format(written))], [person])]

    assert unfound == []


def test_a_family_name_by_itself_is_to_be_looked_at_whatever_its_spelling() -> None:
    found = {
        (known, written): [f.sure for f in look([Text("en", f"{written} agreed")], [Person((f"Hana {known}",))])]
        for known, written in [
            ("الفرجاني", "Elfergani"),
            ("Elfergani", "الفرجاني"),
            ("Gathafi", "القذافي"),
            ("بن علي", "Benali"),
        ]
    }
    assert set(map(tuple, found.values())) == {(False,)}


def prose() -> dict[str, list[str]]:
    """Return the sentences of the demo, of the code of conduct and of the vocabularies that speak of nobody."""
    texts = []
    for path in sorted(Path("dialogues/management/demo").glob("*.py")):
        if path.stem not in ("people", "accounts"):
            nodes = ast.walk(ast.parse(path.read_text()))
            texts += [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    for path in sorted(Path("data/reference").rglob("*.csv")):
        texts += [cell for row in csv.reader(path.read_text().splitlines()) for cell in row]
    texts += [path.read_text() for path in sorted(Path("data/reference/conduct").glob("*.txt"))]
    sentences = {part.strip() for text in texts for part in re.split(r"(?<=[.؟!?])\s+|\n", text)}
    whole = sorted(part for part in sentences if len(part.split()) > 4 and not re.search(r"[{}<>_=]|Salem|سالم", part))
    return {
        "ar": [part for part in whole if search.is_arabic(part)],
        "en": [part for part in whole if not search.is_arabic(part)],
    }


def people(chance: random.Random) -> list[Person]:
    """Return as many people as met on the first day, each with two names of the table; some in one script alone."""

    def person() -> Person:
        given, family = chance.sample(NAMES, 2)
        both = f"{given[0]} {family[0]}", f"{chance.choice(given[1:])} {chance.choice(family[1:])}"
        return Person(both[: chance.choice([1, 2, 2])] if chance.random() < 0.9 else both[1:])

    return [person() for _ in range(28)]


@pytest.mark.parametrize(("language", "sure", "perhaps"), [("ar", 0.8, 4.5), ("en", 0.1, 1)])
def test_ordinary_prose_raises_few_alarms(language: str, sure: float, perhaps: float) -> None:
    """Where nobody is named, at most so many words of a hundred sentences are taken for a name, or have to be looked at."""
    sentences, chance, rounds = prose()[language], random.Random(12), 20
    assert len(sentences) > 100
    alarms = [
        finding
        for _ in range(rounds)
        for finding in look([Text(language, "\n".join(sentences))], people(chance))
        if finding.kind == NAME
    ]
    hundreds = rounds * len(sentences) / 100

    assert sum(finding.sure for finding in alarms) / hundreds <= sure
    assert sum(not finding.sure for finding in alarms) / hundreds <= perhaps
