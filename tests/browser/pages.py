"""Every page that a person can look at in the demo, by who looks: what axe and the screenshots walk over."""

from dataclasses import dataclass

from dialogues.enums import SessionState
from dialogues.models import Session
from network.enums import MemberState, Role
from network.models import Practitioner, RoleGrant, User
from notifications.outbox import Message

ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Page:
    """A page: a name for its picture, who looks at it, its address below the language. `main` ones are in `make screenshots`."""

    name: str
    actor: str
    path: str
    main: bool = False
    status: int = 200


def actors() -> dict[str, User]:
    """Return one demo account for each kind of person."""

    def of(state: str) -> User:
        return Practitioner.objects.filter(state=state, region__isnull=False).order_by("pk").first().user

    def holding(role: str) -> User:
        return RoleGrant.objects.filter(role=role).order_by("pk").first().user

    seated = Practitioner.objects.filter(registrations__state="confirmed", registrations__session__state="published")
    return {
        "member": seated.exclude(user__role_grants__isnull=False).order_by("pk").first().user,
        "waiting": Practitioner.objects.filter(registrations__state="waiting").order_by("pk").first().user,
        "applicant": of(MemberState.APPLIED),
        "declined": of(MemberState.DECLINED),
        "regional": holding(Role.REGIONAL_COORDINATOR),
        "national": holding(Role.NATIONAL_COORDINATOR),
        "auditor": holding(Role.AUDITOR),
    }


def pages(people: dict[str, User]) -> list[Page]:
    """Return all pages; needs the demo."""
    member, regional = (people[name].practitioner for name in ("member", "regional"))
    seat = member.registrations.filter(state="confirmed", session__state="published").order_by("pk").first()
    waiting = people["waiting"].practitioner.registrations.filter(state="waiting").order_by("pk").first().session
    public = Session.objects.public().filter(state=SessionState.PUBLISHED).order_by("starts_at", "pk").first()
    own = Session.objects.filter(host_region=regional.region, state=SessionState.PUBLISHED).order_by("pk").first()
    joint = Session.objects.filter(host_region=None, state=SessionState.PUBLISHED).order_by("pk").first()
    closed = Session.objects.filter(state=SessionState.CLOSED).order_by("pk").first()
    papers = Session.objects.filter(state=SessionState.CLOSED, host_region=None).order_by("pk").first()
    timed = Session.objects.public().filter(agenda_items__isnull=False, chatham_house=False).order_by("pk").first()
    certified = member.registrations.filter(certificate__isnull=False).order_by("pk").first()
    draft = Session.objects.filter(state=SessionState.DRAFT).order_by("pk").first()
    applied = Practitioner.objects.filter(region=regional.region, state=MemberState.APPLIED).order_by("pk").first()
    grant = RoleGrant.objects.order_by("pk").first()
    message = Message.objects.filter(recipient_id=member.user_id).order_by("pk").first()
    admin = "admin/dialogues/session"
    return [
        Page("home", ANONYMOUS, "", main=True),
        Page("join", ANONYMOUS, "join/", main=True),
        Page("conduct", ANONYMOUS, "conduct/"),
        Page("sessions", ANONYMOUS, "sessions/", main=True),
        Page("sessions-month", ANONYMOUS, "sessions/?view=month", main=True),
        Page("sessions-past", ANONYMOUS, "sessions/?when=past"),
        Page("session", ANONYMOUS, f"sessions/{public.slug}/", main=True),
        Page("login", ANONYMOUS, "accounts/login/", main=True),
        Page("signup", ANONYMOUS, "accounts/signup/", main=True),
        Page("password-reset", ANONYMOUS, "accounts/password/reset/"),
        Page("not-found", ANONYMOUS, "sessions/no-such-session/", main=True, status=404),
        Page("me", "member", "me/", main=True),
        Page("me-waiting", "waiting", "me/", main=True),
        Page("me-applicant", "applicant", "me/", main=True),
        Page("me-declined", "declined", "me/"),
        Page("me-profile", "member", "me/profile/", main=True),
        Page("me-profile-again", "declined", "me/profile/"),
        Page("me-notifications", "member", "me/notifications/", main=True),
        Page("me-privacy", "member", "me/privacy/", main=True),
        Page("people", "member", "people/", main=True),
        Page("people-none", "member", "people/?q=zzzzz"),
        Page("sessions-member", "member", "sessions/", main=True),
        Page("session-seated", "member", f"sessions/{seat.session.slug}/", main=True),
        Page("session-withdraw", "member", f"sessions/{seat.session.slug}/withdraw/"),
        Page("session-waiting", "waiting", f"sessions/{waiting.slug}/", main=True),
        Page("logout", "member", "accounts/logout/"),
        Page("email", "member", "accounts/email/"),
        Page("phone", "member", "accounts/phone/change/"),
        Page("password", "member", "accounts/password/change/"),
        Page("second-factor", "regional", "accounts/2fa/", main=True),
        Page("open-sessions", "member", "accounts/sessions/"),
        Page("desk-regional", "regional", "admin/", main=True),
        Page("desk-national", "national", "admin/", main=True),
        Page("desk-auditor", "auditor", "admin/"),
        Page("admin-members", "regional", "admin/network/practitioner/", main=True),
        Page("admin-member", "regional", f"admin/network/practitioner/{applied.pk}/change/", main=True),
        Page("admin-member-history", "regional", f"admin/network/practitioner/{member.pk}/history/", status=404)
        if member.region_id != regional.region_id
        else Page("admin-member-history", "regional", f"admin/network/practitioner/{member.pk}/history/"),
        Page("admin-sessions", "regional", f"{admin}/", main=True),
        Page("admin-session", "regional", f"{admin}/{own.pk}/change/", main=True),
        Page("admin-session-joint", "regional", f"{admin}/{joint.pk}/change/"),
        Page("admin-session-add", "regional", f"{admin}/add/", main=True),
        Page("admin-draft", "national" if draft.host_region is None else "auditor", f"{admin}/{draft.pk}/change/"),
        Page("admin-people", "national", f"{admin}/{joint.pk}/people/", main=True),
        Page("admin-attendance", "national", f"{admin}/{closed.pk}/attendance/", main=True),
        Page("certificate-check", ANONYMOUS, "certificates/", main=True),
        Page("certificate-none", ANONYMOUS, "certificates/?code=0123-4567-89AB"),
        Page("session-agenda", "member", f"sessions/{timed.slug}/", main=True),
        Page("session-certified", "member", f"sessions/{certified.session.slug}/"),
        Page("admin-materials", "national", f"{admin}/{papers.pk}/materials/", main=True),
        Page("admin-certificates", "national", f"{admin}/{papers.pk}/certificates/", main=True),
        Page("admin-agenda", "national", f"{admin}/{papers.pk}/change/", main=True),
        Page("admin-sheet", "national", f"{admin}/{closed.pk}/sheet/", main=True),
        Page("admin-history", "national", f"{admin}/{closed.pk}/history/"),
        Page("admin-roles", "national", "admin/network/rolegrant/", main=True),
        Page("admin-role-add", "national", "admin/network/rolegrant/add/"),
        Page("admin-role", "national", f"admin/network/rolegrant/{grant.pk}/change/"),
        Page("admin-notices", "national", "admin/notifications/message/", main=True),
        Page("admin-notice", "national", f"admin/notifications/message/{message.pk}/change/"),
        Page("admin-municipalities", "national", "admin/network/municipality/"),
        Page("admin-journal", "auditor", "admin/network/transition/"),
        Page("admin-not-found", "regional", "admin/network/rolegrant/", status=404),
    ]
