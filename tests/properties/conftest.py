"""Failing checks outside the test modules tell their values, too."""

import pytest

pytest.register_assert_rewrite("tests.properties.engines", "tests.properties.services")
