# falloutd's answering script for a probe: it follows the protocol of nixpkgs' generate-config.pl (environment,
# transcript lines, two passes, the final list) but never dies. A refused answer is replaced by the nearest offered one
# and listed in a line of its own, so that one build tells what would otherwise take one build per question.
use strict;
use warnings;
use IPC::Open2;

$SIG{PIPE} = 'IGNORE';
$| = 1;

my $buildRoot = $ENV{BUILD_ROOT} // '.';
my $autoModules = $ENV{AUTO_MODULES} // $ENV{autoModules} // '';
my $preferBuiltin = $ENV{PREFER_BUILTIN} // $ENV{preferBuiltin} // '';

# What to answer instead, nearest first: the order of the absorbing chain.
my %nearest = (y => ['m', 'n'], m => ['y', 'n'], n => ['m', 'y']);

my (%answers, %required);
open(my $in, '<', $ENV{KERNEL_CONFIG} // '') or die "Could not open answer file";
while (my $line = <$in>) {
    chomp $line;
    $line =~ s/#.*//;
    if ($line =~ /^\s*([A-Za-z0-9_]+)(\?)?\s+(.*\S)\s*$/) {
        $answers{$1} = $3;
        $required{$1} = !defined $2;
    } elsif ($line !~ /^\s*$/) {
        print STDERR "invalid config line: $line\n";
    }
}
close $in;

# An unpatched conf marks no question: then nothing more may be on its way for half a line to be one.
sub moreToCome {
    my ($from) = @_;
    my $bits = '';
    vec($bits, fileno($from), 1) = 1;
    return select($bits, undef, undef, 0.02) > 0;
}

my %used;    # what a refused symbol is answered with from then on
my %common;  # the letters that a symbol was offered each time it was asked

sub answerQuestion {
    my ($out, $prompt, $name, $alts, $again) = @_;
    my $tristate = $alts =~ m{^(?:[NMYnmy]/)*\?$} || $alts =~ m{^[NMYnmy](?:/[NMYnmy])*/\?$};
    my $answer = '';
    $answer = 'm' if $autoModules && $tristate && $alts =~ m{(?:^|/)m/} && !($preferBuiltin && $alts =~ /Y/);
    $answer = $answers{$name} if defined $answers{$name};
    $answer = $used{$name} if defined $used{$name};
    my @offered = $tristate ? grep { lc($alts) =~ /$_/ } qw(y m n) : ();
    $common{$name} = { map { $_ => 1 } grep { !$common{$name} || $common{$name}{$_} } @offered } if $tristate;
    if ($tristate && $answer =~ /^[ymn]$/ && lc($alts) !~ /\Q$answer\E/) {
        # The second pass may offer less than the first: an entry has to suit both.
        my $wish = ($answers{$name} // '') =~ /^[ymn]$/ ? $answers{$name} : $answer;
        my @near = grep { lc($alts) =~ /$_/ } $wish, @{ $nearest{$wish} };
        my ($instead) = ((grep { $common{$name}{$_} } @near), @near);
        if (defined $answers{$name}) {
            print STDERR "probe: refused $name wanted '$answers{$name}' offered [$alts] using '" . ($instead // '') . "'\n";
        }
        # The symbol's help, which says why, follows among the GOT lines.
        print $out "?\n" unless $again;
        $used{$name} = $answer = $instead // '';
        print STDERR "QUESTION: $prompt, NAME: $name, ALTS: $alts, ANSWER: $answer\n";
        print $out "$answer\n" if $again;
        return;
    }
    if ($again && !$tristate) {
        print STDERR "probe: refused $name wanted '$answer' offered [$alts] using ''\n" if defined $answers{$name};
        $used{$name} = $answer = '';
    } elsif ($again > 1) {
        $answer = '';
    }
    print STDERR "QUESTION: $prompt, NAME: $name, ALTS: $alts, ANSWER: $answer\n";
    print $out "$answer\n";
}

sub answerChoice {
    my ($out, $range, $choices) = @_;
    my @wanted = grep { ($answers{$_} // '') eq 'y' } sort { $choices->{$a} <=> $choices->{$b} } keys %$choices;
    my $answer = @wanted ? $choices->{ $wanted[-1] } : '';
    print STDERR "CHOICE: $range, ANSWER: $answer\n";
    print $out "$answer\n" if $range =~ /-/;
}

sub runConfig {
    my $make = "make -C " . ($ENV{SRC} // '.') . " O=$buildRoot config SHELL=bash ARCH=" . ($ENV{ARCH} // '')
        . " CROSS_COMPILE=" . ($ENV{CROSS_COMPILE} // '') . " " . ($ENV{MAKE_FLAGS} // '');
    my $pid = open2(my $from, my $to, $make);
    select((select($to), $| = 1)[0]);
    my ($buffer, $previous, $again, $marked, %choices) = ('', '', 0, 0);
    while (sysread($from, $buffer, 65536, length $buffer)) {
        while ($buffer =~ s/^([^\n]*)\n//) {
            my $line = $1;
            print STDERR "GOT: $line\n";
            $choices{$2} = $1 if $line =~ /^\s*>?\s*(\d+)\.\s+.*?\(([A-Za-z0-9_]+)\)(?:\s+\(NEW\))?\s*$/;
        }
        # conf flushes when it waits for an answer: what has arrived then ends in a question,
        # marked by ### where the tree is patched as nixpkgs does.
        $marked = 1 if $buffer =~ /###$/;
        next if $buffer eq '' || ($marked ? $buffer !~ /###$/ : moreToCome($from));
        $buffer =~ s/###$//;
        if ($buffer =~ /(.*) \(([A-Za-z0-9_]+)\) \[(.*)\] *(?:\(NEW\) *)?$/) {
            my ($prompt, $name, $alts) = ($1, $2, $3);
            $again = "$name $prompt" eq $previous ? $again + 1 : 0;
            $previous = "$name $prompt";
            answerQuestion($to, $prompt, $name, $alts, $again);
        } elsif ($buffer =~ /choice\[(.*)\]: *$/) {
            answerChoice($to, $1, \%choices);
        } elsif ($buffer =~ /\[.*\] *(?:\(NEW\) *)?$/) {
            print $to "\n";
        } elsif ($marked) {
            print STDERR "don't know how to answer this question: $buffer\n";
            print $to "\n";
        } else {
            next;    # half a line: the rest is still to come
        }
        $buffer = '';
        %choices = ();
    }
    waitpid $pid, 0;
}

runConfig();
runConfig();

my %config;
open(my $result, '<', "$buildRoot/.config") or die "Could not read .config";
while (my $line = <$result>) {
    chomp $line;
    if ($line =~ /^CONFIG_([A-Za-z0-9_]+)="(.*)"$/) {
        my ($name, $text) = ($1, $2);
        $text =~ s/\\([\\"])/$1/g;
        $config{$name} = $text;
    } elsif ($line =~ /^CONFIG_([A-Za-z0-9_]+)=(.*)$/) {
        $config{$1} = $2;
    } elsif ($line =~ /^# CONFIG_([A-Za-z0-9_]+) is not set$/) {
        $config{$1} = 'n';
    }
}
close $result;

foreach my $name (sort keys %answers) {
    my $severity = $required{$name} && ($ENV{ignoreConfigErrors} // '') ne '1' ? 'error' : 'warning';
    if (!defined $config{$name}) {
        print STDERR "$severity: unused option: $name\n";
    } elsif ($config{$name} && $config{$name} ne $answers{$name}) {
        print STDERR "$severity: option not set correctly: $name (wanted '$answers{$name}', got '$config{$name}')\n";
    }
}
