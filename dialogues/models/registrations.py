from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dialogues.enums import LIVE_STATES, SEATED_STATES, RegistrationMove, RegistrationState, Via
from dialogues.models.sessions import Session, Site
from dialogues.querysets import RegistrationQuerySet, WalkInQuerySet
from network.models import Practitioner, Profession, Region
from network.validators import plain_line


class Registration(models.Model):
    """A member's request for a seat at one site of a session, and what became of it. Rows of one site wait in the order of their ids."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="registrations")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="registrations", verbose_name=_("site"))
    practitioner = models.ForeignKey(
        Practitioner, on_delete=models.PROTECT, related_name="registrations", verbose_name=_("practitioner")
    )
    # The person's side when they asked: figures of the past don't change when somebody moves.
    side = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("side"))
    # Likewise: it decides which of the kept seats they fill.
    profession = models.ForeignKey(
        Profession, on_delete=models.PROTECT, related_name="+", verbose_name=_("profession"), editable=False
    )
    state = models.CharField(_("state"), max_length=10, choices=RegistrationState, editable=False)
    requested_at = models.DateTimeField(_("requested"), editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, editable=False)
    offered_at = models.DateTimeField(_("offered"), null=True, editable=False)
    offer_expires_at = models.DateTimeField(_("offer stands until"), null=True, editable=False)
    marked_at = models.DateTimeField(_("attendance marked"), null=True, editable=False)
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    marked_via = models.CharField(_("marked how"), max_length=8, choices=Via, blank=True, editable=False)
    walked_in = models.BooleanField(_("came without a registration"), default=False, editable=False)
    # What the person shows at the door: digits without meaning, the last of which proves the others.
    code = models.CharField(_("check-in code"), max_length=8, blank=True, editable=False)

    moves = RegistrationMove

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        constraints = [
            models.UniqueConstraint(
                fields=["session", "practitioner"],
                condition=Q(state__in=[str(state) for state in LIVE_STATES]),
                name="registration_one_place_a_person",
            ),
            models.UniqueConstraint(
                fields=["session", "code"], condition=~Q(code=""), name="registration_code_once_a_session"
            ),
            models.CheckConstraint(
                condition=Q(state="offered", offered_at__isnull=False, offer_expires_at__isnull=False)
                | ~Q(state="offered"),
                name="registration_offer_has_a_deadline",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["confirmed", "attended", "absent"]) | Q(confirmed_at__isnull=False),
                name="registration_confirmed_with_time",
            ),
            models.CheckConstraint(
                condition=Q(marked_at__isnull=True, marked_by__isnull=True)
                | Q(marked_at__isnull=False, marked_by__isnull=False),
                name="registration_marked_at_and_by",
            ),
        ]
        indexes = [
            models.Index(fields=["site", "id"], name="registration_waiting", condition=Q(state="waiting")),
            # What the sharing of seats counts: who comes first, and who holds how many, of each side and profession.
            models.Index(
                fields=["site", "side", "profession", "id"],
                name="registration_first_of_each",
                condition=Q(state="waiting"),
            ),
            models.Index(
                fields=["site", "side", "profession"],
                name="registration_held_by_each",
                condition=Q(state__in=[str(state) for state in SEATED_STATES]),
            ),
            models.Index(fields=["offer_expires_at"], name="registration_offers", condition=Q(state="offered")),
            models.Index(fields=["session", "state"], name="registration_of_session"),
        ]

    def __str__(self) -> str:
        return f"registration {self.pk}"


class WalkIn(models.Model):
    """Somebody without an account who came to a session: known by what they wrote on the paper sheet."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="walk_ins")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="walk_ins", verbose_name=_("site"))
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("side")
    )
    name = models.CharField(_("name"), max_length=120, validators=[plain_line])
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    added_at = models.DateTimeField(editable=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")
    # The code with which they can apply for membership, so that this attendance becomes theirs.
    invitation = models.CharField(_("code of the invitation"), max_length=12, blank=True, editable=False)
    invited_at = models.DateTimeField(_("invited"), null=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    claimed_at = models.DateTimeField(null=True, editable=False)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    # Once verified, the person has a registration of their own, and this row is counted no more.
    became = models.ForeignKey(
        Practitioner, on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("became")
    )
    removed_at = models.DateTimeField(null=True, editable=False)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = WalkInQuerySet.as_manager()

    class Meta:
        verbose_name = _("walk-in")
        verbose_name_plural = _("walk-ins")
        constraints = [
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{what}_at__isnull": True, f"{what}_by__isnull": True})
                    | Q(**{f"{what}_at__isnull": False, f"{what}_by__isnull": False}),
                    name=f"walk_in_{what}_at_and_by",
                )
                for what in ("invited", "claimed", "removed")
            ),
            models.UniqueConstraint(fields=["invitation"], condition=~Q(invitation=""), name="walk_in_invitation_once"),
            models.CheckConstraint(
                condition=Q(became__isnull=True) | Q(claimed_at__isnull=False), name="walk_in_became_who_claimed_it"
            ),
        ]

    def __str__(self) -> str:
        return f"walk-in {self.pk}"
