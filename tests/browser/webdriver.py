"""A browser that tests drive: chromedriver by the WebDriver protocol (W3C), with Python's standard library."""
import base64
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # what the protocol calls a reference to an element
KEYS = {"Tab": "\ue004", "Enter": "\ue007", "Escape": "\ue00c", "Space": "\ue00d", "Left": "\ue012", "Up": "\ue013",
        "Right": "\ue014", "Down": "\ue015", "Shift": "\ue008", "Home": "\ue011"}


class Driver:
    """chromedriver, on a free port that it chooses itself."""

    def __init__(self):
        program = shutil.which("chromedriver")
        if not program:
            raise RuntimeError("there is no chromedriver: scripts/setup browser installs it, and Chromium")
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen([program, "--port=0"],
                                        stdout=subprocess.PIPE, stderr=self.log, text=True)
        for line in self.process.stdout:
            if found := re.search(r"started successfully on port (\d+)", line):
                self.url = f"http://127.0.0.1:{found[1]}"
                return
        raise RuntimeError("chromedriver did not start")

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()
        self.log.close()


class Browser:
    """One window. `dark`: what the system prefers; without `scripts` JavaScript is off."""

    def __init__(self, driver, width=1200, height=900, dark=False, scripts=True):
        self.profile = tempfile.TemporaryDirectory(prefix="pgo-orch-browser-")
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                     "--disable-background-networking", "--no-first-run", "--lang=en",
                     f"--window-size={width},{height}", f"--user-data-dir={self.profile.name}"]
        preferences = {} if scripts else {"profile.managed_default_content_settings.javascript": 2,
                                          "profile.default_content_setting_values.javascript": 2}
        options = {"args": arguments, "prefs": preferences,
                   "perfLoggingPrefs": {"enableNetwork": True, "enablePage": False}}
        answer = self.call(driver.url + "/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}}})
        self.session = f"{driver.url}/session/{answer['sessionId']}"
        self.devtools("Emulation.setEmulatedMedia",
                      features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
                                {"name": "prefers-reduced-motion", "value": "reduce"}])
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    @staticmethod
    def call(url, body=None, method=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"]) from None

    def close(self):
        self.call(self.session, method="DELETE")
        self.profile.cleanup()

    def devtools(self, command, **parameters):
        return self.call(self.session + "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def open(self, file):
        self.call(self.session + "/url", {"url": pathlib.Path(file).absolute().as_uri()})

    def run(self, script, *arguments):
        """What the body of a function returns."""
        return self.call(self.session + "/execute/sync", {"script": script, "args": list(arguments)})

    def wait(self, condition, *arguments):
        """Until the expression is true in the page."""
        self.call(self.session + "/timeouts", {"script": 15_000})
        self.call(self.session + "/execute/async", {"args": list(arguments), "script": f"""
            const done = arguments[arguments.length - 1], given = arguments;
            const look = () => ({condition}) ? done(true) : setTimeout(look, 20);
            look();"""})

    def elements(self, selector):
        return self.call(self.session + "/elements", {"using": "css selector", "value": selector})

    def click(self, selector):
        self.call(f"{self.session}/element/{self.elements(selector)[0][ELEMENT]}/click", {})

    def press(self, *keys):
        """Keys of KEYS or single characters, on what has the focus; "Shift+Tab" holds the first."""
        actions = []
        for key in keys:
            *held, last = key.split("+") if len(key) > 1 else [key]
            codes = [KEYS.get(each, each) for each in [*held, last]]
            actions += [{"type": "keyDown", "value": code} for code in codes]
            actions += [{"type": "keyUp", "value": code} for code in reversed(codes)]
        self.call(self.session + "/actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})

    def log(self):
        """What the page wrote to the console since the last call, errors of the security policy included."""
        return [entry["message"] for entry in self.call(self.session + "/se/log", {"type": "browser"})]

    def requests(self):
        """The addresses that were asked for since the last call."""
        events = [json.loads(entry["message"])["message"]
                  for entry in self.call(self.session + "/se/log", {"type": "performance"})]
        return [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]

    def screenshot(self, file=None, whole=False):
        """PNG bytes of the window, or of the whole page."""
        size = self.devtools("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"clip": {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 16000), "scale": 1}} if whole else {}
        picture = base64.b64decode(self.devtools("Page.captureScreenshot", format="png", captureBeyondViewport=whole, **clip)["data"])
        if file:
            pathlib.Path(file).write_bytes(picture)
        return picture
