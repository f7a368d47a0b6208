"""The limited rich text: what is dangerous never becomes HTML, and a hash is of exactly these words."""

import re

import pytest
from hypothesis import given, strategies as st

from measures import texts

ALLOWED = re.compile(
    r"</?(?:p|h3|h4|ul|ol|li|blockquote|strong|em|br|hr)(?: dir=\"auto\")?(?: start=\"[0-9]+\")?>"
    r"|<a href=\"(?:https?:|mailto:)[^\"<>]*\" rel=\"noopener noreferrer nofollow\">|</a>"
)


def test_marks_become_clean_html() -> None:
    said = texts.html("## عنوان\n\nفقرة **مهمة** و*خفيفة*\nسطر\n\n- أولاً\n- ثانياً\n\n> قول\n\n[موقع](https://who.int)")

    assert said == (
        '<h3 dir="auto">عنوان</h3>\n'
        '<p dir="auto">فقرة <strong>مهمة</strong> و<em>خفيفة</em><br>\nسطر</p>\n'
        '<ul>\n<li dir="auto">أولاً</li>\n<li dir="auto">ثانياً</li>\n</ul>\n'
        '<blockquote dir="auto">\n<p dir="auto">قول</p>\n</blockquote>\n'
        '<p dir="auto"><a href="https://who.int" rel="noopener noreferrer nofollow">موقع</a></p>'
    )


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://elsewhere.example/pixel.png)",
        "<a href='//x' style='position:fixed'>x</a>",
        '[x](https://x.example "onclick=alert(1)")',
        "<style>*{display:none}</style>",
        "`<b>`\n\n    <b>\n\n```\n<b>\n```",
        "&lt;script&gt;",
        "[x]: javascript:alert(1)\n\n[x]",
        "<<b>script>",
        "> " * 400 + "x",
        "- " * 400 + "x",
    ],
)
def test_what_is_dangerous_stays_words(typed: str) -> None:
    assert ALLOWED.sub("", texts.html(typed)).count("<") == 0


@given(st.text(max_size=300))
def test_whatever_is_typed_only_allowed_tags_come_out(typed: str) -> None:
    said = texts.html(typed)

    assert "<" not in ALLOWED.sub("", said)


@given(st.text(alphabet="<>/[]()!\"'`*_#-> abاj:script&;=\n", max_size=120))
def test_marks_and_tags_in_any_order_are_harmless(typed: str) -> None:
    assert "<" not in ALLOWED.sub("", texts.html(typed))


def test_blocks_are_numbered_and_found_again() -> None:
    first = texts.blocks("One.\n\nTwo.\n\nThree.")
    second = texts.blocks("New.\n\nTwo.\n\nThree!")

    assert [block.number for block in first] == [1, 2, 3]
    assert first[1].anchor == second[1].anchor
    assert first[2].anchor != second[2].anchor


def test_a_hash_is_of_exactly_these_words() -> None:
    assert texts.sha256(["a", "b"]) == texts.sha256(["a", "b"])
    assert texts.sha256(["a", "b"]) != texts.sha256(["ab", ""]) != texts.sha256(["", "ab"])
    assert texts.sha256(["السلام"]) != texts.sha256(["السلام "])


def test_the_plain_text_has_no_marks() -> None:
    assert texts.plain("## A & B\n\n- **c**\n- d < e").split() == ["A", "&", "B", "c", "d", "<", "e"]
    assert texts.shortened('<p dir="auto">one two &amp; three</p>', 11) == "one two &…"
