"""Conflicts of jurors with entries that nobody has to declare: place, workplace, the person, and having had it in their hands."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.utils import timezone

from campaigns import duplicates
from campaigns.enums import ConflictKind, Counts
from campaigns.models import Entry, HandIn, Juror, Question
from facilities.models import OtherName, Posting
from facilities.naming import WHAT_IT_IS
from network import search
from network.models import Transition


class Found(NamedTuple):
    """A conflict that nobody declared."""

    juror: int
    entry: int
    kind: ConflictKind


# Of so many entries each is looked up, of more the whole campaign.
FEW = 100

Trait = tuple[ConflictKind, str]
# For each word that tells a workplace from others, all that another spelling of it may look or sound like.
Telling = tuple[frozenset[str], ...]
# Words that say what an organisation is, in either language; folded, without the article.
KINDS = WHAT_IT_IS | frozenset(
    search.fold(
        """
        جامعة كلية معهد مدرسة وزارة مكتب إدارة شركة منظمة جمعية مركزي university college faculty institute school ministry office
        department company organisation organization association central at in and
        """
    ).split()
)


def _telling(name: str) -> Telling:
    words = [word for word in search.words(name) if word.removeprefix("ال") not in KINDS]
    return tuple(frozenset({word, *(f"~{sound}" for sound in search.sounds(word))}) for word in dict.fromkeys(words))


def _is_one_place(one: Telling, other: Telling) -> bool:
    """Tell whether two names may be one workplace's, in whatever script and spelling: the longer one has all that tells the shorter.

    Rather once too often: that keeps a juror from one entry, the other lets a colleague judge.
    """
    few, many = sorted((one, other), key=len)
    return bool(few) and all(any(word & there for there in many) for word in few)


def _workplaces(jurors: Iterable[Juror]) -> dict[int, set[str]]:
    """Return by what names the places are called where jurors work: as they write it, and as the facilities of their postings are known."""
    jurors = list(jurors)
    found = {juror.pk: {juror.practitioner.workplace} - {""} for juror in jurors}
    juror_of = {juror.practitioner_id: juror.pk for juror in jurors}
    now = Posting.objects.lasting(timezone.localdate()).filter(practitioner__in=juror_of).select_related("facility")
    at: dict[int, set[int]] = defaultdict(set)
    for posting in now.order_by("pk"):
        juror = juror_of[posting.practitioner_id]
        at[posting.facility_id].add(juror)
        found[juror] |= {name for name in (posting.facility.name_ar, posting.facility.name_en) if name}
    for other in OtherName.objects.filter(facility__in=at).order_by("pk"):
        for juror in at[other.facility_id]:
            found[juror].add(other.name)
    return found


def _traits_of_juror(juror: Juror, workplaces: Iterable[str]) -> set[Trait]:
    person, user = juror.practitioner, juror.practitioner.user
    found = {(ConflictKind.MUNICIPALITY, str(pk)) for pk in (juror.municipality_id, person.municipality_id) if pk}
    found |= {(ConflictKind.WORKPLACE, duplicates.name_key(name)) for name in workplaces}
    named = (duplicates.name_key(person.name_ar), duplicates.name_key(person.name_latin))
    found |= {(ConflictKind.PERSON, value) for value in (user.phone or "", user.email.lower(), *named)}
    found |= {(ConflictKind.HANDS, str(user.pk))}
    return {(kind, value) for kind, value in found if value}


def _traits_of_entry(entry: Entry, hands: Iterable[int], workplace: str) -> set[Trait]:
    found = {(ConflictKind.PERSON, value) for value in (entry.phone, entry.email, entry.folded)}
    found |= {(ConflictKind.HANDS, str(pk)) for pk in hands}
    found |= {(ConflictKind.WORKPLACE, duplicates.name_key(str(entry.answers.get(workplace, "")) if workplace else ""))}
    if entry.municipality_id:
        found.add((ConflictKind.MUNICIPALITY, str(entry.municipality_id)))
    return {(kind, value) for kind, value in found if value}


def _hands(entries: Sequence[Entry]) -> dict[int, set[int]]:
    """Return who had each entry in their hands: whoever typed it, counted what was handed in, or made a step of it at the desk."""
    found: dict[int, set[int]] = defaultdict(set)
    steps = Transition.objects.filter(subject_type=Entry._meta.label_lower, by__isnull=False)
    counts = HandIn.objects.all()
    if len(entries) <= FEW:
        ids = [entry.pk for entry in entries]
        steps, counts = steps.filter(subject_id__in=ids), counts.filter(entry__in=ids)
    else:
        own = Entry.objects.filter(campaign__in={entry.campaign_id for entry in entries})
        steps, counts = steps.filter(subject_id__in=own.values("pk")), counts.filter(entry__in=own.values("pk"))
    for entry, by in steps.values_list("subject_id", "by_id").distinct():
        found[entry].add(by)
    for entry, by in counts.values_list("entry_id", "counted_by_id").distinct():
        found[entry].add(by)
    for row in entries:
        if row.clerk_id:
            found[row.pk].add(row.clerk_id)
    return found


def found_conflicts(jurors: Iterable[Juror], entries: Iterable[Entry]) -> set[Found]:
    """Return the conflicts that show by themselves: place, workplace, the person, and having had it in their hands."""
    entries, jurors = list(entries), list(jurors)
    if not entries:
        return set()
    asked = Question.objects.filter(campaign=entries[0].campaign_id, counts_as=Counts.WORKPLACE)
    workplace, hands = asked.values_list("key", flat=True).first() or "", _hands(entries)
    # Where they work is looked up only if it was asked of the entrants.
    places = _workplaces(jurors) if workplace else {}
    of_trait: dict[Trait, list[int]] = defaultdict(list)
    for juror in jurors:
        for trait in _traits_of_juror(juror, places.get(juror.pk, ())):
            of_trait[trait].append(juror.pk)
    return _colleagues(places, entries, workplace) | {
        Found(juror, entry.pk, trait[0])
        for entry in entries
        for trait in _traits_of_entry(entry, hands[entry.pk], workplace)
        for juror in of_trait.get(trait, ())
    }


def _colleagues(places: Mapping[int, Iterable[str]], entries: Iterable[Entry], workplace: str) -> set[Found]:
    """Return the conflicts of jurors with entries of whoever works at the same place, however they write it."""
    heard: dict[str, list[tuple[int, Telling]]] = defaultdict(list)
    for juror, names in places.items():
        for telling in map(_telling, names):
            for form in frozenset().union(*telling):
                heard[form].append((juror, telling))
    found = set()
    for entry in entries if heard else ():
        telling = _telling(str(entry.answers.get(workplace, "")))
        alike = {known for word in telling for form in word for known in heard.get(form, ())}
        found |= {Found(juror, entry.pk, ConflictKind.WORKPLACE) for juror, of in alike if _is_one_place(telling, of)}
    return found
