"""Drives the page in Chromium against the real server, as a person does.

    check.py FEED-MANAGER SCREENSHOTS

FEED-MANAGER is the program; pictures of the page are written to SCREENSHOTS. Each function below is a test.
"""

import importlib.util
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

from selenium.webdriver.common.keys import Keys

from browser import Browser
from weblog import Weblog

# The server is on 127.0.0.1, which it must never fetch from; the site is on an address that it may.
SITE = "127.0.0.2"
# The package is here for the file that it carries, and is not imported: it would want Playwright.
AXE = pathlib.Path(importlib.util.find_spec("axe_playwright_python").origin).with_name("axe.min.js")


class Server:
    """The program, with a database of its own and one user."""

    def __init__(self, program, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = "127.0.0.1:%d" % free.getsockname()[1]
        database = ["--database", f"{folder}/database"]
        added = subprocess.run([program, "user", "add", "alice", *database], check=True, capture_output=True, text=True)
        self.token = re.findall(r"[A-Za-z0-9_-]{43}", added.stdout)[-1]
        self.log = open(f"{folder}/log", "w")
        arguments = [program, "serve", *database, "--listen", address, "--fetch-from", SITE]
        self.process = subprocess.Popen(arguments, stderr=self.log, stdout=self.log)
        self.origin = f"http://{address}"
        for _ in range(200):
            try:
                urllib.request.urlopen(self.origin + "/health").close()
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(pathlib.Path(folder, "log").read_text())

    def request(self, method, uri, body=None, media_type="application/atom+xml;type=entry", slug=""):
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": media_type, "Slug": slug}
        request = urllib.request.Request(uri, method=method, data=body, headers=headers)
        with urllib.request.urlopen(request) as answer:
            return answer.read()


def axe(browser, where):
    """No rule of axe is violated. The frames hold what feeds say, which is not ours."""
    browser.run(AXE.read_text())
    script = ("const done = arguments[0]; axe.run(document, { iframes: false }).then((found) => done("
              "found.violations.map((one) => [one.id, one.nodes.map((node) => node.failureSummary)])))")
    violations = browser.driver.execute_async_script(script)
    assert not violations, f"{where}: {violations}"


def nothing_ran(browser):
    assert browser.run("return window.sentinel === undefined"), browser.run("return window.sentinel")


def add(browser, uri, button="Add"):
    browser.type("#address", uri)
    browser.click("#find .row .primary", "Find")
    browser.click("#add", button)
    browser.find("#status", "Subscribed." if button == "Subscribe" else "Added.")


def the_page_is_served_with_its_policy(_browser, server, _site):
    with urllib.request.urlopen(server.origin + "/") as answer:
        fields = {name.lower(): value for name, value in answer.headers.items()}
    policy = fields["content-security-policy"]
    script = f"script-src {server.origin.removeprefix('http://')}/assets/app.js "
    for part in ("default-src 'none'", script, "frame-ancestors 'none'", "base-uri 'none'"):
        assert part in policy, policy
    assert "unsafe" not in policy
    assert fields["x-content-type-options"] == "nosniff"
    assert fields["referrer-policy"] == "no-referrer"
    assert fields["cross-origin-opener-policy"] == "same-origin"


def a_query_is_appended_as_the_library_appends_it(browser, server, _site):
    """The table is that of the test in atom-fsm's fsm/invocation.rs."""
    browser.driver.get(server.origin + "/")
    script = ("const [address, query, queryScheme, done] = arguments; import('/assets/atom.js').then("
              "(atom) => done(atom.invoked({ address, query, queryScheme })), (error) => done(String(error)))")
    for address, query, expected in [
        ("http://a/b", "c=d", "http://a/b?c=d"),
        ("http://a/b", "?c=d", "http://a/b?c=d"),
        ("http://a/b", " c=d\n", "http://a/b?c=d"),
        ("http://a/b?x=y", "c=d", "http://a/b?x=y&c=d"),
        ("http://a/b?x=y&", "c=d", "http://a/b?x=y&c=d"),
        ("http://a/b?", "c=d", "http://a/b?c=d"),
        ("http://a/b#f", "c=d", "http://a/b?c=d#f"),
        ("http://a/b?x#f?g", "c=%20", "http://a/b?x&c=%20#f?g"),
        ("http://a/b", "", "http://a/b"),
        ("http://a", "c", "http://a?c"),
    ]:
        found = browser.driver.execute_async_script(script, address, query, None)
        assert found == expected, (address, query, found)
    found = browser.driver.execute_async_script(script, "http://a/b", "//c", "urn:example:xpath")
    assert found == "http://a/b", found


def a_wrong_token_is_refused_and_the_right_one_signs_in(browser, server, _site):
    browser.driver.get(server.origin + "/")
    browser.find("#token")
    browser.picture("sign-in")
    axe(browser, "sign in")
    browser.type("#token", "wrong")
    browser.click("#sign-in .primary")
    browser.find("#sign-in .problem", "not known")
    browser.type("#token", server.token)
    browser.click("#sign-in .primary")
    browser.find("#collections a")
    assert browser.run("return localStorage.length") == 0, "the token is kept for the tab alone"


def a_bundle_is_created_and_a_rule_is_shown_at_its_field(browser, _server, _site):
    browser.click("#new")
    browser.click("#edit-dialog .primary")
    browser.find("#edit-dialog .field .problem code")
    browser.picture("rule-at-the-field")
    axe(browser, "rule at the field")
    browser.type("#edit-title", "Reading list")
    browser.click("#edit-dialog input[value=public]")
    browser.click("#edit-dialog .primary")
    browser.find("#title", "Reading list")
    browser.find("#visibility", "public")
    browser.find("#as-opml")


def a_feed_is_added_by_its_uri_its_page_or_one_of_several(browser, _server, site):
    add(browser, site.origin + "/feed")
    browser.find(".member h3", "Harbour notes")
    browser.type("#address", site.origin + "/")
    browser.click("#find .row .primary", "Find")
    browser.find("#found-preview", "Where the river meets the sea")
    browser.picture("found")
    axe(browser, "found")
    browser.type("#address", site.origin + "/two")
    browser.click("#find .row .primary", "Find")
    browser.click("#candidates button", "Comments")
    browser.find("#found-preview", "no entries")
    browser.click("#add")
    browser.find(".member h3", "Comments")


def what_cannot_be_fetched_says_the_same_whatever_the_reason(browser, server, site):
    for uri in (server.origin + "/health", "http://127.0.0.1:1/", "http://169.254.169.254/", site.origin + "/gone",
                "file:///etc/passwd", "http://[::1]/"):
        browser.type("#address", uri)
        browser.click("#find .row .primary", "Find")
        browser.find("#find .problem", "the document could not be fetched")
        browser.find("#find .problem code", "fetch-failed")
    for path, said in (("/none", "HTML"), ("/rss", "RSS")):
        browser.type("#address", site.origin + path)
        browser.click("#find .row .primary", "Find")
        browser.find("#find .problem", said)


def entries_are_previewed(browser, _server, _site):
    browser.click(".member:last-child [data-do=preview]")
    browser.click(".member:last-child .entries summary", "Where the river")
    frame = browser.find(".member:last-child iframe")
    browser.driver.switch_to.frame(frame)
    browser.find("a", "More")
    link = browser.all("a")[0]
    assert link.get_attribute("href").endswith("/about") and link.get_attribute("rel") == "noopener noreferrer nofollow"
    browser.driver.switch_to.default_content()
    # The README shows this picture: without what the test before has left.
    browser.driver.execute_script("""const find = document.querySelector('#find'); find.reset();
        find.querySelector('.problem').replaceChildren(); document.querySelector('#status').textContent = '';""")
    browser.picture("preview")
    axe(browser, "preview")
    browser.scheme("dark")
    browser.picture("preview-dark")
    axe(browser, "preview, dark")
    browser.scheme("light")


def nothing_that_a_feed_says_acts(browser, server, site):
    add(browser, site.origin + "/hostile")
    nothing_ran(browser)
    browser.find(".member h3", "<script>")
    browser.click(".member:first-child [data-do=preview]")
    browser.find(".member:first-child .entries")
    number = len(browser.all(".member:first-child .entries > li"))
    assert number >= 12, number
    for index in range(number):
        browser.run("document.querySelectorAll('.member:first-child .entries > li > details')[arguments[0]].open = true", index)
    time.sleep(1)
    nothing_ran(browser)
    schemes = browser.run("return [...document.querySelectorAll('a')].map((one) => one.protocol)")
    assert set(schemes) <= {"http:", "https:"}, schemes
    for frame in browser.all(".member:first-child iframe"):
        assert "allow-scripts" not in frame.get_attribute("sandbox")
        assert "allow-same-origin" not in frame.get_attribute("sandbox")
        browser.driver.switch_to.frame(frame)
        assert not browser.all("script, iframe, form, svg, style, meta[http-equiv=refresh], [onerror], [onload], img[src]")
        for link in browser.all("a[href]"):
            assert link.get_attribute("href").startswith("http"), link.get_attribute("href")
        browser.driver.switch_to.default_content()
    # A member that did not come by the page, with what a page must never make a link of.
    member = ("<entry xmlns='http://www.w3.org/2005/Atom'><title type='html'>&lt;img src=x onerror='window.sentinel=20'&gt;x</title>"
              "<link rel='alternate' href='https://example.org/%22%3E%3Cscript%3Ewindow.sentinel=21%3C/script%3E'/>"
              "<link rel='profile' href='http://dret.net/fsm/1.0/service-entry'/>"
              "<summary type='html'>&lt;script&gt;window.sentinel=22&lt;/script&gt;s</summary></entry>")
    path = browser.run("return location.hash.slice(1)")
    server.request("POST", server.origin + path, member.encode())
    browser.driver.refresh()
    browser.find(".member h3", "x")
    browser.click(".member:first-child [data-do=edit]")
    browser.find("#edit-dialog")
    browser.click("#edit-dialog [data-close]")
    nothing_ran(browser)
    browser.picture("hostile")


def an_edit_is_saved_and_a_conflict_is_shown(browser, server, _site):
    browser.click(".member:last-child [data-do=edit]")
    browser.type("#edit-title", "Notes of the harbour")
    browser.type("#edit-query", "limit=3")
    browser.click("#edit-dialog .primary")
    browser.find(".member:first-child h3", "Notes of the harbour")
    browser.find(".member:first-child .where", "limit=3")
    browser.click(".member:first-child [data-do=edit]")
    browser.type("#edit-title", "Mine")
    path = browser.run("return location.hash.slice(1)")
    feed = server.request("GET", server.origin + path).decode()
    first = re.search(r"<entry.*?</entry>", feed, re.DOTALL).group(0)
    edit = re.search(r"<link[^>]*rel=[\"']edit[\"'][^>]*>", first).group(0)
    edit = re.search(r"href=[\"'](.*?)[\"']", edit).group(1)
    theirs = server.request("GET", server.origin + urllib.parse.urlparse(edit).path).decode()
    server.request("PUT", server.origin + urllib.parse.urlparse(edit).path,
                   theirs.replace("Notes of the harbour", "Theirs").encode())
    browser.click("#edit-dialog .primary")
    browser.find("#edit-problem", "changed this")
    browser.picture("conflict")
    axe(browser, "conflict")
    browser.click("#reload")
    browser.wait(lambda: browser.find("#edit-title").get_attribute("value") == "Theirs", "other version")
    browser.type("#edit-title", "Both")
    browser.click("#edit-dialog .primary")
    browser.find(".member:first-child h3", "Both")


def a_media_resource_is_no_script_of_the_page(browser, server, _site):
    collection = b"""<collection xmlns='http://www.w3.org/2007/app' xmlns:a='http://www.w3.org/2005/Atom'>
        <a:title>Scripts</a:title><visibility xmlns='urn:feed-manager'>public</visibility>
        <accept>*/*</accept></collection>"""
    server.request("POST", server.origin + "/service", collection, slug="scripts")
    where = server.origin + "/alice/scripts"
    server.request("POST", where, b"window.sentinel = true", "text/javascript", slug="evil")
    with urllib.request.urlopen(where + "/evil/media") as answer:
        assert answer.headers["Content-Disposition"] == "attachment"
    # The page loads its own script again, and not that one.
    for uri, loaded in ((server.origin + "/assets/atom.js", True), (where + "/evil/media", False)):
        assert loaded == browser.driver.execute_async_script("""
            const [uri, done] = arguments;
            const script = Object.assign(document.createElement('script'), { src: uri, type: 'module' });
            script.onload = () => done(true);
            script.onerror = () => done(false);
            document.head.append(script);
        """, uri), uri
    assert browser.run("return window.sentinel") is None
    server.request("DELETE", where)


def another_servers_bundle_is_subscribed_to(browser, _server, site):
    add(browser, site.origin + "/bundle", "Subscribe")
    browser.find(".member:first-child h3", "Feeds of the coast")
    browser.find(".member:first-child .badge", "bundle")


def a_member_is_deleted_after_a_question(browser, _server, _site):
    number = len(browser.all(".member"))
    browser.click(".member:first-child [data-do=delete]")
    browser.find("#delete-what", "Feeds of the coast")
    browser.picture("delete")
    axe(browser, "delete")
    browser.click("#delete-dialog .primary")
    browser.find("#status", "Deleted.")
    browser.wait(lambda: len(browser.all(".member")) == number - 1, "member fewer")


def it_fits_a_phone(browser, _server, _site):
    browser.width(360)
    for scheme in ("light", "dark"):
        browser.scheme(scheme)
        time.sleep(0.3)
        assert browser.run("return document.documentElement.scrollWidth") <= 360
        browser.picture(f"phone-{scheme}")
        axe(browser, f"phone, {scheme}")
    browser.scheme("light")
    browser.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def the_keyboard_alone_is_enough(browser, server, site):
    browser.click("#sign-out")
    browser.find("#token")
    browser.tab_to("#token")
    browser.press(server.token, Keys.ENTER)
    browser.wait(lambda: browser.run("return document.activeElement.id === 'title'"), "focus on the title")
    browser.tab_to("#address")
    browser.press(site.origin + "/feed", Keys.ENTER)
    browser.wait(lambda: browser.run("return document.activeElement.id === 'found-title'"), "focus on what was found")
    browser.tab_to("#add")
    browser.press(Keys.ENTER)
    browser.find("#status", "Added.")
    browser.wait(lambda: browser.run("return document.activeElement.id === 'address'"), "focus on the address")
    browser.tab_to(".member:first-child [data-do=edit]")
    browser.press(Keys.ENTER)
    browser.find("#edit-dialog")
    browser.picture("keyboard")
    browser.press(Keys.ESCAPE)
    browser.wait(lambda: browser.run("return document.activeElement.dataset.do === 'edit'"), "focus where it was")
    browser.tab_to(".member:first-child [data-do=delete]")
    browser.press(Keys.ENTER)
    browser.tab_to("#delete-dialog .primary")
    browser.press(Keys.ENTER)
    browser.find("#status", "Deleted.")


def who_is_not_signed_in_sees_what_is_public_and_changes_nothing(browser, server, _site):
    path = browser.run("return [...document.querySelectorAll('#collections a')]"
                       ".find((one) => one.textContent === 'Reading list').hash")
    # A query may hold secrets: its owner sees it, and nobody else does, on the page and in OPML.
    member = """<entry xmlns='http://www.w3.org/2005/Atom'><title>With a key</title>
        <link rel='profile' href='http://dret.net/fsm/1.0/service-entry'/>
        <link rel='alternate' href='http://feeds.example/keyed'/>
        <query xmlns='http://dret.net/fsm/1.0'>key=topsecret</query></entry>"""
    server.request("POST", server.origin + path[1:], member.encode())
    browser.driver.get("about:blank")
    browser.driver.get(f"{server.origin}/{path}")
    browser.find("#members .where", "key=topsecret")
    browser.click("#sign-out")
    browser.driver.get("about:blank")
    browser.driver.get(f"{server.origin}/{path}")
    browser.find("#title", "Reading list")
    browser.find("#members h3", "With a key")
    assert "topsecret" not in browser.driver.page_source
    for outline in (path[1:] + ".opml", path[1:] + ".opml?queries=included"):
        with urllib.request.urlopen(server.origin + outline) as answer:
            text = answer.read().decode()
        assert "With a key" in text and "topsecret" not in text, text
    assert not any(one.is_displayed() for one in browser.all("#find, [data-do], #edit-collection, #delete-collection"))
    browser.picture("public")
    axe(browser, "public")


TESTS = [
    the_page_is_served_with_its_policy,
    a_query_is_appended_as_the_library_appends_it,
    a_wrong_token_is_refused_and_the_right_one_signs_in,
    a_bundle_is_created_and_a_rule_is_shown_at_its_field,
    a_feed_is_added_by_its_uri_its_page_or_one_of_several,
    what_cannot_be_fetched_says_the_same_whatever_the_reason,
    entries_are_previewed,
    nothing_that_a_feed_says_acts,
    a_media_resource_is_no_script_of_the_page,
    an_edit_is_saved_and_a_conflict_is_shown,
    another_servers_bundle_is_subscribed_to,
    a_member_is_deleted_after_a_question,
    it_fits_a_phone,
    the_keyboard_alone_is_enough,
    who_is_not_signed_in_sees_what_is_public_and_changes_nothing,
]


def main(program, screenshots):
    with tempfile.TemporaryDirectory() as folder:
        server, browser, site = Server(program, folder), Browser(screenshots), Weblog(SITE)
        try:
            for test in TESTS:
                test(browser, server, site)
                print("ok", test.__name__.replace("_", " "), flush=True)
            # Nothing was blocked that the page needs, and no script failed.
            for line in browser.driver.get_log("browser"):
                assert "Uncaught" not in line["message"], line["message"]
        except BaseException:
            for line in browser.driver.get_log("browser"):
                print(line["message"], file=sys.stderr)
            raise
        finally:
            browser.driver.quit()
            server.process.terminate()
            server.process.wait(30)
    print(f"{len(TESTS)} passed, 0 failed")


if __name__ == "__main__":
    main(*sys.argv[1:])
