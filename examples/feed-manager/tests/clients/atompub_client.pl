#!/usr/bin/perl
# Perl's Atompub::Client, unmodified, against the server at $SERVICE.
use strict;
use warnings;
use Atompub::Client;
use Test::More;
use XML::Atom;
use XML::Atom::Entry;
use URI;

$XML::Atom::DefaultVersion = '1.0';
my ($service, $name, $token) = @ENV{qw(SERVICE NAME TOKEN)};

my $client = Atompub::Client->new;
ok(!$client->getService($service), 'RFC 9110 11.6.1: nobody has no service document');
is($client->res->code, 401, 'and is asked for credentials');
my @challenges = $client->res->header('WWW-Authenticate');
my ($realm) = join(', ', @challenges) =~ /Basic realm="([^"]*)"/;
ok(defined $realm, 'one challenge is Basic') or diag(@challenges);
$client->ua->credentials(URI->new($service)->host_port, $realm, $name, $token);

my $document = $client->getService($service);
ok($document, 'RFC 5023 5.1: the service document') or diag($client->errstr);
my ($inbox) = grep { $_->href =~ m{/inbox$} } map { $_->collections } $document->workspaces;
ok($inbox, 'the inbox is listed');
my $collection = $inbox->href;

my $entry = XML::Atom::Entry->new;
$entry->title('The Beach');
$entry->id('urn:uuid:00000000-0000-4000-8000-000000000001');
$entry->content('Sand');
$entry->summary('At the sea');
my $uri = $client->createEntry($collection, $entry, 'The Beach at Sete');
ok($uri, 'RFC 5023 9.2: POST of an entry') or diag($client->errstr);
is($client->res->code, 201, 'the status is 201');
like($uri, qr/beach/, 'RFC 5023 9.7: the Slug is in its URI');
is($client->res->header('Content-Location'), $uri, 'the answer is the whole entry');
ok($client->res->header('ETag'), 'with its tag');

my $read = $client->getEntry($uri);
ok($read, 'RFC 5023 5.4.1: GET of the member') or diag($client->errstr);
is($read->title, 'The Beach', 'its title');
is($read->content->body, 'Sand', 'its content');
isnt($read->id, 'urn:uuid:00000000-0000-4000-8000-000000000001', 'the id is the server\'s');
my ($edit) = grep { ($_->rel // '') eq 'edit' } $read->link;
is($edit->href, $uri, 'RFC 5023 11.1: its edit link');

$read->title('The beach');
ok($client->updateEntry($uri, $read), 'RFC 5023 5.4.2: PUT with If-Match') or diag($client->errstr);
ok($client->req->header('If-Match'), 'the request has the tag');
my $again = $client->getEntry($uri);
is($again->title, 'The beach', 'the title is changed');
is($again->id, $read->id, 'the id is not');

# Somebody else edits it, past the cache of the client.
my $other = LWP::UserAgent->new;
$other->default_headers->authorization_basic($name, $token);
my $put = HTTP::Request->new(PUT => $uri, ['Content-Type' => 'application/atom+xml;type=entry'], $again->as_xml);
ok($other->request($put)->is_success, 'RFC 9110 13.1.1: a PUT without a condition');
$again->title('Too late');
ok(!$client->updateEntry($uri, $again), 'RFC 5023 9.5: a PUT with an old tag is refused');
is($client->res->code, 412, 'the status is 412');

my $bytes = "\x89PNG\r\n\x1a\n\0";
my $media = $client->createMedia($collection, \$bytes, 'image/png', 'A picture');
ok($media, 'RFC 5023 9.6: POST of media') or diag($client->errstr);
my $link = $client->getEntry($media);
ok($link, 'its media link entry') or diag($client->errstr);
my ($edit_media) = grep { ($_->rel // '') eq 'edit-media' } $link->link;
ok($edit_media, 'RFC 5023 11.2: its edit-media link');
my ($octets, $type) = $client->getMedia($edit_media->href);
is($octets, $bytes, 'the octets are those that were sent');
is($type, 'image/png', 'and so is their type');
my $more = $bytes . 'x';
ok($client->updateMedia($edit_media->href, \$more, 'image/png'), 'PUT of media') or diag($client->errstr);

my $feed = $client->getFeed($collection);
ok($feed, 'RFC 5023 5.2: the collection') or diag($client->errstr);
is(scalar(my @entries = $feed->entries), 2, 'both members are in it');

ok($client->deleteEntry($uri), 'RFC 5023 5.4.3: DELETE') or diag($client->errstr);
ok($client->deleteEntry($media), 'DELETE of the media link entry') or diag($client->errstr);
ok(!$client->getEntry($uri), 'then it is gone');
like($client->res->code, qr/^(404|410)$/, '404 or 410');
ok(!$client->getMedia($edit_media->href), 'the media resource went with its entry');
done_testing;
