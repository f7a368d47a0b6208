"""The look through minutes: whoever was there is found in either script and any spelling, and the rest is left alone."""

import cProfile
import random

import pytest
from hypothesis import HealthCheck, assume, given, settings, strategies as st

from dialogues import publication
from dialogues.publication import Finding, Person, Text, look
from dialogues.publication.words import OPENERS
from network import search

SALMA = Person(
    ("سالمة محمود إدريس (تجريبية)", "Salma Mahmoud Idris (Demo)"),
    ("مستشفى الجلاء",),
    ("salma@example.org", "+218912345678"),
)
FARAJ = Person(("عبد السلام فرج بوشعالة", ""), ("قسم الجراحة، مستشفى عام",))
SAID = Person(("", "Sa'id Al-Warfalli"), ("Tripoli Medical Center",))
BAKR = Person(("أبو بكر القاضي", "Abu Bakr Elkadi"))
PEOPLE = [SALMA, FARAJ, SAID, BAKR]


def found(text: str, people: list[Person] | None = None, **more: str) -> list[tuple[str, bool]]:
    return [(finding.word, finding.sure) for finding in look([Text("ar", text)], people or PEOPLE, **more)]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("قالت سالمة محمود إدريس إن المخزون ينفد", "سالمة محمود إدريس"),
        ("قالت سالمه ادريس ذلك", "سالمه ادريس"),
        ("رأي إدريس سالمة", "إدريس سالمة"),
        ("وسالمة إدريس وافقت", "وسالمة إدريس"),
        ("تحدثت د. سالمة عن ذلك", "سالمة"),
        ("تحدثت الدكتورة سالمة عن ذلك", "سالمة"),
        ("سَـالِمـة إدْرِيس", "سَـالِمـة إدْرِيس"),
        ("ساﻟﻤﺔ إدريس", "ساﻟﻤﺔ إدريس"),
        ("رأى إدريس غير ذلك", "إدريس"),
        ("ولإدريس رأي آخر", "ولإدريس"),
        ("Salma Idris spoke", "Salma Idris"),
        ("SALMA IDRISS spoke", "SALMA IDRISS"),
        ("Selma M. Edris spoke", "Selma M. Edris"),
        ("Idris, Salma", "Idris, Salma"),
        ("Dr Salma's proposal", "Salma's"),
        ("Idris’s proposal", "Idris’s"),
        ("salma\u200b idris", "salma\u200b idris"),
        ("اقترح عبد السلام بوشعالة", "عبد السلام بوشعالة"),
        ("اقترح عبدالسلام فرج", "عبدالسلام فرج"),
        ("Abdulsalam Faraj agreed", "Abdulsalam Faraj"),
        ("Abd al-Salam Bushaala agreed", "Abd al-Salam Bushaala"),
        ("Abd Essalam Faraj agreed", "Abd Essalam Faraj"),
        ("Saeed Elwarfali", "Saeed Elwarfali"),
        ("سعيد الورفلي", "سعيد الورفلي"),
        ("Abubaker Al Qadi", "Abubaker Al Qadi"),
        ("بمستشفى الجلاء نقص", "بمستشفى الجلاء"),
        ("at Al-Jala hospital", "Jala hospital"),
        ("at the hospital of Jalaa", "hospital of Jalaa"),
        ("the Medical Centre of Tripoli", "Centre of Tripoli"),
        ("write to SALMA@example.org", "SALMA@example.org"),
        ("call 091 234 56 78 now", "091 234 56 78"),
        ("هاتف ٠٩١٢٣٤٥٦٧٨", "٠٩١٢٣٤٥٦٧٨"),
    ],
)
def test_whoever_was_there_is_found_for_sure(text: str, word: str) -> None:
    assert (word, True) in found(text)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Edriss spoke", "Edriss"),
        ("حكم القاضي في ذلك", "القاضي"),
        ("سالمة وحدها", "سالمة"),
        ("write to somebody@example.org", "somebody@example.org"),
        ("call 0213334444", "0213334444"),
    ],
)
def test_what_may_be_somebody_is_to_be_looked_at(text: str, word: str) -> None:
    assert found(text) == [(word, False)]


@pytest.mark.parametrize(
    "text",
    [
        "سلامة العاملين أولًا، ثم تسلسل التوريد في كل مستشفى عام.",
        "The safety of health workers comes first in every general hospital.",
        "In 2020-09-12 we met in Tripoli; 28 people, three rooms.",
        "السلام عليكم. اتفقنا على قائمة أدوية واحدة لكل الجهات.",
        "Insulin, dialysis, oxygen: 12,000 units by 31.12.2026.",
        "",
    ],
)
def test_ordinary_minutes_are_left_alone(text: str) -> None:
    assert found(text) == []


def test_the_preposition_is_not_taken_for_the_name() -> None:
    people = [Person(("علي الزنتاني", ""))]
    assert found("اتفقنا على قائمة وعلى موعد", people) == []
    assert found("اتفقنا مع علي", people) == [("علي", False)]
    assert found("قال على الزنتاني", people) == [("على الزنتاني", True)]


