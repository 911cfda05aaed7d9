"""What all tests share: the flag that rewrites stories, and how hard the laws are tried."""

from __future__ import annotations

import os
import signal
import tempfile

import pytest
from hypothesis import HealthCheck, settings

SLOW_ALLOWED = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
settings.register_profile("quick", deadline=None, max_examples=40, derandomize=True, suppress_health_check=SLOW_ALLOWED)
settings.register_profile("deep", deadline=None, max_examples=500, print_blob=True, suppress_health_check=SLOW_ALLOWED)
settings.register_profile("slow", settings.get_profile("deep"), max_examples=120)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

# A shell that starts the tests in the background lets them, and all they start, ignore Ctrl-C: then none could be tested.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Every posting waits for the disk, many times; where there is a memory disk the tests need not.
MEMORY_DISK = "/dev/shm"
if os.access(MEMORY_DISK, os.W_OK) and not os.environ.get("TMPDIR"):
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", MEMORY_DISK)
    tempfile.tempdir = MEMORY_DISK


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-cases", action="store_true", help="rewrite what tests/cases and tests/errors show")
    parser.addoption("--slow", action="store_true", help="run the slow tests too, and try the laws harder")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes long; run with --slow")
    if config.getoption("--slow") and "HYPOTHESIS_PROFILE" not in os.environ:
        settings.load_profile("slow")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--slow"):
        for item in items:
            if item.get_closest_marker("slow"):
                item.add_marker(pytest.mark.skip(reason="run with --slow"))
