"""Chromium, without a window, as the tests use it."""

import pathlib
import shutil
import time

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

PATIENCE = 20  # seconds: CI's machines are busy


class Browser:
    """A browser with one tab, and what a person does in it."""

    def __init__(self, screenshots):
        options = webdriver.ChromeOptions()
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
                         "--window-size=1100,850", "--lang=en"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
        self.screenshots = pathlib.Path(screenshots)
        self.screenshots.mkdir(parents=True, exist_ok=True)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def find(self, selector, text=""):
        """Waits for an element that is shown and has a text."""
        def shown():
            return next((one for one in self.all(selector) if one.is_displayed() and text in one.text), None)
        return self.wait(shown, f"{selector} with {text!r}")

    def wait(self, condition, what):
        end = time.monotonic() + PATIENCE
        while True:
            try:
                found = condition()
            except Exception:  # an element that was replaced meanwhile
                found = None
            if found:
                return found
            if time.monotonic() > end:
                self.picture("failed")
                raise AssertionError(f"there is no {what}; the page says: {self.driver.find_element(By.TAG_NAME, 'body').text}")
            time.sleep(0.05)

    def click(self, selector, text=""):
        """Clicks an element once it can be clicked."""
        def clicked():
            self.find(selector, text).click()
            return True
        self.wait(clicked, f"{selector} that can be clicked")

    def type(self, selector, text):
        field = self.find(selector)
        field.send_keys(Keys.CONTROL, "a")
        field.send_keys(Keys.DELETE)
        field.send_keys(text)

    def press(self, *keys):
        for key in keys:
            ActionChains(self.driver).send_keys(key).perform()

    def tab_to(self, selector):
        """Moves the focus by the keyboard alone."""
        for _ in range(80):
            if self.run("return document.activeElement.matches(arguments[0])", selector):
                return
            self.press(Keys.TAB)
        raise AssertionError(f"the keyboard does not reach {selector}")

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def scheme(self, name):
        features = [{"name": "prefers-color-scheme", "value": name}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def width(self, width):
        metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def picture(self, name):
        self.driver.save_screenshot(str(self.screenshots / f"{name}.png"))
