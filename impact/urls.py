from django.urls import path

from impact import views

urlpatterns = [
    path("", views.home, name="home"),
    path("sessions/held/", views.held, name="held"),
]
# Below /facilities/map/.
maps = (
    [
        path("", views.country_map, name="country"),
        path("<slug:slug>/", views.district_map, name="district"),
    ],
    "map",
)
# Below /data/: the pages in each language, the files without one.
data = (
    [
        path("", views.data_index, name="index"),
        path("<slug:slug>/", views.data_dictionary, name="dataset"),
    ],
    "data",
)
data_files = (
    [
        path("", views.data_root, name="root"),
        path("datapackage.json", views.data_package, name="package"),
        path("<slug:slug>.csv", views.data_file, name="file"),
        path("<slug:slug>.schema.json", views.data_schema, name="schema"),
    ],
    "open",
)
# Below /fhir/. What is no address there gets an OperationOutcome too.
fhir = (
    [
        path("metadata", views.fhir_metadata, name="metadata"),
        path("<slug:slug>", views.fhir_search, name="type"),
        path("<slug:slug>/_search", views.fhir_posted_search, name="search"),
        path("<slug:slug>/<str:item>", views.fhir_read, name="read"),
        path("", views.fhir_unknown, name="root"),
        path("<path:item>", views.fhir_unknown, name="unknown"),
    ],
    "fhir",
)
