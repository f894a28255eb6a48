"""The checks that the AtomPub Exerciser and Ape had, with Python's own HTTP client and XML reader."""

import base64
import os
import time
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ElementTree

ATOM, APP = "{http://www.w3.org/2005/Atom}", "{http://www.w3.org/2007/app}"
OWN = "{http://example.org/own}"
service, name, token = (os.environ[key] for key in ("SERVICE", "NAME", "TOKEN"))
credentials = "Basic " + base64.b64encode(f"{name}:{token}".encode()).decode()
done = 0


def check(holds, what, found=None):
    global done
    assert holds, f"{what}: {found!r}"
    done += 1


def send(method, uri, body=None, **fields):
    headers = {key.replace("_", "-"): value for key, value in fields.items()}
    headers["Authorization"] = credentials
    request = urllib.request.Request(uri, body, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def links(element, rel):
    return [it.get("href") for it in element.findall(ATOM + "link") if it.get("rel") == rel]


def entry(title, markup=""):
    return (
        f"<entry xmlns='http://www.w3.org/2005/Atom' xmlns:own='http://example.org/own'>"
        f"<id>urn:example:{title}</id><updated>2012-11-30T00:00:00Z</updated>"
        f"<author><name>A</name></author><title>{title}</title><content>{title}</content>{markup}</entry>"
    ).encode()


TYPE = "application/atom+xml;type=entry"
status, headers, body = send("GET", service)
check(status == 200, "RFC 5023 5.1: the service document", status)
check(headers.get_content_type() == "application/atomsvc+xml", "8: its media type", headers["Content-Type"])
document = ElementTree.fromstring(body)
check(document.tag == APP + "service", "8: its root", document.tag)
for workspace in document.findall(APP + "workspace"):
    check(workspace.findtext(ATOM + "title"), "8.3.2.1: a workspace has a title")
    for collection in workspace.findall(APP + "collection"):
        check(collection.findtext(ATOM + "title"), "8.3.3.1: a collection has a title")
        check(collection.get("href"), "8.3.3: a collection has an href")
hrefs = [it.get("href") for it in document.iter(APP + "collection")]
inbox = next(it for it in hrefs if it.endswith("/inbox"))

# Entry collection.
markup = "<own:mark a='1' own:b='2'>x<own:inner/>y</own:mark><category term='t' scheme='urn:s' own:c='3'/>"
posted = []
for title in ("one", "two", "three"):
    slug = urllib.parse.quote(f"Título {title}")
    status, headers, body = send("POST", inbox, entry(title, markup), Content_Type=TYPE, Slug=slug)
    check(status == 201, "9.2: POST gives 201", (status, body))
    location = headers["Location"]
    check(location and urllib.parse.urljoin(inbox, location) == location, "5.3: an absolute Location", location)
    check(title in location, "9.7: the Slug is in the URI", location)
    check(headers["Content-Location"] == location, "9.2: Content-Location says that it is the whole", headers["Content-Location"])
    check(headers["ETag"], "9.5: an ETag")
    answer = body
    status, got, body = send("GET", location)
    check(status == 200 and got["ETag"] == headers["ETag"], "9.5: GET gives the same ETag", (got["ETag"], headers["ETag"]))
    read = ElementTree.fromstring(body)
    canonical = ElementTree.canonicalize
    check(canonical(answer) == canonical(body), "9.2: the answer is what GET gives")
    check(links(read, "edit") == [location], "11.1: one edit link, the Location", links(read, "edit"))
    check(read.findtext(ATOM + "id") != f"urn:example:{title}", "the id is the server's")
    check(read.find(APP + "edited") is not None, "10.2: app:edited")
    posted.append((location, headers["ETag"], read))
    time.sleep(0.01)

sent = ElementTree.fromstring(entry("x", markup)).find(OWN + "mark")
status, headers, body = send("GET", inbox)
check(status == 200, "5.2: the collection", status)
feed = ElementTree.fromstring(body)
check(feed.tag == ATOM + "feed" and links(feed, "self"), "10: a feed with a self link")
listed = {it.findtext(ATOM + "id"): it for it in feed.findall(ATOM + "entry")}
for location, _, read in posted:
    in_feed = listed.get(read.findtext(ATOM + "id"))
    check(in_feed is not None, "10: the member is in the feed")
    check(links(in_feed, "edit") == [location], "11.1: with its edit link")
    for place, it in (("GET", read), ("feed", in_feed)):
        mark = it.find(OWN + "mark")
        same = mark is not None and mark.attrib == sent.attrib and "".join(mark.itertext()) == "xy"
        check(same and mark.find(OWN + "inner") is not None, f"6.2: foreign markup is the same in {place}")
        category = it.find(ATOM + "category")
        check(category.get(OWN + "c") == "3", f"6.2: foreign attributes are the same in {place}")


def order():
    status, _, body = send("GET", inbox)
    feed = ElementTree.fromstring(body)
    edited = [it.findtext(APP + "edited") for it in feed.findall(ATOM + "entry")]
    titles = [it.findtext(ATOM + "title") for it in feed.findall(ATOM + "entry")]
    return titles, edited


titles, edited = order()
check(titles[:3] == ["three", "two", "one"], "10: the last edited member is first", titles)
check(edited == sorted(edited, reverse=True), "10: ordered by app:edited", edited)

location, tag, read = posted[0]
status, headers, body = send("PUT", location, entry("one again"), Content_Type=TYPE, If_Match=tag)
check(status in (200, 204), "9.3: PUT", (status, body))
titles, _ = order()
check(titles[0] == "one again", "10: an edit moves a member to the front", titles)
status, headers, body = send("PUT", location, entry("late"), Content_Type=TYPE, If_Match=tag)
check(status == 412, "9.5: an old tag is refused", status)
status, headers, body = send("GET", location)
after = ElementTree.fromstring(body)
check(after.findtext(ATOM + "id") == read.findtext(ATOM + "id"), "9.3: the id stays")
check(headers["ETag"] != tag, "9.5: the tag is another one")
status, _, _ = send("GET", location, If_None_Match=headers["ETag"])
check(status == 304, "RFC 9110 13.1.2: a conditional GET", status)

# What must not be taken.
status, _, body = send("POST", inbox, b"<entry", Content_Type=TYPE)
check(status == 400, "9.2: what is not well-formed is refused", status)
status, _, body = send("GET", location + "-nothing")
check(status == 404, "a member that does not exist", status)

# Media collection.
octets = bytes(range(256))
status, headers, body = send("POST", inbox, octets, Content_Type="image/gif", Slug="A picture")
check(status == 201, "9.6: POST of media", (status, body))
media = headers["Location"]
link = ElementTree.fromstring(send("GET", media)[2])
edit_media, content = links(link, "edit-media"), link.find(ATOM + "content")
check(len(edit_media) == 1, "11.2: one edit-media link", edit_media)
check(content.get("src") and content.get("type") == "image/gif", "9.6: content by src, with its type", content.attrib)
check(link.find(ATOM + "summary") is not None, "RFC 4287 4.1.2: content by src has a summary")
check(link.findtext(ATOM + "title"), "9.7: a title")
status, headers, body = send("GET", urllib.parse.urljoin(media, content.get("src")))
check((status, body, headers["Content-Type"]) == (200, octets, "image/gif"), "9.6: the octets and their type")
status, _, _ = send("PUT", edit_media[0], octets[::-1], Content_Type="image/gif")
check(status in (200, 204), "9.6: PUT of media", status)
check(send("GET", edit_media[0])[2] == octets[::-1], "9.6: the new octets")

for uri in [media] + [it[0] for it in posted]:
    status, _, _ = send("DELETE", uri)
    check(status in (200, 204), "9.4: DELETE", status)
    check(send("GET", uri)[0] in (404, 410), "9.4: then it is gone")
check(send("GET", edit_media[0])[0] in (404, 410), "9.6: and so is the media resource")
titles, _ = order()
check(titles == [], "10: the collection is empty", titles)
print(f"exerciser: {done} checks")
