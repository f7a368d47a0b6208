"""Pages of figures, the map, open data and FHIR."""

from impact.views.data import data_dictionary, data_file, data_index, data_package, data_root, data_schema
from impact.views.fhir import fhir_metadata, fhir_posted_search, fhir_read, fhir_search, fhir_unknown
from impact.views.home import held, home
from impact.views.maps import country_map, district_map

__all__ = [
    "country_map", "data_dictionary", "data_file", "data_index", "data_package", "data_root", "data_schema", "district_map",
    "fhir_metadata", "fhir_posted_search", "fhir_read", "fhir_search", "fhir_unknown", "held", "home",
]  # fmt: skip
