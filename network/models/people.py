from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext, gettext_lazy as _

from network import policies, validators
from network.enums import ROLES_OF_A_SIDE, MemberMove, MemberState, Role, RoleMove, Visibility
from network.models.places import Municipality, Region
from network.models.tenure import Tenure
from network.models.vocabularies import Profession, Specialty
from network.querysets import PractitionerQuerySet, RoleGrantQuerySet
from notifications import zones


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Add an account; without a password nobody can log in to it."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """An account. What it may do follows from its role grants of today and from nothing else."""

    email = models.EmailField(_("e-mail address"), unique=True)
    # None where there is none: the constraint below counts only numbers.
    phone = models.CharField(_("telephone"), max_length=20, null=True, blank=True)  # noqa: DJ001
    phone_verified = models.BooleanField(_("telephone confirmed"), default=False)
    language = models.CharField(_("language of notices"), max_length=2, choices=settings.LANGUAGES, default="ar")
    discreet = models.BooleanField(_("discreet notices"), default=True)
    # One of `zones.PLACES`; empty where somebody lives by the network's own clock.
    zone = models.CharField(_("time zone"), max_length=zones.LONGEST, blank=True, default="")
    is_active = models.BooleanField(_("can log in"), default=True)
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            models.UniqueConstraint(
                fields=["phone"], condition=Q(phone_verified=True), name="user_confirmed_phone_once"
            ),
            models.CheckConstraint(
                condition=Q(phone_verified=False) | Q(phone__isnull=False), name="user_confirmed_phone_is_there"
            ),
        ]
        indexes = [models.Index(fields=["phone"], name="user_phone")]

    def __str__(self) -> str:
        return f"account {self.pk}"

    @cached_property
    def current_grants(self) -> list["RoleGrant"]:
        """The role grants in force today."""
        return list(RoleGrant.objects.filter(user_id=self.pk).in_force(timezone.localdate()).order_by("pk"))

    @cached_property
    def current_roles(self) -> frozenset[str]:
        """The roles of these grants: a page of the desk asks for them once for each kind of thing that it names."""
        return frozenset(grant.role for grant in self.current_grants)

    @property
    def is_staff(self) -> bool:
        return policies.is_staff(self)

    # Django's admin and allauth ask for these; Jisr grants by role alone.
    is_superuser = False

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Bind sessions to the epoch too: raising it ends them all, and reactivating an account brings none back."""
        return salted_hmac(
            "network.models.User.session", f"{self.password}:{self.session_epoch}", secret=secret, algorithm="sha256"
        ).hexdigest()


class Practitioner(models.Model):
    """A person's membership: who they are as a health professional, and how far they have come in."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="practitioner", verbose_name=_("account"))
    state = models.CharField(_("state"), max_length=10, choices=MemberState, editable=False)
    # Arabic and Latin are two spellings of one person, not two languages of one text: either may be missing.
    name_ar = models.CharField(
        _("name in Arabic letters"), max_length=120, blank=True, validators=[validators.arabic_name]
    )
    name_latin = models.CharField(
        _("name in Latin letters"), max_length=120, blank=True, validators=[validators.latin_name]
    )
    profession = models.ForeignKey(Profession, on_delete=models.PROTECT, related_name="+", verbose_name=_("profession"))
    specialty = models.ForeignKey(
        Specialty, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("specialty")
    )
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("municipality")
    )
    abroad_in = models.CharField(_("country abroad"), max_length=80, blank=True, validators=[validators.plain_line])
    # The side of the municipality, kept by the services so that every scoped query stays on one table.
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("side"),
    )
    workplace = models.CharField(_("workplace"), max_length=160, blank=True, validators=[validators.plain_line])
    licence_number = models.CharField(
        _("licence number"), max_length=60, blank=True, validators=[validators.plain_line]
    )
    languages = models.JSONField(_("languages"), default=list, blank=True)
    visibility = models.CharField(_("who finds me"), max_length=8, choices=Visibility, default=Visibility.SIDE)
    applied_at = models.DateTimeField(_("applied"))
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True, editable=False)
    verified_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    left_at = models.DateTimeField(_("left"), null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)
    folded_ar = models.CharField(max_length=120, blank=True, editable=False)
    folded_latin = models.CharField(max_length=120, blank=True, editable=False)
    search = models.CharField(max_length=700, blank=True, editable=False)

    moves = MemberMove

    objects = PractitionerQuerySet.as_manager()

    class Meta:
        verbose_name = _("practitioner")
        verbose_name_plural = _("practitioners")
        constraints = [
            models.CheckConstraint(
                condition=Q(erased_at__isnull=False) | ~Q(name_ar="") | ~Q(name_latin=""),
                name="practitioner_has_a_name",
                violation_error_message=_("Please give your name in Arabic or in Latin letters."),
            ),
            models.CheckConstraint(
                condition=Q(municipality__isnull=False, region__isnull=False, abroad_in="")
                | Q(municipality__isnull=True, region__isnull=True),
                name="practitioner_is_in_a_municipality_or_abroad",
                violation_error_message=_("Please choose your municipality, or say that you live abroad."),
            ),
            models.CheckConstraint(
                condition=Q(verified_at__isnull=True, verified_by__isnull=True)
                | Q(verified_at__isnull=False, verified_by__isnull=False),
                name="practitioner_verified_at_and_by",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["verified", "active", "suspended"]) | Q(verified_at__isnull=False),
                name="practitioner_is_active_only_verified",
            ),
            models.CheckConstraint(
                condition=Q(state="left", left_at__isnull=False) | ~Q(state="left") & Q(left_at__isnull=True),
                name="practitioner_left_with_time",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(state="left"), name="practitioner_erased_only_after_leaving"
            ),
        ]
        indexes = [
            models.Index(fields=["region", "state", "applied_at"], name="practitioner_queue"),
            models.Index(fields=["folded_ar"], name="practitioner_folded_ar", condition=~Q(folded_ar="")),
            models.Index(fields=["folded_latin"], name="practitioner_folded_latin", condition=~Q(folded_latin="")),
            # The last two decide who is shown: a page of the directory is found without a look at the table.
            models.Index(
                fields=["search", "id", "visibility", "region"],
                name="practitioner_directory",
                condition=Q(state="active"),
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"

    @property
    def name(self) -> str:
        """The name in the script of the page, else in the other."""
        arabic = (get_language() or "ar").startswith("ar")
        return (self.name_ar or self.name_latin) if arabic else (self.name_latin or self.name_ar)

    @property
    def is_active_member(self) -> bool:
        return self.state == MemberState.ACTIVE


class RoleGrant(Tenure):
    """A role that a person holds from a day to a day, for one side or for the whole country."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="role_grants", verbose_name=_("account"))
    role = models.CharField(_("role"), max_length=30, choices=Role)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("side")
    )
    granted_at = models.DateTimeField(_("granted"), editable=False)
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    moves = RoleMove

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("role grant")
        verbose_name_plural = _("role grants")
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=sorted(ROLES_OF_A_SIDE), region__isnull=False)
                | ~Q(role__in=sorted(ROLES_OF_A_SIDE)) & Q(region__isnull=True),
                name="role_grant_of_a_side_or_of_the_country",
                violation_error_message=_("A regional coordinator needs a side; the other roles have none."),
            ),
            *Tenure.Meta.constraints,
        ]
        indexes = [models.Index(fields=["user", "starts_on"], name="role_grant_of_user")]

    def __str__(self) -> str:
        return gettext("role grant %(number)s") % {"number": self.pk}
