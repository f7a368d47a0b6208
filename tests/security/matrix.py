"""The requests of the region matrix, made from the admin's registry and the URLconf."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.urls import reverse

from campaigns.models import (
    Appearance,
    Campaign,
    Round,
)
from dialogues.models import (
    AgendaItem,
    Registration,
    Session,
    Site,
    WalkIn,
)
from facilities.models import (
    FacilityImport,
)
from measures.models import Action, Measure
from needs.models import Proposal
from network.models import (
    Job,
    Practitioner,
    Region,
    User,
)
from tests.security import planned
from tests.security.canaries import text_columns
from tests.security.desk_pages import DeskPages
from tests.security.forms_read import form_of
from tests.security.judge import REGIONAL, STAFF
from tests.security.owned import MODELS, OWNED, SHARED
from tests.security.requests import UNKNOWN_PK, Request
from tests.security.sides import JOINT, SIDES

LOOKUPS_OF_A_NEIGHBOUR = 3
STANDARD_PAGES = ("change", "history", "delete")
# What of an inline points at people.
REFERENCES = {Site: "local_host", AgendaItem: "speakers"}


# --- the admin ----------------------------------------------------------------------------------------------------------


class Desk(DeskPages):
    """Makes the requests of one actor against one admin site; the site may be another one than Jisr's."""

    @property
    def registered(self) -> list[type[models.Model]]:
        return list(self.site._registry)

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
                yield from self.own_pages(model, pk, hidden=False)
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
        yield from self.own_pages(model, pk, hidden=hidden)

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
