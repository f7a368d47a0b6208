"""An entry is found at the desk by what its entrant or the results say of it, in any spelling, and on one's own side alone."""

import pytest

from tests.campaigns.test_views_behalf import on_paper
from tests.desk import at_the_desk
from tests.factories import campaigns as make
from tests.factories.network import coordinator

pytestmark = pytest.mark.django_db


def found(side: str, term: str) -> list[str]:
    listed = at_the_desk(coordinator(side)).get("/en/admin/campaigns/entry/", {"q": term})
    return [row.code for row in listed.context["cl"].result_list]


@pytest.mark.parametrize(
    "spelling",
    [
        lambda entry: entry.code,
        lambda entry: f" {entry.shown_code.lower()} ",
        lambda entry: entry.shown_public_code,
        lambda _entry: "سالم، علي",
        lambda _entry: "عَلِي سالم",
        lambda _entry: "٠٩١ ٢٣٤ ٥٦٧٨",
        lambda _entry: "ALI@example.org",
    ],
    ids=["code", "code as shown", "code in the results", "name turned round", "name with signs", "telephone", "e-mail"],
)
def test_an_entry_is_found_in_any_spelling_on_its_side_alone(spelling):
    campaign = make.campaign()
    west = make.municipality("west")
    sought = make.entry(
        campaign,
        entrant=make.entrant(name="علي سالم", phone="+218912345678", email="ali@example.org", municipality=west),
    )
    make.entry(campaign, entrant=make.entrant(name="علي سالم الشريف", phone="+218912345679", municipality=west))

    assert found("west", spelling(sought)) == [sought.code]
    assert found("east", spelling(sought)) == []


def test_all_of_one_name_are_found_in_every_campaign_that_one_knows_and_all_without_a_word():
    west = make.municipality("west")
    first, second = (make.entry(entrant=make.entrant(name="علي سالم", municipality=west)) for _ in range(2))
    other = on_paper()

    assert found("west", "علي سالم") == [second.code, first.code]
    assert found("west", " ") == [other.code, second.code, first.code]
    assert found("west", "علي") == []
