# Runs conf and passes on what it prints, with "###" behind every question, where nixpkgs patches conf.c.
# conf flushes its output exactly when it waits for an answer, so a question is complete when a chunk ends with it.
use strict;

my $pid = open(my $output, '-|', @ARGV) or die "cannot run $ARGV[0]: $!";
binmode STDOUT;
$| = 1;

my $tail = '';
while (my $length = sysread $output, my $chunk, 65536) {
    print $chunk;
    $tail = substr($tail . $chunk, -512);
    $tail =~ s/.*\n//s;
    print '###' if $tail =~ / \[[^\n]*\] (?:\(NEW\) )?$/ || $tail =~ /choice\[\d+-\d+\??\]: $/;
}
close $output;
exit $? >> 8;
