"""What the admin has below a row besides the usual pages, asked for and posted to with ids of other sides."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib.admin import AdminSite
from django.db import models
from django.urls import NoReverseMatch, reverse

from campaigns.models import (
    Activity,
    Award,
    Campaign,
    Complaint,
    Entry,
    Juror,
    Photo,
    Round,
)
from dialogues.models import (
    AgendaItem,
    Broadcast,
    CaseStudy,
    Certificate,
    Material,
    Registration,
    Session,
    Site,
    Statement,
    WalkIn,
)
from measures.models import Action
from needs.models import Proposal
from network.models import (
    Job,
)
from tests.security import facilities_asked, planned
from tests.security.judge import REGIONAL, STAFF, Actor
from tests.security.requests import UNKNOWN_PK, Request
from tests.security.sides import ABROAD, NOBODY, SIDES
from tests.security.world import World

# Pages below a session in the admin that show, with what is posted to them.
SESSION_PAGES = ("attendance", "people", "sheet", "balance", "export", "messages", "feedback")
ATTENDANCE_STEPS = (
    "mark", "seat", "remove", "walk-in", "codes", "late", "invite", "close", "reopen", "nonsense", "",
)  # fmt: skip
MESSAGE_STEPS = ("try", "send", "edit", "nonsense", "")
MINUTES_STEPS = {
    "minutes": ("save", "resolve", "add", "remove-1", "up-1", "down-1", "note", "forget", "nonsense", ""),
    "revisions": ("restore", "nonsense"),
    "publication": ("publish", "withdraw", "nonsense"),
}
PEOPLE_STEPS = ("register", "withdraw", "nonsense", "")
PAPER_STEPS = {"materials": ("add", "edit", "remove", "nonsense", ""), "certificates": ("revoke", "nonsense", "")}


@dataclass
class DeskPages:
    """Makes the requests of one actor to the pages that a model has of its own, for one admin site."""

    site: AdminSite
    world: World
    actor: Actor

    def own_pages(self, model: type[models.Model], pk: Any, *, hidden: bool) -> Iterator[Request]:
        """Yield requests for what the admin has below a row besides the usual pages."""
        asked = {
            Session: self._session_pages,
            CaseStudy: self._case_pages,
            Round: self._round_pages,
            Campaign: self._campaign_pages,
            Entry: self._entry_photos,
            Activity: self._activity_pages,
            Job: self._job_file,
        }
        if model in asked:
            yield from asked[model](pk, hidden=hidden)
        yield from facilities_asked.pages(self, model, pk, hidden=hidden)

    @property
    def side(self) -> str:
        """The side from which "other" is meant, also for those who have none."""
        return self.actor.side if self.actor.side in SIDES else SIDES[0]

    @property
    def other_side(self) -> str:
        return SIDES[(SIDES.index(self.side) + 1) % len(SIDES)]

    def url(self, model: type[models.Model], page: str, *args: Any) -> str:
        return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)

    def _has(self, name: str, *more: Any) -> bool:
        try:
            reverse(f"admin:{name}", args=[1, *more])
        except NoReverseMatch:
            return False
        return True

    def others(self, model: type[models.Model]) -> list[int]:
        """Return rows of the other sides and of nobody, and the joint drafts."""
        found = [pk for side in (*SIDES, ABROAD, NOBODY) if side != self.side for pk in self.world.of(model, side)[-1:]]
        if model is Session:
            found += [self.world.sessions["joint:draft"].pk]
            found += [self.world.sessions["joint:two"].pk] if self.side == SIDES[2] else []
        if model is Action:
            found += [self.world.actions[self.side].pk]
        if model is Proposal:
            found += [self.world.proposals[self.side].pk]
        return found

    # --- the pages of a case study -----------------------------------------------------------------------------------

    def _case_pages(self, pk: Any, *, hidden: bool) -> Iterator[Request]:
        """Write its other language; put it on the agenda of others."""
        if not self._has("dialogues_casestudy_translate"):
            return
        base = self.url(CaseStudy, "translate", pk)
        yield Request(base, hidden=hidden)
        yield Request(base, {"version": "1", "lesson_en": "Words", "lesson_ar": "كلمات"}, hidden=hidden)
        for session in self.others(Session):
            yield Request(self.url(CaseStudy, "schedule", pk), {"session": session}, hidden=hidden)
        yield Request(self.url(CaseStudy, "publish", pk), {"confirmed": ["name", "nonsense"]}, hidden=hidden)

    def _round_pages(self, pk: Any, *, hidden: bool) -> Iterator[Request]:
        """Look what taking others' jurors off would change, and do it."""
        if not self._has("campaigns_round_plan"):
            return
        base, jurors = self.url(Round, "plan", pk), self.others(Juror)
        forged = {"quorum": 3, "leaving": jurors[0], "successor": jurors[-1]}
        yield Request(base, hidden=hidden)
        yield Request(f"{base}?{urlencode(forged)}", hidden=hidden)
        yield Request(base, forged, hidden=hidden)

    # --- the pages of a campaign -------------------------------------------------------------------------------------

    def _campaign_pages(self, pk: Any, *, hidden: bool) -> Iterator[Request]:
        """Read the chain; type a form of somebody of another side; print the receipts of others."""
        if not self._has("campaigns_campaign_chain"):
            return
        yield Request(self.url(Campaign, "chain", pk), hidden=hidden)
        place = self.world.municipalities[self.other_side].pk
        typed = {"name": "Somebody", "municipality": place, "q-words": "words", "rules": "on", "uid": str(uuid4())}
        yield Request(self.url(Campaign, "paper", pk), hidden=hidden)
        yield Request(self.url(Campaign, "paper", pk), typed, hidden=hidden)
        yield Request(self.url(Campaign, "progress", pk), hidden=hidden)
        yield Request(self.url(Campaign, "progress", pk) + "?until=2020-01-31", hidden=hidden)
        for what, kind in product(("entries", "activities"), ("xlsx", "csv")):
            yield Request(self.url(Campaign, "export", pk), {"what": what, "kind": kind}, hidden=hidden)
        for entry in [*self.others(Entry), UNKNOWN_PK]:
            yield Request(self.url(Campaign, "receipt", pk, entry), hidden=hidden or self.actor.role in STAFF)
        yield from self._result_pages(pk, hidden=hidden)

    def _result_pages(self, pk: Any, *, hidden: bool) -> Iterator[Request]:
        """Read and decide results, answer complaints of others, disqualify their entries, hang up their photos."""
        base, awards = self.url(Campaign, "results", pk), self.others(Award)
        yield Request(base, hidden=hidden)
        for step in (
            "propose",
            "refuse",
            "told",
            "accept",
            "decline",
            "lapse",
            "promise",
            "deliver",
            "answer",
            "nonsense",
        ):
            forged = {"do": step, "award": awards[0], "complaint": self.others(Complaint)[0], "reason": "words"}
            yield Request(base, {**forged, "answer": "words", "upheld": "no", "day": "2099-01-01"}, hidden=hidden)
        for award in [*awards[:2], UNKNOWN_PK]:
            yield Request(self.url(Campaign, "proof", pk, award), hidden=hidden)
        others = Entry.objects.exclude(side__code=self.actor.side).order_by("pk")
        # First those of this campaign: of others the page has nothing to say.
        own_first = sorted(others, key=lambda entry: str(entry.campaign_id) != str(pk))
        codes = " ".join(entry.code for entry in own_first[:4])
        out, gallery = self.url(Campaign, "disqualify", pk), self.url(Campaign, "gallery", pk)
        yield Request(out, hidden=hidden)
        yield Request(out, {"codes": codes}, hidden=hidden)
        yield Request(out, {"codes": codes, "reason": "words", "seal": "nonsense"}, hidden=hidden)
        yield Request(gallery, hidden=hidden)
        for photo in self.others(Photo)[:2]:
            yield Request(gallery, {"photo": photo, "alt_ar": "كلمات", "alt_en": "Words", "do": "show"}, hidden=hidden)
            yield Request(self.url(Campaign, "gallery-photo", pk, photo, "320.jpg"), hidden=hidden)

    def _activity_pages(self, pk: Any, *, hidden: bool) -> Iterator[Request]:
        """Put the numbers of an activity right."""
        if not self._has("campaigns_activity_correct"):
            return
        typed = {"uid": str(uuid4()), "why": "miscounted", "n-female-0-14": "7"}
        hidden = hidden or (self.actor.role in STAFF and self.actor.role != REGIONAL)
        yield Request(self.url(Activity, "correct", pk), hidden=hidden)
        yield Request(self.url(Activity, "correct", pk), typed, hidden=hidden)

    def _job_file(self, pk: Any, *, hidden: bool) -> Iterator[Request]:
        """Take along the file for which somebody else asked."""
        if self._has("network_job_file"):
            yield Request(self.url(Job, "file", pk), hidden=hidden)
            yield Request(self.url(Job, "file", pk), {}, hidden=hidden)

    # --- the photos of an entry ------------------------------------------------------------------------------------------

    def _entry_photos(self, pk: Any, *, hidden: bool) -> Iterator[Request]:
        """Ask for photos of this entry and of others below its address."""
        if self._has("campaigns_entry_photo", 1, "320.jpg"):
            for photo in [*Photo.objects.order_by("pk").values_list("pk", flat=True)[:4], UNKNOWN_PK]:
                yield Request(self.url(Entry, "photo", pk, photo, "320.jpg"), hidden=hidden)
        if self._has("campaigns_entry_contact"):
            # Whom a code has reached stays as they are.
            elsewhere = hidden or (self.actor.role in STAFF and self.actor.role != REGIONAL)
            yield Request(self.url(Entry, "contact", pk), hidden=elsewhere)
            yield Request(self.url(Entry, "contact", pk), {"phone": "0912345678", "reason": "words"}, hidden=elsewhere)
        if self._has("campaigns_entry_correct"):
            # Nobody of the world entered on paper: they all act for themselves.
            for part, typed in (
                ("correct", {"q-words": "words"}),
                ("complain", {"uid": str(uuid4()), "text": "words"}),
            ):
                yield Request(self.url(Entry, part, pk), hidden=hidden or self.actor.role in STAFF)
                yield Request(self.url(Entry, part, pk), typed, hidden=hidden or self.actor.role in STAFF)

    # --- the pages of a session ------------------------------------------------------------------------------------------

    def _session_pages(self, pk: Any, *, hidden: bool) -> Iterator[Request]:
        for page in (*SESSION_PAGES, *PAPER_STEPS):
            if not self._has("dialogues_session_" + page):
                return
            base = self.url(Session, page, pk)
            yield Request(base, hidden=hidden)
            yield Request(f"{base}?{urlencode({'q': 'qx', 'site': self.others(Site)[0]})}", hidden=hidden)
        yield from planned.pages(self, pk, hidden=hidden)
        forged = self.forged(pk)
        for step in ATTENDANCE_STEPS:
            data = {**forged, "do": step}
            if step in ("close", "reopen", "late") and not hidden and pk in self.mine(Session):
                continue
            yield Request(self.url(Session, "attendance", pk), data, hidden=hidden, fetch=step == "nonsense")
            if step == "mark":
                yield Request(self.url(Session, "attendance", pk), data, hidden=hidden, fetch=True)
        for kind in ("xlsx", "csv"):
            yield Request(self.url(Session, "export", pk), {"kind": kind}, hidden=hidden)
        for step in PEOPLE_STEPS:
            yield Request(self.url(Session, "people", pk), {**forged, "do": step}, hidden=hidden)
        for page, steps in PAPER_STEPS.items():
            base = self.url(Session, page, pk)
            for step in steps:
                yield Request(base, {**forged, "do": step}, hidden=hidden)
                yield Request(
                    f"{base}?{urlencode({'edit': forged['material']})}", {**forged, "do": step}, hidden=hidden
                )
            yield Request(f"{base}?{urlencode({'edit': forged['material']})}", hidden=hidden)
        if hidden:
            # What one's own sessions keep for whom is one's own affair.
            site = forged["site"]
            kept = {f"{site}-side-{self.world.regions[self.side].pk}": 3, f"{site}-side-abroad": 1}
            yield Request(self.url(Session, "balance", pk), kept, hidden=hidden)
        yield from self._messages(pk, forged, hidden=hidden)

    def _messages(self, pk: Any, forged: dict[str, Any], *, hidden: bool) -> Iterator[Request]:
        """Write as, read, try, send and change messages about a session: one's own, those of the other sides, and the national one's."""
        words = {"subject_ar": "س", "subject_en": "S", "text_ar": "ن", "text_en": "T", "audience": "all"}
        pages = self.url(Session, "messages", pk)
        own = {"side": self.world.regions[self.side].pk, "site": ""}
        for whose in (
            own,
            {"side": forged["region"], "site": ""},
            {"side": "", "site": ""},
            {**own, "site": forged["site"]},
        ):
            yield Request(pages, {**words, **whose}, hidden=hidden)
        there = Broadcast.objects.filter(session_id=pk) if isinstance(pk, int) else Broadcast.objects.none()
        for row in [*there.order_by("pk"), Broadcast(pk=UNKNOWN_PK)]:
            theirs = self.actor.role == REGIONAL and row.pk not in self.world.of(Broadcast, self.side)
            unknown = hidden or (self.actor.role in STAFF and (theirs or row.pk == UNKNOWN_PK))
            url = self.url(Session, "message", pk, row.pk)
            yield Request(url, hidden=unknown)
            for step in MESSAGE_STEPS:
                data = {**words, **own, "do": step, "text_sha256": row.text_sha256}
                yield Request(url, data, hidden=unknown)
                yield Request(url, {**data, "side": forged["region"], "site": forged["site"]}, hidden=unknown)
        yield from self._minutes_pages(pk, hidden=hidden)

    def _minutes_pages(self, pk: Any, *, hidden: bool) -> Iterator[Request]:
        if not self._has("dialogues_session_minutes"):
            return
        others = Statement.objects.exclude(pk__in=self.world.of(Statement, self.side)).values_list("pk", flat=True)
        forged = {
            "base": 1, "number": 1, "rows": 1, "ar": "words", "en": "words", "d0-en": "words", "audience": "everybody",
            "reason": "because", "nobody": "on", "take_ar": "theirs", "text": "words", "statement": others.first(),
            "speaker": self.world.people[f"{self.other_side}:found"].pk, "side": self.world.regions[self.other_side].pk,
        }  # fmt: skip
        for page, steps in MINUTES_STEPS.items():
            base = self.url(Session, page, pk)
            yield Request(base, hidden=hidden)
            yield Request(f"{base}?from=1&to=99999999999", hidden=hidden)
            yield from (Request(base, {**forged, "do": step}, hidden=hidden) for step in steps)

    def forged(self, pk: Any) -> dict[str, Any]:
        """Return ids of the other sides for every name that these pages read."""
        rows = Registration.objects.exclude(practitioner__region__code=self.side)
        here = rows.filter(session_id=pk) if isinstance(pk, int) else rows.none()
        ids = [*here.values_list("pk", flat=True), *rows.values_list("pk", flat=True)[:5]]
        sites = Site.objects.filter(session_id=pk) if isinstance(pk, int) else Site.objects.none()
        walked = WalkIn.objects.exclude(region__code=self.side).order_by(
            models.Case(models.When(session_id=pk if isinstance(pk, int) else 0, then=0), default=1), "pk"
        )
        return {
            "row": ids,
            "present": ids[::2],
            "was": ids[1::2],
            "practitioner": self.world.people[f"{self.other_side}:found"].pk,
            "site": sites.values_list("pk", flat=True).first() or self.others(Site)[0],
            "walk_in": walked.values_list("pk", flat=True).first(),
            "material": self.others(Material)[-1],
            "item": self.others(AgendaItem)[-1],
            "certificate": next(
                iter(
                    Certificate.objects.exclude(registration__practitioner__region__code=self.side)
                    .filter(registration__session_id=pk if isinstance(pk, int) else 0)
                    .values_list("pk", flat=True)
                ),
                self.others(Certificate)[0],
            ),
            "title_ar": "عنوان",
            "link": "https://elsewhere.example/",
            "shown": "before",
            "audience": "all",
            "region": self.world.regions[self.other_side].pk,
            "codes": "\n".join(rows.values_list("code", flat=True)),
            "name": "Somebody",
            "phone": "0912345678",
            "reason": "because",
        }
