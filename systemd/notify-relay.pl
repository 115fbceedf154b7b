#!/usr/bin/perl
# Passes what the daemon says on to systemd: each line of stdin is one datagram to the socket that NOTIFY_SOCKET names.
# Node.js has no local datagram sockets; perl-base is on every Debian and Ubuntu. See docs/decisions/0013.
use strict;
use warnings;
use Socket qw(AF_UNIX SOCK_DGRAM pack_sockaddr_un);

my $path = $ENV{NOTIFY_SOCKET} or die "notify-relay: NOTIFY_SOCKET is not set\n";
$path =~ s/^@/\0/;    # a name without a file
socket(my $socket, AF_UNIX, SOCK_DGRAM, 0) or die "notify-relay: no socket: $!\n";
my $address = pack_sockaddr_un($path);
$SIG{TERM} = $SIG{INT} = 'IGNORE';    # it ends with the daemon, when stdin does
while (my $line = <STDIN>) {
    chomp $line;
    send($socket, $line, 0, $address) // warn "notify-relay: systemd does not listen: $!\n";
}
