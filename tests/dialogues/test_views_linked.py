"""What the page of a session leads to, for whoever may know of the other ones."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from dialogues import services
from dialogues.enums import SessionState
from dialogues.models import Session
from tests.factories.dialogues import SessionFactory
from tests.factories.network import CodeOfConductFactory, PractitionerFactory, RegionFactory, accepted, coordinator
from tests.factories.planning import weekly

pytestmark = pytest.mark.django_db

LANGUAGES = ["ar", "en"]
HEADING = {"ar": "جلسات مترابطة", "en": "Sessions that belong together"}
MEMBER_QUERIES = 15


def page(client: Client, session: Session, language: str) -> str:
    with override(language):
        return client.get(reverse("dialogues:session_detail", args=[session.slug])).text


def signed_in(side: str = "west") -> Client:
    member = PractitionerFactory(side=side)
    accepted(member, CodeOfConductFactory())
    client = Client()
    client.force_login(member.user)
    return client


def pair(**second: object) -> tuple[Session, Session]:
    first = SessionFactory(title_ar="الأولى", title_en="The first one")
    return first, SessionFactory(in_hours=99, follows=first, title_ar="الثانية", title_en="The second one", **second)


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_lead_to_each_other(language):
    first, second = pair()
    for client in (signed_in(), Client()):
        for here, there in ((first, second), (second, first)):
            shown = page(client, here, language)
            assert HEADING[language] in shown
            assert f"/{language}/sessions/{there.slug}/" in shown


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("hidden", "who"),
    [
        ({"state": SessionState.DRAFT}, "west"),
        ({"listing": "invited", "host": "east"}, "west"),
        ({"listing": "members"}, None),
        ({"listing": "invited"}, None),
    ],
)
def test_whoever_may_not_know_of_the_other_one_learns_nothing(hidden, who, language):
    host = hidden.pop("host", None)
    first, second = pair(host_region=RegionFactory(code=host) if host else None, **hidden)
    hidden |= {"host": host} if host else {}
    shown = page(signed_in(who) if who else Client(), first, language)
    assert HEADING[language] not in shown
    assert second.slug not in shown
    assert second.title_ar not in shown
    assert second.title_en not in shown


def test_a_cancelled_follow_up_is_still_a_link():
    first, second = pair()
    services.cancel_session(session=second, by=coordinator(None))
    assert second.slug in page(signed_in(), first, "en")


def test_the_links_cost_one_query_however_many_they_are(django_assert_max_num_queries):
    by, client = coordinator(None), signed_in()
    for dates in (3, 9):
        session = weekly(by, dates=dates, publish=True)[0]
        with django_assert_max_num_queries(MEMBER_QUERIES):
            shown = page(client, session, "ar")
        assert shown.count("/ar/sessions/") >= dates
