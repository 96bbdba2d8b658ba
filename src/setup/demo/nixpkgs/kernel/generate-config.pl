# Answers `make config` from the requested list in $KERNEL_CONFIG ("NAME value", or "NAME? value" for an
# answer that may be missed), then compares the finished .config with that list.

use strict;
use IPC::Open2;

my $debug          = $ENV{'DEBUG'};
my $buildRoot      = $ENV{'BUILD_ROOT'};
my $variant        = $ENV{'script'} || 'all';
my $ignoreErrors   = ($ENV{'ignoreConfigErrors'} || '') eq '1';
$SIG{PIPE} = 'IGNORE';

my (%wanted, %required, %clamped);

sub readRequest {
    open(my $file, '<', $ENV{'KERNEL_CONFIG'}) or die "Could not open answer file";
    my @lines = <$file>;
    close $file;
    for my $line (@lines) {
        chomp $line;
        $line =~ s/#.*//;
        next if $line =~ /^\s*$/;
        die "invalid config line: $line" unless $line =~ /^\s*(\w+)(\?)?\s+(\S.*?)\s*$/;
        $wanted{$1}   = $3;
        $required{$1} = !defined $2;
    }
}

# The letters of ALTS ("N/m/y/?"), or nothing where ALTS is the present value of an int, hex or string.
sub offeredBy {
    my ($alternatives) = @_;
    return () unless $alternatives =~ m{^[YyMmNn](?:/[YyMmNn])*/\?$};
    return grep { $_ ne '?' } split m{/}, lc $alternatives;
}

sub clamp {
    my ($name, $answer, $alternatives) = @_;
    my %offered = map { $_ => 1 } offeredBy($alternatives);
    return $answer if !%offered || $answer !~ /^[ymn]$/ || $offered{$answer};
    my ($nearest) = grep { $offered{$_} } $answer eq 'm' ? qw(m y n) : qw(y m n);
    warn "clamped $name: '$answer' is not offered by [$alternatives], using '$nearest'\n";
    $clamped{$name} = 1;
    return $nearest;
}

sub answerTo {
    my ($name, $alternatives) = @_;
    my %offered = map { $_ => 1 } offeredBy($alternatives);
    my $answer  = '';
    $answer = 'm' if $ENV{'AUTO_MODULES'} && $offered{'m'} && !($ENV{'PREFER_BUILTIN'} && $alternatives =~ /Y/);
    $answer = $wanted{$name} if defined $wanted{$name};
    $answer = clamp($name, $answer, $alternatives) if $variant eq 'clamping';
    return $answer;
}

# Which member of a choice: of several wanted `y` the last one in the order of the hash.
sub chosenOf {
    my ($members) = @_;
    my @yes = grep { ($wanted{$_} || '') eq 'y' } keys %$members;
    die "conflicting answers!" if @yes > 1 && $variant eq 'strict-choice';
    return @yes ? $members->{ $yes[-1] } : '';
}

sub answerAll {
    my $make = "make -C $ENV{'SRC'} O=$buildRoot config SHELL=bash ARCH=$ENV{'ARCH'}"
        . " CC=$ENV{'CC'} HOSTCC=$ENV{'HOSTCC'} HOSTCXX=$ENV{'HOSTCXX'} $ENV{'MAKE_FLAGS'}";
    my $pid = open2(my $questions, my $answers, $make);

    my ($line, $previous, %members) = ('', '');
    while (read $questions, my $character, 1) {
        $line .= $character;

        if ($character eq "\n") {
            print STDERR "GOT: $line" if $debug;
            if ($line =~ /^\s*>?\s*(\d+)\.\s.*?\((\w+)\)(?: \(NEW\))?\s*$/) {
                $members{$2} = $1;
            } else {
                %members = ();
            }
            $line = '';
            next;
        }

        next unless $line =~ s/###$//;
        if ($line =~ /^(.*) \((\w+)\) \[(.*)\]/) {
            my ($prompt, $name, $alternatives) = ($1, $2, $3);
            my $answer = answerTo($name, $alternatives);
            print STDERR "QUESTION: $prompt, NAME: $name, ALTS: $alternatives, ANSWER: $answer\n" if $debug;
            syswrite $answers, "$answer\n";
            die "repeated question: $prompt" if $previous eq "$name $prompt";
            $previous = "$name $prompt";
        } elsif ($line =~ /choice\[(.*)\]: $/) {
            my $range  = $1;
            my $answer = chosenOf(\%members);
            print STDERR "CHOICE: $range, ANSWER: $answer\n" if $debug;
            syswrite $answers, "$answer\n" if $range =~ /-/;
        } else {
            warn "don't know how to answer this question: $line\n" unless $line =~ / \[.*\] $/;
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
        if ($line =~ /^CONFIG_(\w+)="(.*)"$/) {
            my ($name, $text) = ($1, $2);
            $text =~ s/\\([\\"])/$1/g;
            $result{$name} = $text;
        } elsif ($line =~ /^CONFIG_(\w+)=(.*)$/) {
            $result{$1} = $2;
        } elsif ($line =~ /^# CONFIG_(\w+) is not set$/) {
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
        if (!$required{$name} || $ignoreErrors || $clamped{$name}) {
            warn "warning: $complaint";
        } elsif ($variant eq 'first-error') {
            die "error: $complaint";
        } else {
            warn "error: $complaint";
            $status = 255;
        }
    }
    return $status;
}

readRequest();
# The second pass meets the questions that only the answers of the first made visible.
answerAll();
answerAll();
exit judge(readResult());
