"""A web site for the tests: feeds, pages that have feeds, and what an attacker would publish."""

import http.server
import threading
from xml.sax.saxutils import escape

ATOM = "http://www.w3.org/2005/Atom"
BUNDLE = "http://dret.net/fsm/1.0/bundle"

# Whatever of these runs sets a sentinel in the window, or in the window around it.
ACTIVE = [
    "<script>top.sentinel = window.sentinel = 1</script>",
    "<img src=x onerror='top.sentinel = window.sentinel = 2'>",
    "<svg onload='top.sentinel = window.sentinel = 3'></svg>",
    "<iframe srcdoc='<script>top.sentinel = 4</script>'></iframe>",
    "<a id=hostile href='javascript:top.sentinel = window.sentinel = 5'>javascript</a>",
    "<a href='data:text/html,<script>opener.sentinel = 6</script>'>data</a>",
    "<form action='javascript:top.sentinel = 7'><button autofocus>send</button></form>",
    "<math><mtext><table><mglyph><style><img src=x onerror='top.sentinel = 8'>",
    "<base href='https://attacker.example/'><meta http-equiv=refresh content='0;url=javascript:sentinel=9'>",
    "\"><script>window.sentinel = 10</script>",
    "' onmouseover='window.sentinel = 11' x='",
    "{{constructor.constructor('window.sentinel = 12')()}} ${window.sentinel = 13} <%= sentinel %>",
]


def entry(number, title, content, link):
    return (
        f"<entry><id>urn:example:{number}</id><title>{escape(title)}</title>"
        f"<updated>2026-01-{28 - number % 28:02}T00:00:00Z</updated>"
        f"<link href={chr(34)}{escape(link, {chr(34): '&quot;'})}{chr(34)}/>"
        f"<content type='html'>{escape(content)}</content></entry>"
    )


def feed(title, entries, more=""):
    return (
        f"<feed xmlns='{ATOM}'><id>urn:example:feed</id><title>{escape(title)}</title>"
        f"<updated>2026-01-01T00:00:00Z</updated><author><name>A</name></author>{more}{''.join(entries)}</feed>"
    )


def documents():
    """Returns each document with its media type, by path."""
    plain = [
        entry(number, title, f"<p>{title}. <a href='/about'>More</a></p>", f"/{number}")
        for number, title in enumerate(["Where the river meets the sea", "Tides of the year", "A quiet harbour"])
    ]
    hostile = [
        entry(number, text, text, "javascript:window.sentinel=14" if number % 2 else "data:text/html,x")
        for number, text in enumerate(ACTIVE)
    ]
    alternate = "<link rel=alternate type='application/atom+xml' "
    atom, html = "application/atom+xml", "text/html; charset=utf-8"
    return {
        "/feed": (atom, feed("Harbour notes", plain)),
        "/comments": (atom, feed("Comments", [])),
        "/bundle": (atom, feed("Feeds of the coast", [], f"<link rel='profile' href='{BUNDLE}'/>")),
        "/hostile": (atom, feed("".join(ACTIVE), hostile)),
        "/rss": ("application/rss+xml", "<rss version='2.0'><channel><title>R</title></channel></rss>"),
        "/": (html, f"<!DOCTYPE html><title>Harbour</title>{alternate} title='Posts' href='/feed'>"),
        "/two": (html, f"<!DOCTYPE html>{alternate} title='Posts' href='feed'>{alternate} title='Comments' href='comments'>"),
        "/none": (html, "<!DOCTYPE html><title>Nothing</title><body>"),
    }


class Weblog(http.server.ThreadingHTTPServer):
    """The site, at an address that the server is permitted to fetch from."""

    def __init__(self, address):
        super().__init__((address, 0), Handler)
        self.documents = documents()
        self.origin = f"http://{address}:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        media_type, text = self.server.documents.get(self.path, ("text/plain", None))
        body = (text or "").encode()
        self.send_response(404 if text is None else 200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass
