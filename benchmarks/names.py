"""Invented people in large numbers, with names as unevenly spread as real ones: a few very common, a long tail of rare family names."""

# ruff: noqa: E501 (a table of names is read across)

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, product

# Arabic spelling and the Latin ones that people use, the commonest name first.
MEN = [
    ("محمد", "Mohamed Muhammad Mohammed"), ("أحمد", "Ahmed Ahmad"), ("علي", "Ali Aly"), ("عبد الله", "Abdullah Abdalla"),
    ("سالم", "Salem Salim"), ("محمود", "Mahmoud Mahmud"), ("عمر", "Omar Omer"), ("خالد", "Khaled Khalid"),
    ("إبراهيم", "Ibrahim Ebrahim"), ("عبد السلام", "Abdulsalam Abdelsalam"), ("مصطفى", "Mustafa Mostafa"),
    ("يوسف", "Youssef Yusuf"), ("حسين", "Hussein Husain"), ("صالح", "Saleh Salih"), ("عبد الرحمن", "Abdulrahman Abdelrahman"),
    ("مفتاح", "Muftah Moftah"), ("فرج", "Faraj Farag"), ("خليفة", "Khalifa Khalifah"), ("حسن", "Hassan Hasan"),
    ("ناصر", "Naser Nasser"), ("طارق", "Tarek Tariq"), ("أسامة", "Osama Usama"), ("نوري", "Nuri Nouri"), ("رمضان", "Ramadan"),
    ("عادل", "Adel Adil"), ("جمال", "Jamal Gamal"), ("الصادق", "Alsadeq Sadiq"), ("بشير", "Bashir Basheer"), ("عيسى", "Issa Eisa"),
    ("موسى", "Musa Moussa"), ("وليد", "Walid Waleed"), ("هيثم", "Haitham Haytham"), ("معاذ", "Muath Moad"), ("أنس", "Anas"),
    ("زياد", "Ziad Ziyad"), ("إدريس", "Idris Edrees"), ("حمزة", "Hamza Hamzah"), ("ميلاد", "Milad Meelad"), ("نجيب", "Najib Nageeb"),
    ("شكري", "Shukri Shokri"), ("يونس", "Younis Yunus"), ("عثمان", "Othman Osman"), ("هشام", "Hisham Hesham"), ("ياسين", "Yassin Yaseen"),
    ("سراج", "Siraj Seraj"), ("أيمن", "Ayman Aiman"), ("غيث", "Ghaith Gaith"), ("قيس", "Qais Gais"), ("منصور", "Mansour Mansur"),
    ("وسام", "Wissam Wesam"),
]  # fmt: skip
WOMEN = [
    ("فاطمة", "Fatima Fatma"), ("عائشة", "Aisha Aysha"), ("مريم", "Mariam Maryam"), ("خديجة", "Khadija Khadeja"), ("زينب", "Zainab Zeineb"),
    ("سارة", "Sara Sarah"), ("هدى", "Huda Hoda"), ("آمنة", "Amna Amina"), ("نجاة", "Najat Nagat"), ("سعاد", "Suad Souad"),
    ("حنان", "Hanan"), ("ابتسام", "Ibtisam Ebtesam"), ("نادية", "Nadia Nadya"), ("سمية", "Sumaya Somaia"), ("أسماء", "Asma Asmaa"),
    ("هناء", "Hana Hanaa"), ("إيمان", "Iman Eman"), ("رقية", "Ruqaya Rogaia"), ("سلمى", "Salma"), ("ليلى", "Layla Laila"),
    ("نورا", "Nora Noura"), ("رحاب", "Rehab Rihab"), ("انتصار", "Intisar Entesar"), ("وفاء", "Wafa Wafaa"), ("غادة", "Ghada"),
    ("أمل", "Amal"), ("حواء", "Hawa Hawaa"), ("مبروكة", "Mabrouka Mabroka"), ("صفاء", "Safa Safaa"), ("رانيا", "Rania Ranya"),
]  # fmt: skip
FAMILIES = [
    ("الورفلي", "Alwerfalli Elwarfali"), ("المصراتي", "Almisrati Elmesrati"), ("الطرابلسي", "Altrabelsi Eltarabulsi"),
    ("البرعصي", "Albarasi Elbarassi"), ("العبيدي", "Alobeidi Elabeidi"), ("الزنتاني", "Alzintani Elzentani"), ("الفيتوري", "Alfitouri Elfeituri"),
    ("القذافي", "Algaddafi Elgathafi"), ("المغربي", "Almaghrabi Elmaghribi"), ("الشريف", "Alsharif Elsherif"), ("بن عمران", "Ben Omran"),
    ("بن علي", "Ben Ali"), ("الترهوني", "Altarhouni Eltarhuni"), ("الفرجاني", "Alferjani Elfarjani"), ("المجبري", "Almajbri Elmagbri"),
    ("الدرسي", "Aldersi Eldarsi"), ("العقوري", "Alaguri Elagouri"), ("الككلي", "Alkikli Elkekli"), ("التاجوري", "Altajouri Eltajuri"),
    ("الغرياني", "Algheryani Elgharyani"), ("الزليتني", "Alzliteni Elzletni"), ("السنوسي", "Alsenussi Elsanousi"), ("المقريف", "Almagarief Elmegaryef"),
    ("الحاسي", "Alhasi Elhassi"), ("الجهمي", "Aljahmi Eljehmi"), ("الكيلاني", "Alkilani Elkeelani"), ("الأوجلي", "Alojali Elawjali"),
    ("التارقي", "Altargi Eltargui"), ("التباوي", "Altebawi Eltabawi"), ("بوزيد", "Bouzid Abuzaid"), ("الهوني", "Alhouni Elhuni"), ("الماجري", "Almajri"),
]  # fmt: skip
LETTERS = {
    "ب": "b", "ت": "t", "ج": "j", "ح": "h", "خ": "kh", "د": "d", "ر": "r", "ز": "z", "س": "s", "ش": "sh", "ص": "s", "ض": "d",
    "ط": "t", "غ": "gh", "ف": "f", "ق": "g", "ك": "k", "ل": "l", "م": "m", "ن": "n", "ه": "h",
}  # fmt: skip
# Arabic and Latin pattern of a family name over a root of three consonants.
PATTERNS = [
    ("ال{0}{1}{2}ي", "Al{0}a{1}{2}i"), ("ال{0}{1}ا{2}ي", "El{0}a{1}a{2}i"), ("ال{0}{1}ي{2}ي", "Al{0}u{1}ei{2}i"),
    ("ال{0}و{1}{2}ي", "Al{0}u{1}{2}i"), ("بو{0}{1}ي{2}", "Bu{0}a{1}i{2}"), ("ال{0}ا{1}{2}", "El{0}a{1}e{2}"),
]  # fmt: skip

