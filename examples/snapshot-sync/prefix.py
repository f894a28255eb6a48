#!/usr/bin/env python3
"""Runs publish and replicate through a real nginx that puts the publisher below path prefixes.

One location strips its prefix, one passes it on as it is to a second proxy that strips it, one gzips,
and a second publisher writes absolute references below a base URI. Behind each, a replica is made, the
publisher changes, and both databases must be equal, row by row. Then every link that a client can meet
is followed through each prefix. Needs nginx (on Debian, as root, it is installed where it is missing);
build the programs first: cargo build --release -p snapshot-sync --bins
"""

import argparse
import contextlib
import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from urllib.parse import urldefrag, urljoin

NGINX = """
worker_processes 1;
daemon off;
pid {directory}/nginx.pid;
error_log {directory}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/f; uwsgi_temp_path {directory}/u; scgi_temp_path {directory}/s;
    client_max_body_size 16m;
    server {{
        listen 127.0.0.1:{front};
        # The prefix is stripped.
        location /strip/shop/ {{ proxy_pass http://127.0.0.1:{publisher}/; }}
        # The prefix is passed on to a server that knows it.
        location /whole/ {{ proxy_pass http://127.0.0.1:{inner}; }}
        # Everything is coded that a client takes coded.
        location /coded/ {{
            proxy_pass http://127.0.0.1:{publisher}/;
            gzip on; gzip_types *; gzip_proxied any; gzip_min_length 1;
        }}
        # The references are absolute.
        location /base/ {{ proxy_pass http://127.0.0.1:{based}/; }}
    }}
    server {{
        listen 127.0.0.1:{inner};
        location /whole/ {{ proxy_pass http://127.0.0.1:{publisher}/; }}
    }}
}}
"""
LINK = re.compile(r"<([^>]*)>")
PART = re.compile(rb"^(?:Link: <([^>]*)>|Content-Location: (\S+))", re.M)


def free_ports(count):
    """Ports that no outgoing connection can get."""
    ports = set()
    while len(ports) < count:
        port = random.randrange(20000, 30000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            ports.add(port)
    return list(ports)


def nginx():
    """The path of nginx, which is installed where it is missing."""
    for folder in (None, "/usr/sbin:/usr/local/sbin"):
        if found := shutil.which("nginx", path=folder):
            return found
    if shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "install", "-y", "-qq", "nginx-light"], check=True, stdout=subprocess.DEVNULL)
        return nginx()
    sys.exit("nginx is missing: install it, for example by apt-get install nginx-light")


def wait_for(port, child):
    for _ in range(600):
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port)).close()
            return
        if child.poll() is not None:
            sys.exit(f"{child.args[0]} has ended with {child.returncode}")
        time.sleep(0.05)
    sys.exit(f"nobody listens on port {port}")


def get(uri):
    """The status, the fields and the body of an answer. No redirect is followed."""
    scheme, rest = uri.split("://", 1)
    host, path = rest.split("/", 1)
    with contextlib.closing(http.client.HTTPConnection(host, timeout=30)) as connection:
        connection.request("GET", f"/{path}")
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()


def references(fields, body):
    """Every reference in a document: in its fields, in the heads of its parts, in an index or a history."""
    found = [target for field in fields.get_all("link", []) for target in LINK.findall(field)]
    found += fields.get_all("location", [])
    kind = fields.get_content_type()
    if kind.startswith("multipart/"):
        found += [(link or location).decode() for link, location in PART.findall(body)]
    elif kind == "application/atom+xml":
        found += re.findall(r'href="([^"]*)"', body.decode())
    elif kind == "application/json" and isinstance(json.loads(body), dict):
        found += json.loads(body).get("uris", [])
    return found