def test_a_word_of_the_title_is_no_proof_by_itself() -> None:
    person = Person(("منى بنغازي", "Mona Benghazi"))
    assert found("اجتمعنا في بنغازي", [person], known="قاعة بنغازي") == [("بنغازي", False)]
    assert found("رأي الزنتاني", [Person(("منى الزنتاني", ""))]) == [("الزنتاني", True)]
    assert found("رأي الزنتاني", [Person(("منى الزنتاني", ""))], known="قاعة الزنتاني") == [("الزنتاني", False)]


def test_a_finding_says_where() -> None:
    texts = [Text("ar", "مقدمة\n\nقالت سالمة إدريس ذلك"), Text("en", "Ask Salma Idris", decision=2)]

    arabic, english = look(texts, PEOPLE)

    assert (arabic.language, arabic.decision, arabic.paragraph) == ("ar", 0, 2)
    assert (arabic.before, arabic.word, arabic.after) == ("قالت ", "سالمة إدريس", " ذلك")
    assert (english.language, english.decision, english.paragraph, english.before) == ("en", 2, 1, "Ask ")


def test_a_long_paragraph_is_shown_in_part() -> None:
    (finding,) = look([Text("en", "word " * 100 + "Salma Idris" + " more" * 100)], PEOPLE)
    assert finding.before.startswith("… ")
    assert finding.after.endswith(" …")
    assert len(finding.before) < 80 > len(finding.after)


def test_the_fingerprint_is_of_exactly_these_findings() -> None:
    one, two = look([Text("en", "Edriss")], PEOPLE), look([Text("en", "so Edriss")], PEOPLE)
    assert publication.fingerprint(one) == publication.fingerprint(list(one))
    assert len({publication.fingerprint(findings) for findings in (one, two, [])}) == 3


# --- any name, any text --------------------------------------------------------------------------------------------------

ARABIC = "ابتثجحخدذرزسشصضطظعغفقكلمنهويأإآىةئؤء"
LATIN = "abcdefghijklmnopqrstuvwxyz"
RESPELLED = {
    "أ": "ا", "إ": "أ", "آ": "ا", "ى": "ي", "ة": "ه", "ئ": "ي", "ؤ": "و", "q": "g", "k": "q", "o": "u", "e": "i", "i": "y", "c": "k",
    "f": "ph",
}  # fmt: skip


def word(letters: str) -> st.SearchStrategy[str]:
    return st.text(alphabet=letters, min_size=3, max_size=8).filter(lambda text: len(search.fold(text)) > 1)


names = st.one_of(
    st.lists(word(ARABIC), min_size=2, max_size=4).map(" ".join),
    st.lists(word(LATIN).map(str.title), min_size=2, max_size=4).map(" ".join),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(name=names, data=st.data(), before=st.text(max_size=30), after=st.text(max_size=30))
def test_a_name_is_found_in_every_spelling_that_the_search_knows(
    name: str, data: st.DataObject, before: str, after: str
) -> None:
    spelled = "".join(RESPELLED.get(c, c) if data.draw(st.booleans()) else c for c in name)
    known = search.index(name).split()
    # Nobody is called "Abd Abd Abd": what opens a name stands before a name.
    assume(sum(part.casefold() in OPENERS for part in name.split()) < 2)
    assume(all(key in known for key in search.keys(spelled)))

    findings = look([Text("ar", f"{before}\n{spelled}\n{after}")], [Person((name,))])

    assert any(search.fold(part) in search.fold(finding.word) for finding in findings for part in spelled.split())


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=400), name=st.text(max_size=60), place=st.text(max_size=60), contact=st.text(max_size=30))
def test_no_text_breaks_it(text: str, name: str, place: str, contact: str) -> None:
    findings = look([Text("ar", text)], [SALMA, Person((name,), (place,), (contact,))], known=place)
    assert all(isinstance(finding, Finding) and finding.word for finding in findings)


def calls(people: list[Person], words: dict[str, list[str]], share: float) -> int:
    """Return how many calls it takes to look for people in a share of the words: unlike seconds, the same on every machine."""
    texts = [Text(code, " ".join(spoken[: int(share * len(spoken))])) for code, spoken in words.items()]
    profile = cProfile.Profile()
    profile.runcall(look, texts, people)
    return sum(entry.callcount for entry in profile.getstats())


def test_twice_the_words_or_twice_the_people_take_no_more_than_twice_the_work() -> None:
    chance = random.Random(7)

    def made(letters: str) -> str:
        return "".join(chance.choice(letters) for _ in range(chance.randint(3, 7)))

    people = [
        Person(
            (" ".join(made(ARABIC) for _ in range(3)), " ".join(made(LATIN).title() for _ in range(3))),
            (f"مستشفى {made(ARABIC)} {made(ARABIC)}",),
        )
        for _ in range(100)
    ]
    words = {code: [made(letters) for _ in range(1_600)] for code, letters in (("ar", ARABIC), ("en", LATIN))}

    # Words that were folded once are remembered.
    calls(people, words, 1)
    whole = calls(people, words, 1)

    assert whole < 2.2 * calls(people, words, 0.5)
    assert whole < 2.2 * calls(people[:50], words, 1)