Spelled = tuple[str, list[str]]


@dataclass(frozen=True, slots=True)
class Name:
    """A name in both scripts; one of them may be empty."""

    arabic: str
    latin: str


def _rare_families() -> list[Spelled]:
    roots = list(product(LETTERS, repeat=3))
    random.Random(9).shuffle(roots)
    return [
        (arabic.format(*root), [latin.format(*(LETTERS[letter] for letter in root)).capitalize()])
        for root in roots[:5000]
        for arabic, latin in PATTERNS
    ]


class People:
    """A stream of invented names, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._men = self._ranked([(arabic, latin.split()) for arabic, latin in MEN])
        self._women = self._ranked([(arabic, latin.split()) for arabic, latin in WOMEN])
        families = [(arabic, [latin] if latin.startswith("Ben ") else latin.split()) for arabic, latin in FAMILIES]
        self._families = self._ranked([*families, *_rare_families()])

    @staticmethod
    def _ranked(names: list[Spelled]) -> tuple[list[Spelled], list[float]]:
        """Weigh names by the Zipf-Mandelbrot law: nine men in a hundred have the commonest name."""
        return names, list(accumulate(1 / (rank + 3) for rank in range(1, len(names) + 1)))

    def _pick(self, ranked: tuple[list[Spelled], list[float]]) -> Spelled:
        names, weights = ranked
        return self._random.choices(names, cum_weights=weights)[0]

    def name(self) -> Name:
        """Return first, father's, for many also grandfather's, and family name; seven in ten in both scripts."""
        first = self._pick(self._men if self._random.random() < 0.55 else self._women)
        fathers = [self._pick(self._men) for _ in range(2 if self._random.random() < 0.6 else 1)]
        parts = [first, *fathers, self._pick(self._families)]
        scripts = self._random.random()
        return Name(
            arabic="" if scripts < 0.1 else " ".join(arabic for arabic, _ in parts),
            latin="" if scripts > 0.8 else " ".join(self._random.choice(latin) for _, latin in parts),
        )

    def names(self, number: int) -> Iterator[Name]:
        """Yield so many names."""
        return (self.name() for _ in range(number))