def walk(root):
    """Follows every link from the publisher's root on; none may lead out of it or to nothing."""
    seen, following, counts = set(), [urljoin(root, "snapshots/latest"), urljoin(root, "changes/latest")], {}
    while following:
        uri = following.pop()
        if uri in seen or len(seen) > 3000:
            continue
        seen.add(uri)
        status, fields, body = get(uri)
        kind = uri[len(root):].split("/")[0]
        counts[kind] = counts.get(kind, 0) + 1
        # An event names its entity, which may have been deleted since.
        if status not in (200, 301, 302) and not (status == 410 and kind == "entities"):
            sys.exit(f"WRONG: {uri} was answered with {status}")
        for reference in references(fields, body):
            to = urldefrag(urljoin(uri, reference)).url
            if not to.startswith(root):
                sys.exit(f"WRONG: {uri} has {reference}, which leads out of {root}")
            following.append(to)
    missing = {"snapshots", "changes", "timeline", "entities", "versions", "histories"} - counts.keys()
    if missing:
        sys.exit(f"WRONG: no link led to {missing}")
    return counts


def rows(path):
    with contextlib.closing(sqlite3.connect(path)) as database:
        return database.execute("SELECT uri, etag, type, body FROM entity ORDER BY uri").fetchall()


def replicate(options, root, database):
    command = [os.path.join(options.programs, "replicate"), "--once", "--from", f"{root}snapshots/latest"]
    done = subprocess.run(command + ["--database", database], capture_output=True, text=True, timeout=120)
    if done.returncode:
        sys.exit(f"WRONG: replicate through {root} has ended with {done.returncode}\n{done.stderr}")


class Publisher:
    def __init__(self, options, directory, name, port, *more):
        self.database, self.port, self.child = f"{directory}/{name}.sqlite", port, None
        self.command = [
            os.path.join(options.programs, "publish"), "--database", self.database, "--generate", "300",
            "--store", f"{directory}/{name}", "--listen", f"127.0.0.1:{port}", "--page-events", "20",
            "--package-octets", "5000", *more,
        ]

    def start(self, *more):
        self.child = subprocess.Popen(self.command + list(more), stderr=subprocess.DEVNULL)
        wait_for(self.port, self.child)

    def stop(self):
        if self.child:
            self.child.send_signal(signal.SIGTERM)
            self.child.wait(30)


def run(options, directory):
    front, inner, publisher, based = free_ports(4)
    origin = f"http://127.0.0.1:{front}"
    publishers = [
        Publisher(options, directory, "relative", publisher),
        Publisher(options, directory, "absolute", based, "--base-uri", f"{origin}/base/"),
    ]
    with open(f"{directory}/nginx.conf", "w") as file:
        file.write(NGINX.format(**locals()))
    proxy = subprocess.Popen([nginx(), "-c", f"{directory}/nginx.conf", "-p", directory],
                             stderr=subprocess.DEVNULL)
    # A prefix, and which publisher is behind it.
    prefixes = {"/strip/shop/": 0, "/whole/": 0, "/coded/": 0, "/base/": 1}
    wanted = {prefix: number for prefix, number in prefixes.items() if prefix not in options.without}
    copies = {prefix: f"{directory}/copy-{prefix.strip('/').replace('/', '-')}.sqlite" for prefix in wanted}
    try:
        for one in publishers:
            one.start("--changes-per-second", "200")
        wait_for(front, proxy)
        time.sleep(1)
        if not options.links_only:
            for prefix, copy in copies.items():
                replicate(options, origin + prefix, copy)
            time.sleep(1)
        for one in publishers:
            one.stop()
            one.start()
        for prefix, number in wanted.items():
            counts = walk(origin + prefix)
            print(f"{prefix}: every link leads to what it names: {counts}", flush=True)
            if not options.links_only:
                replicate(options, origin + prefix, copies[prefix])
                here, there = rows(publishers[number].database), rows(copies[prefix])
                if here != there or not here:
                    sys.exit(f"WRONG: {prefix}: {len(set(here) ^ set(there))} rows of {len(here)} differ")
                print(f"{prefix}: {len(here)} entities are equal", flush=True)
    finally:
        for one in publishers:
            one.stop()
        proxy.terminate()
        proxy.wait(30)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", default="target/release", help="the directory of publish and replicate")
    parser.add_argument("--links-only", action="store_true", help="follow links, without a replica")
    parser.add_argument("--without", action="append", default=[], metavar="PREFIX", help="leave a prefix out")
    with tempfile.TemporaryDirectory(prefix="prefix-") as directory:
        os.chmod(directory, 0o755)
        run(parser.parse_args(), directory)
    print("all is well")


if __name__ == "__main__":
    main()
