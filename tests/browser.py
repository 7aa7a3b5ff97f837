"""A page in headless Chromium: what is visible, what it complains of, and what it asks the network for.

Selenium drives the browser and the driver that Debian packages (chromium, chromium-driver); nothing is downloaded.
"""

import base64
import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import axe_core_python
import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
AXE = Path(axe_core_python.__file__).with_name("axe.min.js")
MISSING = "needs a browser: apt-get install chromium chromium-driver"


def needs_browser(test: Callable[..., None]) -> Callable[..., None]:
    """For a test with the fixture `chromium`."""
    missing = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason=MISSING)
    return missing(pytest.mark.slow("pages in a browser")(test))


class Page:
    """An open page."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self._driver = driver

    def open(self, path: Path) -> None:
        """Load a local file."""
        self._driver.get(path.resolve().as_uri())

    def resize(self, width: int, height: int, *, dark: bool = False, medium: str = "screen") -> None:
        """The size of the window in CSS pixels, whether the system is in dark mode, and "print" for paper."""
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self._driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": medium, "features": [scheme]})

    def click(self, selector: str) -> None:
        """Click the first element that a CSS selector finds."""
        self._driver.find_element(By.CSS_SELECTOR, selector).click()

    def press(self, selector: str, keys: str) -> None:
        """Type into an element."""
        self._driver.find_element(By.CSS_SELECTOR, selector).send_keys(keys)

    def seen(self, selector: str) -> list[str]:
        """The text of every visible element that a CSS selector finds.

        In one question to the browser: Selenium asks two of each element, and drawings have hundreds.
        """
        shown = (
            "each.checkVisibility({opacityProperty: true, visibilityProperty: true}) && each.getClientRects().length"
        )
        return list(
            self.evaluate(
                f"[...document.querySelectorAll({json.dumps(selector)})].filter(each => {shown})"
                ".map(each => (each.innerText ?? each.textContent).trim())"
            )
        )

    def style(self, selector: str, name: str) -> str:
        """A computed style of the first element that a CSS selector finds."""
        return self._driver.find_element(By.CSS_SELECTOR, selector).value_of_css_property(name)

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window.

        Not by innerWidth: a phone zooms out until a wide page fits, and then that is the width of the page.
        """
        root = "document.documentElement"
        return int(self.evaluate(f"{root}.scrollWidth - {root}.clientWidth"))

    def evaluate(self, expression: str) -> Any:
        """What a JavaScript expression gives."""
        return self._driver.execute_script(f"return {expression}")

    def barriers(self) -> list[str]:
        """What axe-core finds in the page that shuts people out: serious faults, each with the elements that have it.

        What is folded is not looked at. Without resultTypes, axe-core also lists what is right, which takes it longer.
        """
        self._driver.execute_script(AXE.read_text(encoding="utf-8"))
        found = self._driver.execute_async_script(
            "axe.run({resultTypes: ['violations']}).then(arguments[arguments.length - 1])"
        )
        return [
            f"{rule['id']} ({rule['impact']}): {', '.join(str(node['target'][-1]) for node in rule['nodes'])}"
            for rule in found["violations"]
            if rule["impact"] in ("serious", "critical")
        ]

    @contextmanager
    def without_scripts(self) -> Iterator[None]:
        """Pages that are opened meanwhile run no scripts."""
        self._driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        try:
            yield
        finally:
            self._driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})

    def forget(self) -> None:
        """Leave the page, its window and all that it said and asked for, as after a start."""
        self._driver.get("about:blank")
        self.resize(1200, 900)
        self.complaints()
        self.requests()

    def printed_pages(self) -> int:
        """How many pages the page has on paper, of the size that it asks for."""
        self._driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        printed = self._driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
        return len(re.findall(rb"/Type /Page\b(?!s)", base64.b64decode(printed["data"])))

    def screenshot(self, path: Path) -> None:
        """Save a picture of the window."""
        self._driver.save_screenshot(str(path))

    def complaints(self) -> list[str]:
        """What stands in the console so far."""
        return [entry["message"] for entry in self._driver.get_log("browser")]

    def requests(self) -> list[str]:
        """The addresses that were asked for so far."""
        events = [json.loads(entry["message"])["message"] for entry in self._driver.get_log("performance")]
        return [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]


@contextmanager
def browser() -> Iterator[Page]:
    """A browser of its own, closed at the end."""
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    try:
        yield Page(driver)
    finally:
        driver.quit()
