"""What the FHIR endpoint says of itself: exactly what it offers."""

from facilities import selectors
from impact.fhir import kinds
from impact.fhir.parameters import Parameter
from impact.fhir.resources import BASE, Resource

# When what is offered was changed last.
DATE = "2026-11-21"
ABOUT = (
    "Read-only facilities of Jisr after IHE mCSD (ITI-90): each facility, district and side is a pair of Location and Organization. "
    "JSON only. XML is not offered, which a conformant mCSD Directory would have to: this is none. No person is published. "
    "A facility whose safety is at risk is not found, and a position is told only where it is public. "
    "An unknown parameter is left out with a warning, or refused with Prefer: handling=strict."
)


def statement() -> Resource:
    """Return the CapabilityStatement."""
    rights = ["What the network itself says: CC BY 4.0, Jisr.", *selectors.credits_asked()]
    return {
        "resourceType": "CapabilityStatement",
        "url": f"{BASE}/metadata",
        "name": "JisrFacilities",
        "title": "Facilities of Jisr",
        "status": "active",
        "date": DATE,
        "description": ABOUT,
        "copyright": " ".join(rights),
        "kind": "instance",
        "software": {"name": "Jisr"},
        "implementation": {"description": "Facilities of Jisr", "url": BASE},
        "fhirVersion": "4.0.1",
        "format": ["json", "application/fhir+json"],
        "rest": [
            {
                "mode": "server",
                "documentation": ABOUT,
                "security": {
                    "cors": False,
                    "description": "Open to everybody; so many requests a minute from one address.",
                },
                "resource": [_resource(kind) for kind in kinds.known()],
            }
        ],
    }


def _resource(kind: kinds.Kind) -> Resource:
    found: Resource = {
        "type": kind.type,
        "supportedProfile": list(kind.profiles),
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "versioning": "no-version",
        "searchParam": [
            {"name": parameter.name, "type": parameter.type, "documentation": _about(parameter)}
            for parameter in kind.parameters
        ],
    }
    if kind.includes:
        found["searchInclude"] = list(kind.includes)
    if kind.revincludes:
        found["searchRevInclude"] = list(kind.revincludes)
    return found


def _about(parameter: Parameter) -> str:
    modifiers = ", ".join(f":{modifier}" for modifier in parameter.modifiers)
    return f"{parameter.about} Modifiers: {modifiers}." if modifiers else parameter.about
