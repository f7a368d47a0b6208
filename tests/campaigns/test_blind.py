"""What of an entry's own words no juror reads."""

import pytest

from campaigns.blind import HIDDEN, Identity, mask

WHOSE = Identity(names=("سعاد عبدالسلام المنزلي",), places=("سوق الجمعة", "Souq al-Jumaa", "مصراتة"))


@pytest.mark.parametrize(
    "text",
    [
        "أنا سعاد", "أنا سُعاد", "وسعاد صنعتها", "من عائلة المنزلي", "لعائلة منزلي", "عبد السلام", "Suad made them", "by Manzli",
        "هاتفي 0912345678", "هاتفي ٠٩١٢٣٤٥٦٧٨", "+218 91-234 56 78", "0 9 1 2 3 4 5 6 7 8", "s.m@example.ly", "s.m @ example . ly",
        "https://facebook.com/suad", "www.x.ly", "fb.com/manzli", "@suad_m", "من سوق الجمعة", "بسوق الجمعة", "من Souq Al-Jumaa", "وبمصراتة",
    ],
)  # fmt: skip
def test_what_tells_whose_it_is_is_hidden(text: str) -> None:
    shown = mask(text, WHOSE)
    assert HIDDEN in shown
    for part in (
        "سعاد",
        "منزلي",
        "السلام",
        "Suad",
        "Manzli",
        "suad",
        "2345",
        "٣٤٥",
        "example",
        "الجمعة",
        "Jumaa",
        "مصراتة",
        "x.ly",
    ):
        assert part not in shown


@pytest.mark.parametrize(
    "text",
    [
        "خيطت طبقتين من القطن على شكل كمامة", "وضعت 20 سلكًا و5 أشرطة", "60 degrees, 20 x 10 cm, 24 masks", "in 2020, twice",
        "يوم الجمعة", "سوق الخضار", "she said so", "", "٪100 قطن",
    ],
)  # fmt: skip
def test_other_words_stay(text: str) -> None:
    assert mask(text, WHOSE) == text


def test_the_preposition_stays_where_the_name_is_ali() -> None:
    whose = Identity(names=("علي",))
    assert mask("على القماش، علي", whose) == f"على القماش، {HIDDEN}"


def test_nobody_known_hides_only_contacts() -> None:
    assert mask("سعاد 0912345678", Identity()) == f"سعاد {HIDDEN}"
