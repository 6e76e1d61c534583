"""What a field's column can hold is known whatever another thread is about to learn of the field."""

import pytest
from django.db import models

from performance.bulk.values import Unfit, reader


def test_a_field_whose_validators_another_thread_is_gathering_has_its_bounds() -> None:
    field: models.Field[int, int] = models.PositiveSmallIntegerField()
    # As `IntegerField.validators` leaves it for a moment.
    vars(field)["validators"] = []
    read = reader(field)

    with pytest.raises(Unfit, match="must be from 0 to 32767"):
        read(32_768)
    assert read(32_767) == 32_767
