"""Invented case studies."""

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from dialogues.enums import CasePoint, CaseState, PatientConsent, SessionKind
from dialogues.models import CaseStudy, CaseSubmission
from dialogues.services.cases import COLUMNS
from facilities.models import FacilityType
from network import search
from network.models import Condition
from tests.factories.dialogues import SessionFactory
from tests.factories.network import PractitionerFactory, SpecialtyFactory, UserFactory


class ConditionFactory(DjangoModelFactory):
    class Meta:
        model = Condition
        django_get_or_create = ("code",)

    code = "oxygen"
    group = "system"
    name_ar = "توفير الأكسجين"
    name_en = "Oxygen supply"


class FacilityTypeFactory(DjangoModelFactory):
    class Meta:
        model = FacilityType
        django_get_or_create = ("code",)

    code = "hospital"
    name_ar = "مستشفى"
    name_en = "Hospital"


class CaseFactory(DjangoModelFactory):
    """A published case study of a member of the west in both languages; `state=` says how far it has come."""

    class Meta:
        model = CaseStudy
        skip_postgeneration_save = True

    author = factory.SubFactory(PractitionerFactory, side="west")
    slug = factory.Sequence(lambda n: f"case-{n}")
    state = CaseState.PUBLISHED
    title_ar = "الأكسجين حين ينقطع الطريق"
    title_en = "Oxygen when the road is cut"
    setting_ar = "مستشفى ريفي صغير."
    setting_en = "A small rural hospital."
    done_ar = "قسّمنا الأسطوانات."
    done_en = "We shared out the cylinders."
    result_ar = "كفت عشرة أيام."
    result_en = "They lasted for ten days."
    lesson_ar = "عدّوا ما لديكم كل صباح."
    lesson_en = "Count what you have every morning."
    specialty = factory.SubFactory(SpecialtyFactory)
    facility_type = factory.SubFactory(FacilityTypeFactory)
    created_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=40))
    submitted_at = factory.LazyAttribute(
        lambda o: None if o.state == CaseState.DRAFT else timezone.now() - timedelta(days=30)
    )
    session = factory.LazyAttribute(
        lambda o: (
            SessionFactory(kind=SessionKind.CASE_STUDY, host_region=o.author.region)
            if o.state in (CaseState.SCHEDULED, CaseState.PRESENTED)
            else None
        )
    )
    presented_at = factory.LazyAttribute(lambda o: timezone.now() if o.state == CaseState.PRESENTED else None)
    presented_by = factory.LazyAttribute(lambda o: UserFactory() if o.presented_at else None)
    published_at = factory.LazyAttribute(lambda o: timezone.now() if o.state == CaseState.PUBLISHED else None)
    published_by = factory.LazyAttribute(lambda o: UserFactory() if o.published_at else None)

    @factory.post_generation
    def conditions(self, create: bool, extracted: Any, **fields: Any) -> None:
        """Be about oxygen, or about those that are given."""
        self.search = search.text_index(*(getattr(self, column) or "" for column in COLUMNS))
        self.save()
        self.conditions.set([ConditionFactory()] if extracted is None else extracted)

    @factory.post_generation
    def declared(self, create: bool, extracted: Any, **fields: Any) -> None:
        """Keep what the author declared; `declared=["name"]` says that names were found which identify nobody."""
        if self.state != CaseState.DRAFT:
            CaseSubmission.objects.create(
                case=self,
                version=self.version,
                submitted_at=self.submitted_at,
                language="ar",
                text_sha256="0" * 64,
                points=sorted(CasePoint.values),
                patient_consent=PatientConsent.NOT_NEEDED,
                confirmed=extracted or [],
            )
