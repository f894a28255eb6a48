#!/usr/bin/env bash
# Readers of feeds import the OPML that feedctl exports, and read a bundle's feed.
set -euo pipefail
feedctl() { FEEDCTL_TOKEN=$TOKEN "$PROGRAMS/feedctl" --service "$SERVICE" "$@"; }
json() { python3 -c "import json, sys; print(json.load(sys.stdin)$1)"; }

bundle=$(feedctl --json add-bundle 'Lists & <more>' --public | json '["uri"]')
feedctl add "$bundle" 'http://a.example/feed?x=1&y=2' --title 'A & B' --query key=secret >/dev/null
feedctl add "$bundle" http://b.example/feed --title '"B"' >/dev/null
feedctl export "$bundle" --output "$WORK/list.opml"
! grep -q secret "$WORK/list.opml"

# newsboat imports the list, and reads the bundle's feed itself.
: >"$WORK/urls"
: >"$WORK/config"
newsboat() { HOME=$WORK TERM=dumb command newsboat -q -u "$1" -c "$WORK/$2.db" -C "$WORK/config" "${@:3}"; }
newsboat "$WORK/urls" import -i "$WORK/list.opml"
grep -qF 'http://a.example/feed?x=1&y=2' "$WORK/urls"
grep -qF http://b.example/feed "$WORK/urls"
echo "$bundle" >"$WORK/bundle"
newsboat "$WORK/bundle" bundle -x reload
[ "$(newsboat "$WORK/bundle" bundle -x print-unread | grep -o '^[0-9]*')" = 2 ]

# sfeed takes both too.
sfeed_opml_import <"$WORK/list.opml" >"$WORK/sfeedrc"
grep -qF 'http://a.example/feed?x=1&y=2' "$WORK/sfeedrc"
python3 -c "import sys, urllib.request as u; sys.stdout.buffer.write(u.urlopen(sys.argv[1]).read())" \
    "$bundle" >"$WORK/bundle.atom"
sfeed "$bundle" <"$WORK/bundle.atom" >"$WORK/bundle.tsv"
[ "$(wc -l <"$WORK/bundle.tsv")" = 2 ]
grep -qF 'http://a.example/feed?x=1&y=2' "$WORK/bundle.tsv"
feedctl rm --bundle "$bundle"
echo "readers: ok"
