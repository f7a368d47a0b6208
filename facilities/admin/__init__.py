from facilities.admin import assessments, imports, local_regions, registry, reports, upkeep, vocabularies

__all__ = [
    "assessments",
    "imports",
    "local_regions",
    "registry",
    "reports",
    "upkeep",
    "vocabularies",
]
