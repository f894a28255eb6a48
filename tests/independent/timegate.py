"""Negotiates with our TimeGate (RFC 7089) as others do: by PyPI's memento_client, and by requests.

    timegate.py SERVER

SERVER is the program `tests/examples/timegate.rs`. Prints one line per case; exits 1 if a case fails.
"""
import subprocess
import sys
from datetime import datetime, timedelta

import httplink
import requests
from memento_client.memento_client import MementoClient

FORMAT = "%a, %d %b %Y %H:%M:%S GMT"


def nearest(times, preferred):
    """The nearest time; the earlier one of two that are equally near."""
    return min(times, key=lambda time: (abs(time - preferred), time))


class Cases:
    def __init__(self):
        self.failed = 0

    def check(self, name, found, expected):
        if found != expected:
            self.failed += 1
        print("ok  " if found == expected else "FAIL", name, "" if found == expected else f"{found} is not {expected}")


def by_memento_client(cases, origin, times):
    """What memento_client finds from the original resource, and from a memento."""
    def uri(time):
        return f"{origin}/memento/{time:%Y%m%d%H%M%S}"

    preferred = [
        times[0] - timedelta(days=3650), times[0], times[1], times[1] + timedelta(seconds=1),
        times[2] + timedelta(days=1), datetime(2005, 1, 1), datetime(2012, 6, 1, 12, 30, 15),
        times[-1], times[-1] + timedelta(days=3650),
    ]
    for start in ["/original", f"/memento/{times[3]:%Y%m%d%H%M%S}"]:
        for time in preferred:
            client = MementoClient(timegate_uri=f"{origin}/nowhere/", check_native_timegate=True)
            found = client.get_memento_info(origin + start, time)
            chosen = times.index(nearest(times, time))
            expected = {"closest": times[chosen], "first": times[0], "last": times[-1]}
            if chosen > 0:
                expected["prev"] = times[chosen - 1]
            if chosen + 1 < len(times):
                expected["next"] = times[chosen + 1]
            name = f"memento_client {start} {time}"
            cases.check(f"{name}: original", found["original_uri"], f"{origin}/original")
            cases.check(f"{name}: TimeGate", found["timegate_uri"], f"{origin}/timegate")
            mementos = found["mementos"]
            cases.check(f"{name}: times", {key: it["datetime"] for key, it in mementos.items()}, expected)
            uris = {key: it["uri"] for key, it in mementos.items()}
            cases.check(f"{name}: URIs", uris, {key: [uri(it)] for key, it in expected.items()})
            cases.check(f"{name}: status", mementos["closest"]["http_status_code"], 200)
    cases.check("memento_client: is a TimeGate", MementoClient.is_timegate(f"{origin}/timegate"), True)
    memento = requests.head(uri(times[0]))
    cases.check("memento_client: is a memento", MementoClient.is_memento(memento.url, memento), True)
    original = requests.head(f"{origin}/original")
    cases.check("memento_client: is none", MementoClient.is_memento(original.url, original), False)


def links(response):
    """The Link field as httplink reads it: (target, relation types) of each link."""
    read = httplink.parse_link_header(response.headers["Link"])
    return [(link.target, sorted(link.rel)) for link in read.links]


def by_the_rules(cases, origin, times):
    """What RFC 7089 says about the single responses."""
    time = times[1]
    asked = {"Accept-Datetime": time.strftime(FORMAT)}
    memento = f"{origin}/memento/{time:%Y%m%d%H%M%S}"
    for path in ["/timegate", "/own"]:
        for method in ["GET", "HEAD"]:
            response = requests.request(method, origin + path, headers=asked, allow_redirects=False)
            cases.check(f"{method} {path}: 302", response.status_code, 302)
            cases.check(f"{method} {path}: Location", response.headers.get("Location"), memento)
            cases.check(f"{method} {path}: Vary", response.headers.get("Vary"), "accept-datetime")
            cases.check(f"{method} {path}: no memento", "Memento-Datetime" in response.headers, False)
    own = links(requests.head(f"{origin}/own", headers=asked))
    cases.check("/own: original and TimeGate", (f"{origin}/own", ["original", "timegate"]) in own, True)
    response = requests.get(f"{origin}/content", headers=asked)
    cases.check("/content: 200", response.status_code, 200)
    cases.check("/content: Memento-Datetime", response.headers.get("Memento-Datetime"), time.strftime(FORMAT))
    cases.check("/content: Content-Location", response.headers.get("Content-Location"), memento)
    for date in ["yesterday", "2000-06-20T18:02:59Z", "Tue, 20 Jun 2000 18:02:59 UTC"]:
        response = requests.get(f"{origin}/timegate", headers={"Accept-Datetime": date})
        cases.check(f"{date}: 400", response.status_code, 400)
        cases.check(f"{date}: Vary", response.headers.get("Vary"), "accept-datetime")
        cases.check(f"{date}: Link", (f"{origin}/original", ["original"]) in links(response), True)
    response = requests.get(f"{origin}/timegate", allow_redirects=False)
    last = f"{origin}/memento/{times[-1]:%Y%m%d%H%M%S}"
    cases.check("no date: the last memento", response.headers.get("Location"), last)
    cases.check("no mementos: 404", requests.get(f"{origin}/none", headers=asked).status_code, 404)


def by_its_timemap(cases, origin, times):
    """The TimeMap, as httplink and memento_client read it."""
    response = requests.get(f"{origin}/timemap")
    cases.check("TimeMap: media type", response.headers["Content-Type"], "application/link-format")
    read = httplink.parse_link_header(response.text.replace("\n", " ")).links
    expected = [(f"{origin}/original", ["original"]), (f"{origin}/timegate", ["timegate"]),
                (f"{origin}/timemap", ["self"])]
    for index, time in enumerate(times):
        further = ["first"] * (index == 0) + ["last"] * (index + 1 == len(times))
        expected.append((f"{origin}/memento/{time:%Y%m%d%H%M%S}", sorted(further + ["memento"])))
    cases.check("TimeMap: httplink", [(link.target, sorted(link.rel)) for link in read], expected)
    found = MementoClient.parse_link_header(response.text)
    dates = [found[target]["datetime"] for target, _ in expected[3:]]
    cases.check("TimeMap: memento_client", dates, [[time.strftime(FORMAT)] for time in times])
    cases.check("TimeMap: from", found[f"{origin}/timemap"]["from"], [times[0].strftime(FORMAT)])


def main():
    server = subprocess.Popen([sys.argv[1]], stdout=subprocess.PIPE, text=True)
    try:
        origin, *digits = server.stdout.readline().split()
        times = [datetime.strptime(time, "%Y%m%d%H%M%S") for time in digits]
        cases = Cases()
        by_memento_client(cases, origin, times)
        by_the_rules(cases, origin, times)
        by_its_timemap(cases, origin, times)
    finally:
        server.kill()
    print(f"{cases.failed} failed")
    sys.exit(1 if cases.failed else 0)


if __name__ == "__main__":
    main()
