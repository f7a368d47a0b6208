"""Facilities as FHIR R4 resources, read only, after IHE mCSD (Mobile Care Services Discovery, ITI-90): JSON, and no person by name."""
