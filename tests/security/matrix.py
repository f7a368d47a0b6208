"""The requests of the region matrix, made from the admin's registry and the URLconf."""

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
    Appearance,
    Award,
    Campaign,
    Complaint,
    Desk as HandInDesk,
    Distribution,
    DuplicatePair,
    Entry,
    GalleryItem,
    HealthWorker,
    Juror,
    Outlet,
    Photo,
    Round,
)
from dialogues import tokens
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
from dialogues.services import codes
from facilities.models import (
    Assessment,
    ChangeRequest,
    ContactPerson,
    Edition,
    Facility,
    FacilityImport,
    FacilityType,
    Grouping,
    Indicator,
    LocalRegion,
    MonthlyReport,
    ServiceDomain,
    Source,
    TracerItem,
)
from measures.models import Action, Comment, Evidence, Measure
from needs.models import Asset, Item, ItemCategory, Need, Proposal, Surplus
from network.models import (
    CodeOfConduct,
    Condition,
    District,
    Job,
    Municipality,
    Practitioner,
    Profession,
    Region,
    RoleGrant,
    SpecialPeriod,
    Specialty,
    Transition,
    User,
)
from notifications.models import Message
from outreach.models import DailyReport, MobileUnit, Pathway, RoutePlan, SafeSpace, Training, TrainingTopic
from tests.security import facilities_asked, planned
from tests.security.canaries import text_columns
from tests.security.forms_read import form_of
from tests.security.judge import REGIONAL, STAFF, Actor
from tests.security.requests import Request
from tests.security.urls_walked import Address, walk
from tests.security.world import ABROAD, JOINT, NOBODY, SIDES, World

UNKNOWN_PK = 987_654_321
LOOKUPS_OF_A_NEIGHBOUR = 3
FIRST_OF_SEVERAL = 3
# Every model of the admin has a row: whether its rows belong to sides. One that is missing here fails the build.
OWNED, SHARED = "owned", "shared"
MODELS: dict[type[models.Model], str] = {
    Practitioner: OWNED,
    RoleGrant: OWNED,
    Session: OWNED,
    CaseStudy: OWNED,
    Measure: OWNED,
    Action: OWNED,
    Campaign: OWNED,
    Entry: OWNED,
    Round: OWNED,
    Juror: OWNED,
    HandInDesk: OWNED,
    Distribution: OWNED,
    DuplicatePair: OWNED,
    HealthWorker: OWNED,
    Activity: OWNED,
    Appearance: OWNED,
    Job: OWNED,
    Message: OWNED,
    Transition: OWNED,
    Region: SHARED,
    District: SHARED,
    Municipality: SHARED,
    Profession: SHARED,
    SpecialPeriod: SHARED,
    Specialty: SHARED,
    Condition: SHARED,
    CodeOfConduct: SHARED,
    Facility: OWNED,
    FacilityImport: OWNED,
    FacilityType: SHARED,
    Source: SHARED,
    ServiceDomain: SHARED,
    TracerItem: SHARED,
    Outlet: SHARED,
    ChangeRequest: OWNED,
    Assessment: OWNED,
    Edition: SHARED,
    MonthlyReport: OWNED,
    Indicator: SHARED,
    # Everybody reads of them; each side changes its own.
    LocalRegion: SHARED,
    Grouping: OWNED,
    ContactPerson: OWNED,
    MobileUnit: OWNED,
    RoutePlan: OWNED,
    DailyReport: OWNED,
    Training: OWNED,
    TrainingTopic: SHARED,
    SafeSpace: OWNED,
    Pathway: OWNED,
    Need: OWNED,
    Surplus: OWNED,
    Asset: OWNED,
    Proposal: OWNED,
    Item: SHARED,
    ItemCategory: SHARED,
}
# Every parameter of an address outside of the admin has values; one that is missing here fails the build.
STANDARD_PAGES = ("change", "history", "delete")
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
# What of an inline points at people.
REFERENCES = {Site: "local_host", AgendaItem: "speakers"}


