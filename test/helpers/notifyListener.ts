import { execa } from 'execa';

/** A service manager's end of NOTIFY_SOCKET: each datagram as a line on standard output. */
const MANAGER = `
use IO::Socket::UNIX; $| = 1;
my $socket = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $ARGV[0]) or die "$ARGV[0]: $!";
print "listening\\n";
while (defined $socket->recv(my $datagram, 4096)) { print $datagram, "\\n" }
`;

/** Listens on a socket as systemd does; prints `listening` first. */
export function listen(socket: string) {
  return execa('perl', ['-e', MANAGER, socket], { reject: false });
}
