#!/usr/bin/env bash
# Our client manages a server on Perl's Atompub::Server.
set -euo pipefail
mkfifo "$WORK/port"
perl "$1" >"$WORK/port" 2>"$WORK/perl.log" &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT
read -r port <"$WORK/port"
feedctl() { FEEDCTL_TOKEN='' "$PROGRAMS/feedctl" --service "http://127.0.0.1:$port/service" "$@"; }
json() { python3 -c "import json, sys; print(json.load(sys.stdin)$1)"; }

[ "$(feedctl --json ls | json '["bundles"][0]["title"]')" = Entries ]
edit=$(feedctl --json add Entries http://a.example/feed --title A --query state=CA | json '["edit"]')
[ "$edit" = "http://127.0.0.1:$port/entries/1" ]
# Perl's server says ISO-8859-1 of what is in UTF-8: the document's own word counts.
feedctl add Entries http://b.example/feed --title 'Zoë' >/dev/null
[ "$(feedctl --json ls Entries | json '["members"][0]["title"]')" = 'Zoë' ]
[ "$(feedctl --json ls Entries | json '["members"][1]["query"]')" = state=CA ]
feedctl edit "$edit" --title 'A, edited' >/dev/null
[ "$(feedctl --json show "$edit" | json '["title"]')" = 'A, edited' ]
[ "$(feedctl --json ls Entries | json '["members"][0]["title"]')" = 'A, edited' ]
feedctl export Entries | grep -q 'xmlUrl="http://b.example/feed"'
feedctl rm "$edit"
[ "$(feedctl --json ls Entries | json '["members"].__len__()')" = 1 ]
status=0; feedctl show "$edit" >/dev/null 2>&1 || status=$?
[ "$status" = 6 ]
echo "feedctl and Atompub::Server: ok"
