#!/usr/bin/perl
# A server on Perl's Atompub::Server, which knows nothing of FSM: its feed has the two links by which it
# is a bundle, and it keeps entries as they come. Prints its port.
package Entries;
use strict;
use warnings;
use base qw(Atompub::Server);
use XML::Atom::Entry;
use XML::Atom::Feed;
use XML::Atom::Link;

my (%entries, %edits, $next, $tag);

sub password_for_user { { ann => 'secret' }->{ $_[1] } }

sub link_to {
    my ($thing, $rel, $href) = @_;
    my $link = XML::Atom::Link->new;
    $link->rel($rel);
    $link->href($href);
    $thing->add_link($link);
}

sub handle_request {
    my ($server) = @_;
    my ($method, $path) = ($server->request_method, $server->path_info);
    my $origin = "http://$ENV{HTTP_HOST}";
    if ($path eq '/service') {
        $server->response_content_type('application/atomsvc+xml');
        return <<"XML";
<service xmlns="http://www.w3.org/2007/app" xmlns:atom="http://www.w3.org/2005/Atom"><workspace>
<atom:title>Perl</atom:title><collection href="entries"><atom:title>Entries</atom:title></collection>
</workspace></service>
XML
    }
    if ($path eq '/entries' && $method eq 'GET') {
        my $feed = XML::Atom::Feed->new;
        $feed->title('Entries');
        $feed->id('urn:example:entries');
        $feed->updated('2012-11-30T00:00:00Z');
        link_to($feed, profile => 'http://dret.net/fsm/1.0/bundle');
        link_to($feed, service => 'service');
        $feed->add_entry($entries{$_}) for sort { $edits{$b} <=> $edits{$a} } keys %entries;
        $server->response_content_type('application/atom+xml;type=feed');
        return $feed->as_xml;
    }
    if ($path eq '/entries' && $method eq 'POST') {
        my $entry = $server->atom_body or return;
        my $number = ++$next;
        $entry->id("urn:example:$number");
        $entry->updated('2012-11-30T00:00:00Z');
        link_to($entry, edit => "$origin/entries/$number");
        ($entries{$number}, $edits{$number}) = ($entry, ++$tag);
        $server->response_header(Location => "/entries/$number");
        $server->response_code(201);
        return $server->entry($number);
    }
    my ($number) = $path =~ m{^/entries/(\d+)$};
    if (!$number || !$entries{$number}) {
        $server->response_code(404);
        return 'nothing';
    }
    return $server->entry($number) if $method eq 'GET';
    my $condition = $server->request_header('If-Match');
    if (defined $condition && $condition ne qq{"$edits{$number}"}) {
        $server->response_code(412);
        return 'changed';
    }
    if ($method eq 'DELETE') {
        delete $entries{$number};
        return 'deleted';
    }
    my $entry = $server->atom_body or return;
    ($entries{$number}, $edits{$number}) = ($entry, ++$tag);
    return $server->entry($number);
}

sub entry {
    my ($server, $number) = @_;
    $server->response_header(ETag => qq{"$edits{$number}"});
    $server->response_content_type('application/atom+xml;type=entry');
    return $entries{$number}->as_xml;
}

package main;
use strict;
use warnings;
use HTTP::Daemon;
use HTTP::Response;

$XML::Atom::DefaultVersion = '1.0';
my $daemon = HTTP::Daemon->new(LocalAddr => '127.0.0.1', ReuseAddr => 1) or die "no socket: $!";
$| = 1;
print $daemon->sockport, "\n";
while (my $connection = $daemon->accept) {
    while (my $request = $connection->get_request) {
        my $out = '';
        {
            local %ENV = (
                %ENV,
                GATEWAY_INTERFACE => 'CGI/1.1',
                REQUEST_METHOD    => $request->method,
                PATH_INFO         => $request->uri->path,
                SCRIPT_NAME       => '',
                SERVER_PROTOCOL   => 'HTTP/1.1',
                HTTP_HOST         => $request->header('Host'),
                CONTENT_TYPE      => $request->header('Content-Type') // '',
                CONTENT_LENGTH    => length $request->content,
            );
            for my $field ($request->header_field_names) {
                (my $name = uc $field) =~ tr/-/_/;
                $ENV{"HTTP_$name"} = $request->header($field);
            }
            my $body = $request->content;
            open my $in, '<', \$body or die;
            local *STDIN = $in;
            open my $to, '>', \$out or die;
            my $before = select $to;
            CGI::initialize_globals() if CGI->can('initialize_globals');
            Entries->new->run;
            select $before;
        }
        my ($head, $content) = split /\r?\n\r?\n/, $out, 2;
        my ($code) = $head =~ /^Status:\s*(\d+)/mi;
        my $response = HTTP::Response->parse("HTTP/1.1 " . ($code // 200) . " -\r\n$head\r\n\r\n");
        $response->content($content // '');
        $response->header('Content-Length' => length($content // ''));
        $connection->send_response($response);
    }
    $connection->close;
}
