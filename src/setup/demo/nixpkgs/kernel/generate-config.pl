# Answers `make config` from the requested list in $KERNEL_CONFIG ("NAME value", or "NAME? value" for an
# answer that may be missed), then compares the finished .config with that list. generate-config.nix
# makes the other variants of this text.

use strict;
use IPC::Open2;

my $debug          = $ENV{'DEBUG'};
my $autoModules    = $ENV{'AUTO_MODULES'};
my $preferBuiltin  = $ENV{'PREFER_BUILTIN'};
my $buildRoot      = $ENV{'BUILD_ROOT'};
my $ignoreErrors   = ($ENV{'ignoreConfigErrors'} || '') eq '1';
$SIG{PIPE} = 'IGNORE';

my (%wanted, %required);

sub readRequest {
    open(ANSWERS, '<', $ENV{'KERNEL_CONFIG'}) or die "Could not open answer file";
    while (my $line = <ANSWERS>) {
        chomp $line;
        $line =~ s/#.*//;
        next if $line =~ /^\s*$/;
        die "invalid config line: $line" unless $line =~ /^\s*(\w+)(\?)?\s+(\S.*?)\s*$/a;
        $wanted{$1}   = $3;
        $required{$1} = !defined $2;
    }
    close ANSWERS;
}

sub answerTo {
    my ($name, $alternatives) = @_;
    my $answer = '';
    # A module where one is offered and is not there yet: an `M` in front stays by itself.
    $answer = 'm' if $autoModules && $alternatives =~ m{^(?:\w/)+m/(?:\w/)*\?\z} && !($preferBuiltin && $alternatives =~ /Y/);
    $answer = $wanted{$name} if defined $wanted{$name};
    return $answer;
}

# Which member of a choice: of several wanted `y` the last one in the order of the hash.
sub chosenOf {
    my ($members) = @_;
    my @yes = grep { ($wanted{$_} || '') eq 'y' } keys %$members;
    return @yes ? $members->{ $yes[-1] } : '';
}

sub answerAll {
    my $make = "make -C $ENV{'SRC'} O=$buildRoot config"
        . " SHELL=bash ARCH=$ENV{'ARCH'} CROSS_COMPILE=$ENV{'CROSS_COMPILE'}"
        . " $ENV{'MAKE_FLAGS'}";
    my $pid = open2(my $questions, my $answers, $make);

    my ($line, $previous, %members) = ('', '');
    while (read $questions, my $character, 1) {
        $line .= $character;

        if ($character eq "\n") {
            print STDERR "GOT: $line" if $debug;
            if ($line =~ /^\s*>?\s*(\d+)\.\s+.*?\((\w+)\)(?:\s+\(NEW\))?\s*$/a) {
                $members{$2} = $1;
            } else {
                # A list that ended without a question is none of the next choice.
                %members = ();
            }
            $line = '';
            next;
        }

        next unless $line =~ /###$/;
        if ($line =~ /^(.*) \((\w+)\) \[(.*)\].*###$/a) {
            my ($prompt, $name, $alternatives) = ($1, $2, $3);
            my $answer = answerTo($name, $alternatives);
            print STDERR "QUESTION: $prompt, NAME: $name, ALTS: $alternatives, ANSWER: $answer\n" if $debug;
            syswrite $answers, "$answer\n";
            die "repeated question: $prompt" if $previous eq "$name $prompt";
            $previous = "$name $prompt";
        } elsif ($line =~ /choice\[(.*)\]: ###$/) {
            my $range  = $1;
            my $answer = chosenOf(\%members);
            print STDERR "CHOICE: $range, ANSWER: $answer\n" if $debug;
            # `choice[1]` waits for no answer.
            syswrite $answers, "$answer\n" if $range =~ /-/;
        } else {
            warn "don't know how to answer this question: $line\n" unless $line =~ / \[.*\] ###$/;
            syswrite $answers, "\n";
        }
        ($line, %members) = ('');
    }
    close $questions;
    waitpid $pid, 0;
}

sub readResult {
    my %result;
    open(my $file, '<', "$buildRoot/.config") or die "Could not read .config";
    while (my $line = <$file>) {
        chomp $line;
        if ($line =~ /^CONFIG_(\w+)="(.*)"$/a) {
            my ($name, $text) = ($1, $2);
            $text =~ s/\\([\\"])/$1/g;
            $result{$name} = $text;
        } elsif ($line =~ /^CONFIG_(\w+)=(.*)$/a) {
            $result{$1} = $2;
        } elsif ($line =~ /^# CONFIG_(\w+) is not set$/a) {
            $result{$1} = 'n';
        }
    }
    close $file;
    return \%result;
}

# A final value that is empty or 0 passes, as in nixpkgs.
sub judge {
    my ($result) = @_;
    my $status = 0;
    for my $name (sort keys %wanted) {
        my $got = $result->{$name};
        next if defined $got && (!$got || $got eq $wanted{$name});
        my $complaint = defined $got
            ? "option not set correctly: $name (wanted '$wanted{$name}', got '$got')\n"
            : "unused option: $name\n";
        if ($required{$name} && !$ignoreErrors) {
            warn "error: $complaint";
            $status = 255;
        } else {
            warn "warning: $complaint";
        }
    }
    return $status;
}

readRequest();
# The second pass meets the questions that only the answers of the first made visible.
answerAll();
answerAll();
exit judge(readResult());