# --- the admin ----------------------------------------------------------------------------------------------------------


@dataclass
class Desk:
    """Makes the requests of one actor against one admin site; the site may be another one than Jisr's."""

    site: AdminSite
    world: World
    actor: Actor

    @property
    def registered(self) -> list[type[models.Model]]:
        return list(self.site._registry)

    @property
    def side(self) -> str:
        """The side from which "other" is meant, also for those who have none."""
        return self.actor.side if self.actor.side in SIDES else SIDES[0]

    def url(self, model: type[models.Model], page: str, *args: Any) -> str:
        return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)

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

    def mine(self, model: type[models.Model]) -> list[int]:
        if MODELS.get(model, OWNED) == SHARED:
            return [row.pk for row in model._default_manager.order_by("pk")[:1]]
        return self.world.of(model, self.side)

    def shared(self, model: type[models.Model]) -> list[int]:
        """Return what is of all sides that this side may read: joint sessions, measures, the media log, actions of its people."""
        if model in (Measure, Appearance, Campaign, Round):
            return self.world.of(model, JOINT)
        if model is Action:
            return [action.pk for side, action in self.world.actions.items() if side != self.side]
        if model is Proposal:
            return [proposal.pk for side, proposal in self.world.proposals.items() if side != self.side]
        if model is not Session:
            return []
        names = ("running", "coming", "two") if self.side in SIDES[:2] else ("running", "coming")
        return [self.world.sessions[f"joint:{name}"].pk for name in names]

    def words_of(self, model: type[models.Model], pks: list[int]) -> list[str]:
        """Return beginnings of the words in rows, by which somebody could ask whether they exist."""
        rows = model._default_manager.filter(pk__in=pks).order_by("pk")
        words = [
            canary.word[:-1]
            for row in rows
            for column in text_columns(model)
            for canary in self.world.birds.sung(str(getattr(row, column.name)))
        ]
        return words[:: max(len(words) // 4, 1)][:4]

    def requests(self, *, all_of_it: bool) -> Iterator[Request]:
        """Yield everything; without `all_of_it` only what somebody tries who has no business here."""
        yield from self.whole_site()
        for model in self.registered:
            yield from self.lists(model, all_of_it)
            yield from self.pages(model, all_of_it)
            if all_of_it and MODELS.get(model, OWNED) == OWNED:
                yield from self.lookups(model)
        yield from self.autocompletes(all_of_it)

    def whole_site(self) -> Iterator[Request]:
        for name in ("index", "login", "logout", "jsi18n"):
            yield Request(reverse(f"admin:{name}"))
        if self._has("dialogues_session_plan"):
            yield from planned.month()
        if FacilityImport in self.registered:
            yield Request(reverse("admin:facilities_facilityimport_export"))
            yield Request(reverse("admin:facilities_facilityimport_export"), {"kind": "csv"})
        for app in sorted({model._meta.app_label for model in self.registered}):
            yield Request(reverse("admin:app_list", args=[app]))
        yield Request(reverse("admin:index") + "nowhere/at/all/")

    def lists(self, model: type[models.Model], all_of_it: bool) -> Iterator[Request]:
        base = self.url(model, "changelist")
        yield Request(base)
        doomed = [*self.others(model)[:3], *self.mine(model)[:2]]
        delete = {"action": "delete_selected", "_selected_action": doomed, "post": "yes"}
        yield Request(base, delete)
        yield Request(base, {**delete, "index": "0", "select_across": "1"})
        if not all_of_it:
            return
        yield Request(base, {"_save": "1", "form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": doomed[:1]})
        for query in ("_popup=1", "_popup=1&_to_field=id", "all=", "p=0", "o=1.2.-3", "e=1"):
            yield Request(f"{base}?{query}")
        for column in text_columns(model)[:4]:
            yield Request(f"{base}?{urlencode({'_to_field': column.name, '_popup': 1})}", refused=True)
        # What everybody reads is found by everybody.
        hidden = self.others(model) if MODELS.get(model, OWNED) == OWNED else []
        for word in self.words_of(model, hidden):
            yield Request(f"{base}?{urlencode({'q': word})}", twin=f"{base}?{urlencode({'q': 'qxznobodyx'})}")
        for entry in self.site._registry[model].list_filter:
            if isinstance(entry, type):
                yield from (Request(f"{base}?{entry.parameter_name}={value}") for value in ("yes", "no", "qx"))
                continue
            name = entry[0] if isinstance(entry, tuple) else entry
            yield from (Request(f"{base}?{query}") for query in self._filters(model, str(name)))

    def _filters(self, model: type[models.Model], entry: str) -> Iterator[str]:
        column: Any = model
        for step in entry.split("__"):
            column = column._meta.get_field(step)
            column = column.related_model if column.is_relation and "__" in entry else column
        if isinstance(column, models.Field) and column.is_relation:
            for pk in column.related_model._default_manager.values_list("pk", flat=True)[:4]:
                yield urlencode({f"{entry}__id__exact": pk})
        elif isinstance(column, models.DateField):
            yield f"{entry}__year=2030"
        elif isinstance(column, models.Field):
            for value, _label in column.choices or ():
                yield urlencode({f"{entry}__exact": value})

    def lookups(self, model: type[models.Model]) -> Iterator[Request]:
        """Ask for fields that the list does not filter by: of the model itself, and of everything one relation away."""
        base = self.url(model, "changelist")
        asked = {
            f"{path}{column.name}"
            for path, target in [("", model), *self._neighbours(model)]
            for column in text_columns(target)[: LOOKUPS_OF_A_NEIGHBOUR if path else None]
        }
        for name in sorted(asked):
            yield Request(f"{base}?{urlencode({f'{name}__startswith': 'qx'})}", refused=True)
        for name in (
            "user__email__contains",
            "practitioner__user__email__contains",
            "id__in",
            "pk",
            "user__password__regex",
        ):
            yield Request(f"{base}?{urlencode({name: '1'})}", refused=True)

    def _neighbours(self, model: type[models.Model]) -> list[tuple[str, type[models.Model]]]:
        owned = (Practitioner, User, Session, Site, Registration, WalkIn)
        return [
            (f"{relation.name}__", relation.related_model)
            for relation in model._meta.get_fields(include_hidden=False)
            if relation.is_relation and relation.related_model in owned
        ]

    def pages(self, model: type[models.Model], all_of_it: bool) -> Iterator[Request]:
        yield from self._add(model)
        moves = getattr(self.site._registry[model], "moves", dict)()
        hidden = self.actor.role in STAFF
        for pk in [*self.others(model), UNKNOWN_PK][: None if all_of_it else 1]:
            # Whoever reads all reads no job of others.
            out = self.actor.role == REGIONAL or pk == UNKNOWN_PK or model is Job
            reach = hidden and out and MODELS.get(model, OWNED) == OWNED
            yield from self._pages_of(model, pk, moves, hidden=reach)
        if hidden:
            yield from (
                Request(self.url(model, "change", pk), hidden=True) for pk in ("0", "abc", "1" * 40, "1" * 5000)
            )
        if all_of_it:
            for pk in [*self.mine(model), *self.shared(model)]:
                for page in STANDARD_PAGES:
                    yield Request(self.url(model, page, pk))
                yield Request(f"{self.url(model, 'change', pk)}?_changelist_filters=state%3Dx&_popup=1&_to_field=id")
                if model is Session:
                    yield from self._session_pages(pk, hidden=False)
                if model is CaseStudy:
                    yield from self._case_pages(pk, hidden=False)
                if model is Round:
                    yield from self._round_pages(pk, hidden=False)
                if model is Campaign:
                    yield from self._campaign_pages(pk, hidden=False)
                if model is Entry:
                    yield from self._entry_photos(pk, hidden=False)
                if model is Activity:
                    yield from self._activity_pages(pk, hidden=False)
                if model is Job:
                    yield from self._job_file(pk, hidden=False)
                yield from facilities_asked.pages(self, model, pk, hidden=False)
            for pk in self.shared(model):
                yield Request(self.url(model, "change", pk), {"_save": "1"})
                yield Request(self.url(model, "delete", pk), {"post": "yes"})
                yield from (Request(self.url(model, move, pk), {"reason": "because"}) for move in moves)

    def _pages_of(
        self, model: type[models.Model], pk: Any, moves: dict[str, Any], *, hidden: bool
    ) -> Iterator[Request]:
        for page in STANDARD_PAGES:
            yield Request(self.url(model, page, pk), hidden=hidden)
            yield Request(self.url(model, page, pk), {"_save": "1", "post": "yes"}, hidden=hidden and page != "history")
        yield Request(self.url(model, "change", pk).removesuffix("change/"))
        for move in moves:
            yield Request(self.url(model, move, pk), {"reason": "because"}, hidden=hidden)
        if model is Session:
            yield from self._session_pages(pk, hidden=hidden)
        if model is CaseStudy:
            yield from self._case_pages(pk, hidden=hidden)
        if model is Round:
            yield from self._round_pages(pk, hidden=hidden)
        if model is Campaign:
            yield from self._campaign_pages(pk, hidden=hidden)
        if model is Entry:
            yield from self._entry_photos(pk, hidden=hidden)
        if model is Activity:
            yield from self._activity_pages(pk, hidden=hidden)
        if model is Job:
            yield from self._job_file(pk, hidden=hidden)
        yield from facilities_asked.pages(self, model, pk, hidden=hidden)

    def _add(self, model: type[models.Model]) -> Iterator[Request]:
        """Try to make a row that belongs to others, or points at them."""
        add = self.url(model, "add")
        yield Request(add)
        data: dict[str, Any] = {"_save": "1"}
        for column in model._meta.get_fields():
            if isinstance(column, models.ForeignKey | models.ManyToManyField):
                data[column.name] = next(iter(self.others_at(column.related_model)), "")
            elif isinstance(column, models.CharField | models.TextField):
                data[column.name] = column.choices[0][0] if column.choices else "words"
        yield Request(add, data)
        yield Request(f"{add}?{urlencode({key: value for key, value in data.items() if key[0] != '_'}, doseq=True)}")

    def others_at(self, model: type[models.Model]) -> list[int]:
        """Return rows of the other sides to point at."""
        if model is Region:
            return [region.pk for side, region in self.world.regions.items() if side != self.side]
        return self.others(model)

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

    @property
    def other_side(self) -> str:
        return SIDES[(SIDES.index(self.side) + 1) % len(SIDES)]

    def _has(self, name: str, *more: Any) -> bool:
        try:
            reverse(f"admin:{name}", args=[1, *more])
        except NoReverseMatch:
            return False
        return True

    # --- autocomplete ---------------------------------------------------------------------------------------------------

    def autocompletes(self, all_of_it: bool) -> Iterator[Request]:
        base = reverse("admin:autocomplete")
        yield Request(base)
        sources = [*self.registered, Site, Registration, WalkIn, User] if all_of_it else [Session]
        terms = ["", *self.words_of(Practitioner, self.others(Practitioner))[:1]] if all_of_it else [""]
        for model in sources:
            for column in (f for f in model._meta.get_fields() if f.is_relation and not f.auto_created):
                for term in terms:
                    asked = {"app_label": model._meta.app_label, "model_name": model._meta.model_name}
                    yield Request(f"{base}?{urlencode({**asked, 'field_name': column.name, 'term': term})}")
        for model_name, field_name in (("nothing", "x"), ("session", "state"), ("session", "registrations"), ("", "")):
            asked = {"app_label": "dialogues", "model_name": model_name, "field_name": field_name}
            yield Request(f"{base}?{urlencode(asked)}")

    # --- one's own rows, pointed at others ---------------------------------------------------------------------------------

    def crossings(self, model: type[models.Model], page: str, url: str) -> Iterator[Request]:
        """Send one's own change page back with each reference pointed at the other sides, and with forged rows of inlines."""
        kept, form = form_of(page), 'name="_save"' in page
        yield Request(url, {**kept, "_save": "1"}, accepted=form, note="unchanged")
        for column in model._meta.get_fields() if form else ():
            if isinstance(column, models.ForeignKey | models.ManyToManyField):
                for pk in self.others_at(column.related_model)[:2]:
                    yield Request(url, {**kept, "_save": "1", column.name: pk}, note=f"{column.name}={pk}")
        for inline in self.site._registry[model].inlines:
            yield from self._forged_inline(model, inline, kept, url)

    def _forged_inline(
        self, model: type[models.Model], inline: Any, kept: dict[str, Any], url: str
    ) -> Iterator[Request]:
        key = next(column for column in inline.model._meta.concrete_fields if column.related_model is model)
        prefix = key.remote_field.get_accessor_name()
        others = self.others(inline.model)[:3]
        for pk in others:
            parent = getattr(inline.model.objects.get(pk=pk), key.attname)
            for forged in ({"id": pk}, {"id": pk, "DELETE": "on"}, {key.name: parent}):
                rows = {f"{prefix}-0-{name}": value for name, value in forged.items()}
                yield Request(url, {**kept, "_save": "1", **rows}, note=f"{rows}")
        for person in self.others(Practitioner)[:3] if inline.model in REFERENCES else ():
            name = f"{prefix}-0-{REFERENCES[inline.model]}"
            yield Request(url, {**kept, "_save": "1", name: person}, note=f"{name}={person}")


# --- the website --------------------------------------------------------------------------------------------------------


def website(world: World, actor: Actor) -> Iterator[Request]:
    """Yield requests for every address outside of the admin, for each value that its parameters take."""
    side = actor.side if actor.side in SIDES else SIDES[0]
    other = SIDES[(SIDES.index(side) + 1) % len(SIDES)]
    named = [f"{owner}:{name}" for owner in (side, other) for name in ("draft", "coming", "running", "closed")]
    named += ["joint:draft", "joint:two", "joint:coming", "joint:running"]
    cases = [f"{owner}:{name}-case" for owner in (side, other) for name in ("draft", "published", "waiting")]
    offered = Registration.objects.filter(offered_at__isnull=False).exclude(practitioner__region__code=side)
    passes = [codes.pass_token(row) for row in Registration.objects.order_by("pk")]
    values: dict[str, list[Any]] = {
        "slug": [*(world.sessions[name].slug for name in named), "no-such-session"],
        "cases:slug": [*(world.cases[name].slug for name in cases), "no-such-case"],
        # Where an address has more parameters than one, the first of each are asked for.
        "measures:slug": [
            *(
                world.measures[f"joint:{name}-measure"].slug
                for name in ("adopted", "review", "members-only", "open", "parity")
            ),
            *(world.measures[f"{owner}:draft-measure"].slug for owner in (other, side)),
            "no-such-measure",
        ],
        "campaigns:slug": [
            world.campaigns["joint:results-campaign"].slug,
            *(
                world.campaigns[f"{owner}:{name}-campaign"].slug
                for owner, name in ((side, "draft"), (other, "draft"), (other, "open"), ("joint", "open"))
            ),
            "no-such-campaign",
        ],
        "campaigns:size": ["no-such-size"],
        "activities:slug": [world.campaigns["joint:aware:open-campaign"].slug, "no-such-campaign"],
        "activities:number": [*world.of(Activity, side), *world.of(Activity, other), UNKNOWN_PK],
        "entries:code": [*Entry.objects.order_by("pk").values_list("code", flat=True)[:4], "no-such-code"],
        "judging:number": [
            *(
                world.rounds[f"{owner}:{state}-round"].pk
                for owner, state in (("joint", "open"), (other, "open"), (side, "draft"))
            ),
            UNKNOWN_PK,
        ],
        "turn": [1, 2],
        "place": [1],
        "judging:size": ["320.jpg"],
        "desks:desk": [*(desk.pk for desk in world.desks.values()), UNKNOWN_PK],
        "desks:number": [1, 7],
        "desks:code": [*Entry.objects.order_by("pk").values_list("code", flat=True)[:4], "no-such-code"],
        "item": [*GalleryItem.objects.order_by("pk").values_list("pk", flat=True), UNKNOWN_PK],
        "entries:pk": [*Photo.objects.order_by("pk").values_list("pk", flat=True)[:2], UNKNOWN_PK],
        "entries:size": ["320.jpg", "no-such-size"],
        "media:slug": [*(row.slug for row in world.appearances.values()), "no-such-entry"],
        "action": [world.actions[side].pk, world.actions[other].pk, UNKNOWN_PK],
        "evidence": [*Evidence.objects.order_by("pk").values_list("pk", flat=True), UNKNOWN_PK],
        "comment": [*Comment.objects.order_by("pk").values_list("pk", flat=True), UNKNOWN_PK],
        "facilities:code": [
            *(
                world.facilities[f"{owner}:{name}-facility"].code
                for owner in (other, side)
                for name in ("hidden", "public")
            ),
            "NOSUCH",
        ],
        "facilities:field": ["head", "functionality", "no-such-field"],
        **facilities_asked.values(world, side, other, UNKNOWN_PK),
        "first": [1, 7],
        "second": [1, 7],
        "material": [*world.of(Material, side), *world.of(Material, other), *world.of(Material, JOINT), UNKNOWN_PK],
        "code": [*Certificate.objects.order_by("pk").values_list("code", flat=True)[:3], "no-such-code"],
        # The signature is not theirs: the number alone opens nothing.
        "token": [
            *(f"{pk}-{'a' * tokens.SIGNATURE}" for pk in offered.values_list("pk", flat=True)[:2]),
            *passes,
            "1.x",
            "7",
            "x-y",
        ],
    }
    others = Registration.objects.exclude(practitioner__region__code=side)
    forged = {
        "codes": "\n".join(others.values_list("code", flat=True)),
        "row": list(others.values_list("pk", flat=True)),
        "present": list(others.values_list("pk", flat=True)),
        "site": world.of(Site, other)[0],
        "practitioner": world.people[f"{other}:found"].pk,
        "next": "https://elsewhere.example/",
    }
    # What the pages outside of the admin are told to do; to each its own is what it understands.
    steps = {"dialogues:door": "codes"}
    # First, while this address has not tried too often.
    yield from facilities_asked.pledges(world, side, other)
    # Below no type of resource.
    yield Request("/fhir/no/such/address")
    for address in walk():
        if address.in_admin:
            continue
        for url in _urls(address, values):
            yield Request(url)
            if address.name != "account_logout":
                yield Request(url, {**forged, "do": steps.get(address.name, "make")})
            if address.name == "dialogues:door":
                yield Request(url, {**forged, "do": "mark"}, fetch=True)
    words = [canary.word[:-1] for canary in world.birds.known.values() if canary.owner != side]
    for word in words[:: max(len(words) // 6, 1)]:
        yield Request(f"{reverse('network:people')}?{urlencode({'q': word})}")
        yield Request(f"{reverse('outreach:referrals')}?{urlencode({'q': word})}")


def _urls(address: Address, values: dict[str, list[Any]]) -> list[str]:
    if not address.parameters:
        return [reverse(address.name)]
    space = address.name.rpartition(":")[0]
    asked = [values.get(f"{space}:{parameter}") or values[parameter] for parameter in address.parameters]
    if len(asked) > 1:
        asked = [some[:FIRST_OF_SEVERAL] for some in asked]
    return [reverse(address.name, args=each) for each in product(*asked)]
