"""Invented measures, at whatever stage a test needs: all of it through the services, so that nothing is in a state that can't be."""

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from measures import services
from measures.adoption import Rule
from measures.enums import Choice, Electorate, Method, Secrecy
from measures.models import Action, Measure, Vote
from network.models import Practitioner, Region
from tests.factories.network import PractitionerFactory, RegionFactory, coordinator

WORDS = {
    "title_ar": "قائمة موحدة للأكسجين",
    "title_en": "One list for oxygen",
    "text_ar": "نتفق على قائمة واحدة.\n\n- تُحدَّث كل شهر\n- تقرؤها كل المرافق",
    "text_en": "We agree on one list.\n\n- It is brought up to date every month\n- Every facility reads it",
    "reasons_ar": "نقص في الجنوب.",
    "reasons_en": "There is too little in the south.",
}


def sides() -> list[Region]:
    """Return the three sides of the country."""
    return [RegionFactory(code=code) for code in ("east", "west", "south")]


def members(count: int) -> dict[str, list[Practitioner]]:
    """Return so many active members of each side."""
    return {code: PractitionerFactory.create_batch(count, side=code) for code in ("east", "west", "south")}


def draft(author: Practitioner | None = None, **words: Any) -> Measure:
    author = author or PractitionerFactory()
    choices = words.pop("choices", None)
    return services.create_measure(
        author=author, words=WORDS | words, uid=uuid.uuid4(), by=author.user, choices=choices
    )


def lead_of(measure: Measure) -> Practitioner:
    return measure.authors.get(lead=True).practitioner


def in_review(author: Practitioner | None = None, **words: Any) -> Measure:
    measure = draft(author, **words)
    return services.submit_measure(measure=measure, by=lead_of(measure).user)


def compared(author: Practitioner | None = None, **words: Any) -> Measure:
    measure = in_review(author, **words)
    version = measure.current
    return services.confirm_parity(
        measure=measure, hash_ar=version.hash_ar, hash_en=version.hash_en, reader=PractitionerFactory(side="south")
    )


def opening(
    quorum: int = 1, threshold: int = 60, method: str = Method.CONSENSUS, abroad: bool = False, **fields: Any
) -> services.Opening:
    rules = {side.pk: Rule(quorum, threshold) for side in Region.objects.all()}
    return services.Opening(
        method=method,
        secrecy=fields.get("secrecy", Secrecy.SECRET),
        electorate=fields.get("electorate", Electorate.MEMBERS),
        closes_at=fields.get("closes_at", timezone.now() + timedelta(days=7)),
        rules=rules | ({None: Rule(quorum, threshold)} if abroad else {}),
    )


def opened(people: dict[str, list[Practitioner]] | None = None, **fields: Any) -> Vote:
    """Return a vote on a measure that runs; `people` are those who may vote."""
    people = people or members(6)
    measure = fields.pop("measure", None) or compared(people["west"][0])
    return services.open_vote(measure=measure, opening=opening(**fields), by=coordinator(None))


def cast(vote: Vote, people: list[Practitioner], choice: str = Choice.AGREE, reason: str = "") -> None:
    for person in people:
        services.cast_vote(vote=vote, practitioner=person, choice=choice, reason=reason)


def adopted(people: dict[str, list[Practitioner]] | None = None, clock: Any = None, **fields: Any) -> Measure:
    """Return a measure that all sides have adopted; `clock` is the fixture of that name."""
    people = people or members(6)
    vote = opened(people, **fields)
    for voters in people.values():
        cast(vote, voters)
    clock.forward(days=8)
    return services.close_vote(vote=vote)


def planned(measure: Measure, first: Practitioner, second: Practitioner, **content: Any) -> Action:
    return services.plan_action(
        measure=measure,
        content={
            "title_ar": "جرد الأسطوانات",
            "title_en": "Count the cylinders",
            "wanted_ar": "قائمة موقعة",
            "wanted_en": "A signed list",
            "due": timezone.localdate() + timedelta(days=30),
        }
        | content,
        first_owner=first,
        second_owner=second,
        uid=uuid.uuid4(),
        by=lead_of(measure).user,
    )
