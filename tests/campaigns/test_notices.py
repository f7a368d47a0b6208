"""What winners are told when they move up: nothing that everybody knows already is said to be theirs alone, and nothing is asked twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns import services
from campaigns.models import Award, Campaign, Entry
from notifications import outbox, render
from notifications.kinds import Contact
from notifications.models import Message
from tests.campaigns.winners import holder, line, manager, published, standing, told
from tests.clock import Clock

pytestmark = pytest.mark.django_db
LANGUAGES = ["ar", "en"]
FIRST = {"ar": "لم يعلم به أحد غيرك بعد", "en": "nobody else has been told yet"}
ANSWER = {"ar": "قبل", "en": "answer until"}


def of(code: str) -> Entry:
    return Entry.objects.get(public_code=code)


def heard(code: str) -> list[Message]:
    """Return what the entrant of this public code was told of prizes, the first first."""
    rows = Message.objects.filter(kind__startswith="entry-won", context__entry=of(code).shown_code)
    return list(rows.order_by("pk"))


def letter(message: Message) -> str:
    mail = render.email(message, Contact(0, "", "", message.address, message.language, discreet=True))
    return f"{mail.subject}\n{mail.body}"


def sms(message: Message) -> str:
    return render.sms(message, Contact(0, "", "", message.address, message.language, discreet=True))


def spoken(language: str, campaign: Campaign) -> Campaign:
    """Let all entrants of a campaign have entered in this language."""
    Entry.objects.filter(campaign=campaign).update(language=language)
    return campaign


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_who_is_told_before_the_results_are_published_is_told_that_nobody_knows(language: str) -> None:
    campaign = spoken(language, told())
    first, second, _third, fourth, fifth, _sixth = line(campaign)
    services.answer_award(entry=of(second), accepts=False)
    assert FIRST["ar"] in letter(heard(first)[0])
    assert FIRST[language] in letter(heard(fourth)[0])

    campaign = services.publish_results(campaign=campaign, by=manager(campaign))
    services.answer_award(entry=of(fourth), accepts=False)
    (message,) = heard(fifth)
    assert (message.kind, message.language) == ("entry-won", language)
    assert FIRST[language] not in letter(message)
    # They are asked for an answer all the same.
    assert ANSWER[language] in letter(message)
    assert ANSWER[language] in sms(message)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("promised", [False, True])
def test_who_has_accepted_and_rises_is_told_of_another_prize_and_asked_nothing(
    language: str, promised: bool, clock: Clock
) -> None:
    campaign = spoken(language, published())
    first, second, third, *_rest = line(campaign)
    award, by = holder(campaign, 2), manager(campaign)
    services.answer_award(entry=of(second), accepts=True)
    if promised:
        services.promise_award(award=award, day=timezone.localdate() + timedelta(days=30), by=by)
    # Their own time to answer is long over.
    clock.forward(days=20)
    services.answer_award(entry=of(first), accepts=False)

    assert standing(campaign)[0] == (1, second, "promised" if promised else "accepted")
    asked, another = heard(second)
    assert (asked.kind, another.kind, another.context) == (
        "entry-won",
        "entry-won-another",
        {"entry": of(second).shown_code},
    )
    text = letter(another)
    assert {"ar": "صارت لك جائزة أعلى", "en": "Your prize is another one now"}[language] in text
    assert ANSWER[language] not in text
    assert FIRST[language] not in text
    # The next one moves from one of two equal prizes to the other: of that nobody is told.
    assert [message.kind for message in heard(third)] == ["entry-won"]
    if language == "ar":
        assert len(sms(another)) <= 70
    assert of(second).shown_code in sms(another)


def test_who_rises_after_their_time_to_answer_has_it_again(clock: Clock) -> None:
    campaign = published()
    first, second, *_rest = line(campaign)
    until = holder(campaign, 2).answer_until
    services.answer_award(entry=of(first), accepts=False)
    award = Award.objects.get(entry=of(second))
    assert (award.number, award.answer_until) == (1, until)

    campaign = published()
    first, second, *_rest = line(campaign)
    clock.forward(days=campaign.answer_days + 3)
    services.answer_award(entry=of(first), accepts=False)
    award = Award.objects.get(entry=of(second))
    assert (award.number, award.answer_until) == (1, clock.now + timedelta(days=campaign.answer_days))
    assert heard(second)[-1].context["until"] == outbox.stamp(award.answer_until)
    with pytest.raises(services.NotLateYet):
        services.lapse_award(award=award, by=manager(campaign))
