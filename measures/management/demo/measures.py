"""The demo's measures: in every state, with a vote that runs, a mediation, and actions."""

import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from dialogues.management.demo.people import Cast
from facilities.models import ServiceDomain
from measures import services
from measures.adoption import Rule
from measures.enums import Choice, Effect, Electorate, Leaning, Method, Secrecy
from measures.management.demo import words
from measures.models import Action, Measure, Vote
from network import selectors as network_selectors
from network.management.demo import clock
from network.models import Practitioner, Region
from notifications import outbox

SIDES = ("east", "west", "south")
READER = "member5.east"
VOTE_LASTS = timedelta(days=7)


class Chamber:
    """Writes, compares, votes on and closes measures as their people would, each at its time."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.now = timezone.now()
        self.national = cast.user("national.abroad")
        self.regions = list(Region.objects.order_by("position", "pk"))
        self.topics = {row.code: row for row in ServiceDomain.objects.all()}

    def at(self, days: float) -> datetime:
        return self.now + timedelta(days=days)

    def write(self, text: words.Text, days: float, *authors: str, **choices: Any) -> Measure:
        """Begin a measure so many days from now; the first author leads, the others accept at once."""
        lead, *others = (self.cast.person(login) for login in authors)
        with clock.at_time(self.at(days)):
            measure = services.create_measure(
                author=lead,
                words=text.words(),
                uid=uuid.uuid4(),
                by=lead.user,
                choices={"topic": self.topics.get(text.topic)} | choices,
            )
            for other in others:
                services.invite_author(measure=measure, practitioner=other, by=lead.user)
                services.answer_invitation(measure=measure, practitioner=other, accept=True)
        return measure

    def share(self, measure: Measure, days: float) -> Measure:
        with clock.at_time(self.at(days)):
            return services.submit_measure(measure=measure, by=self.lead(measure).user)

    def compare(self, measure: Measure, days: float) -> Measure:
        version = measure.current
        with clock.at_time(self.at(days)):
            return services.confirm_parity(
                measure=measure,
                hash_ar=version.hash_ar,
                hash_en=version.hash_en,
                reader=self.cast.person(READER),
            )

    def open(self, measure: Measure, days: float, *, lasts: timedelta = VOTE_LASTS, **given: Any) -> Vote:
        opening = services.Opening(
            method=given.get("method", Method.CONSENSUS),
            secrecy=given.get("secrecy", Secrecy.SECRET),
            electorate=Electorate.MEMBERS,
            closes_at=self.at(days) + lasts,
            rules={region.pk: Rule(given.get("quorum", 3), 60) for region in self.regions},
        )
        with clock.at_time(self.at(days)):
            return services.open_vote(measure=measure, opening=opening, by=self.national)

    def vote(self, vote: Vote, days: float, count: int, choice: str = Choice.AGREE) -> None:
        """Let so many of each side vote. The first of each leave it to the visitor."""
        with clock.at_time(self.at(days)):
            for side in SIDES:
                for number in range(2, count + 2):
                    self.cast_one(vote, f"member{number}.{side}", choice)

    def cast_one(self, vote: Vote, login: str, choice: str, reason: str = "") -> None:
        services.cast_vote(vote=vote, practitioner=self.cast.person(login), choice=choice, reason=reason)

    def close(self, vote: Vote) -> Measure:
        with clock.at_time(vote.closes_at + timedelta(minutes=1)):
            return services.close_vote(vote=vote)

    def adopt(self, text: words.Text, days: float, *authors: str, voters: int = 3, **choices: Any) -> Measure:
        """Take a measure all the way; `days` is when its vote was opened."""
        measure = self.write(text, days - 20, *authors, **choices)
        measure = self.compare(self.share(measure, days - 14), days - 3)
        vote = self.open(measure, days)
        self.vote(vote, days + 2, voters)
        return self.close(vote)

    def lead(self, measure: Measure) -> Practitioner:
        return measure.authors.select_related("practitioner__user").get(lead=True).practitioner


def load(cast: Cast) -> int:
    """Invent the measures; return how many there are."""
    chamber = Chamber(cast)
    old = chamber.adopt(words.PHONE_ROUND, -190, "member2.east", "member2.west")
    oxygen = chamber.adopt(
        words.OXYGEN,
        -75,
        "member2.west",
        "member2.east",
        "member2.south",
        voters=6,
        about=old,
        effect=Effect.SUPERSEDE,
        review_on=(chamber.now + timedelta(days=290)).date(),
    )
    _voted_on(chamber)
    _written(chamber)
    _acted_on(chamber, oxygen)
    _quiet(Measure.objects.all(), Action.objects.all())
    return Measure.objects.count()


def _voted_on(chamber: Chamber) -> None:
    """A vote that runs, one that waits to be opened, a mediation, and one that was voted down."""
    vaccines = chamber.write(words.VACCINES, -24, "member2.south", "member4.east")
    running = chamber.open(chamber.compare(chamber.share(vaccines, -18), -6), -3, lasts=timedelta(days=9))
    chamber.vote(running, -1, 2)
    chamber.compare(chamber.share(chamber.write(words.NIGHTS, -16, "member2.east"), -10), -1)
    referral = chamber.write(words.REFERRAL, -40, "member3.west", "member6.south")
    blocked = chamber.open(chamber.compare(chamber.share(referral, -30), -12), -9)
    chamber.vote(blocked, -6, 4)
    with clock.at_time(chamber.at(-5)):
        chamber.cast_one(blocked, "member1.south", Choice.BLOCK, words.OBJECTION)
    chamber.close(blocked)
    prices = chamber.write(words.PRICES, -120, "member4.west")
    refused = chamber.open(
        chamber.compare(chamber.share(prices, -110), -100), -98, method=Method.MAJORITY, secrecy=Secrecy.NAMED
    )
    chamber.vote(refused, -95, 3, Choice.DISAGREE)
    chamber.close(refused)


def _written(chamber: Chamber) -> None:
    """One that is commented on, one that was withdrawn, and a draft that nobody else reads."""
    code = chamber.share(chamber.write(words.CODE, -9, "member4.west", "member7.west"), -5)
    people = ("member1.south", "member2.east", "member8.west")
    for days, login, (block, said) in zip((-4, -3, -2), people, words.COMMENTS, strict=True):
        english = said.isascii()
        with clock.at_time(chamber.at(days)):
            services.add_comment(
                measure=code,
                version=code.current,
                text=said,
                uid=uuid.uuid4(),
                author=chamber.cast.person(login),
                language=("en" if english else "ar") if block else "",
                part="text" if block else "",
                block=block,
            )
    for number, side in enumerate(SIDES):
        for member in range(2, 6):
            value = Leaning.PASS if member == 5 and number else Leaning.AGREE
            services.keep_leaning(measure=code, practitioner=chamber.cast.person(f"member{member}.{side}"), value=value)
    asked = chamber.cast.person("member1.east")
    with clock.at_time(chamber.at(-1)):
        services.invite_author(measure=code, practitioner=asked, by=chamber.lead(code).user)
    chat = chamber.share(chamber.write(words.CHAT, -60, "member6.west"), -58)
    with clock.at_time(chamber.at(-50)):
        services.withdraw_measure(measure=chat, by=chamber.lead(chat).user, reason=words.WITHDRAWN_BECAUSE)
    chamber.write(words.ROADS, -2, "member1.east")


def _acted_on(chamber: Chamber, measure: Measure) -> None:
    """Let the actions of a measure be in all their states."""
    steps: dict[str, Iterable[Callable[[Action, Any, Any], Any]]] = {
        "planned": (),
        "in_progress": (_start,),
        "claimed": (_start, _prove, _claim),
        "confirmed": (_start, _prove, _claim, _return, _claim, _confirm),
        "dropped": (),
    }
    for deed in words.DEEDS:
        first, second = (chamber.cast.person(login) for login in deed.owners)
        with clock.at_time(chamber.at(-65)):
            action = services.plan_action(
                measure=measure,
                content={
                    **{name: getattr(deed, name) for name in ("title_ar", "title_en", "wanted_ar", "wanted_en")},
                    "region": second.region,
                    "municipality": second.municipality,
                    "due": chamber.at(deed.days).date(),
                },
                first_owner=first,
                second_owner=second,
                uid=uuid.uuid4(),
                by=chamber.lead(measure).user,
            )
        for days, step in zip(range(-30, 0, 2), steps[deed.state], strict=False):
            with clock.at_time(chamber.at(days)):
                step(action, first.user, second.user)
        if deed.state == "dropped":
            with clock.at_time(chamber.at(-20)):
                services.drop_action(action=action, by=chamber.national, reason=words.DROPPED_BECAUSE)


def _start(action: Action, first: Any, second: Any) -> None:
    services.start_action(action=action, by=first)


def _prove(action: Action, first: Any, second: Any) -> None:
    services.add_evidence(action=action, text=f"{action.wanted_ar}: تم.", uid=uuid.uuid4(), by=first)


def _claim(action: Action, first: Any, second: Any) -> None:
    services.claim_done(action=action, by=first)


def _return(action: Action, first: Any, second: Any) -> None:
    services.return_claim(action=action, by=second, reason=words.RETURNED_BECAUSE)


def _confirm(action: Action, first: Any, second: Any) -> None:
    services.confirm_done(action=action, by=second)


def _quiet(*tables: Any) -> None:
    """Take back the notices: they would tell of what is long past."""
    kinds = [kind.code for kind in outbox.all_kinds()]
    for row in (row for rows in tables for row in rows):
        outbox.withdraw(subject_ref=network_selectors.reference(row), kinds_=kinds)
