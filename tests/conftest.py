"""What several tests share: the built runtime and one browser."""

import json
import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def runtime():
    """The folder of the built runtime."""
    listing = ROOT / "build" / "runtime" / "runtime.json"
    if not listing.exists():
        pytest.fail("no runtime: run `make build` first")
    return listing.parent / json.loads(listing.read_text("utf-8"))["folder"]


@pytest.fixture(scope="session")
def playwright():
    """What drives browsers; there can be only one in a process."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - most tests need no browser

    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright):
    """One Chromium for all tests; each takes a context of its own."""
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.fail("no Chromium found: set CHROMIUM=/path/to/it")
    browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
    yield browser
    browser.close()
