"""Two facilities of two sides."""

import pytest

from facilities.models import Facility
from tests.factories import facilities as make
from tests.factories.cases import FacilityTypeFactory
from tests.impact.fhir_asked import POINT


@pytest.fixture
def palms() -> Facility:
    return make.facility(
        **POINT, municipality=make.municipality(), phones="021 000 0000", hours="8-14", head="Canary Head"
    )


@pytest.fixture
def oasis() -> Facility:
    kind = FacilityTypeFactory(code="clinic", name_ar="عيادة", name_en="Clinic")
    return make.facility("south", name_ar="عيادة الواحة", name_en="Oasis Clinic", kind=kind)
