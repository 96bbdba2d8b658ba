# falloutd's script in place of nixpkgs' answering script: it asks nothing, and records what the Kconfig engine has to know of
# this kernel (kernelFacts.ts). The result is a text header and a compressed list of records: "KIND LENGTH LENGTH", a
# newline, a name and a value of those lengths, a newline.
use strict;
use warnings;
use File::Find;

my $format    = 1;
my $buildRoot = $ENV{BUILD_ROOT} // '.';
my $source    = $ENV{SRC}        // '.';
my $kconfig   = "$source/scripts/kconfig";
my $recorded  = "$ENV{PWD}/.falloutd-recorded";

sub content {
    my ($path) = @_;
    open(my $file, '<:raw', $path) or die "falloutd: cannot read $path: $!\n";
    local $/;
    return <$file> // '';
}

# kconfig's do_shell and its start record what they see. Since Linux 4.18 all answers of a shell go through do_shell.
sub addRecorder {
    my $path = "$kconfig/preprocess.c";
    my $text = content($path);
    my $recorder = <<'C';
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
extern char **environ;
static void falloutd_record(const char *kind, const char *name, size_t length, const char *value)
{
	const char *path = getenv("FALLOUTD_RECORD");
	FILE *file = path ? fopen(path, "a") : NULL;

	if (!file)
		return;
	fprintf(file, "%s %zu %zu\n", kind, length, strlen(value));
	fwrite(name, 1, length, file);
	fprintf(file, "%s\n", value);
	fclose(file);
}
__attribute__((constructor)) static void falloutd_record_environment(void)
{
	char **each;

	for (each = environ; *each; each++) {
		const char *value = strchr(*each, '=');

		if (value && strncmp(*each, "FALLOUTD_", 9))
			falloutd_record("environment", *each, value - *each, value + 1);
	}
}
C
    my $hooked = $text =~ s/^(static char \*do_shell\(.*?)(\treturn xstrdup\(buf\);)/$1\tfalloutd_record("answer", cmd, strlen(cmd), buf);\n\n$2/ms;
    die "falloutd: $path has no do_shell that could be recorded\n" unless $hooked;
    # It may be a link to the source itself.
    unlink $path;
    open(my $file, '>:raw', $path) or die "falloutd: cannot write $path: $!\n";
    print $file $recorder, $text;
    close $file or die "falloutd: cannot write $path: $!\n";
}

# The command by which the answering script starts conf, with another target.
sub confCommand {
    my ($script) = @_;
    my ($text) = $script =~ /("make -C [^"]*"(?:\s*\.\s*"[^"]*")*)/ or die "falloutd: the answering script does not say how it starts conf\n";
    my $command = join '', $text =~ /"([^"]*)"/g;
    my %variable = (buildRoot => $buildRoot, makeFlags => $ENV{MAKE_FLAGS} // '');
    $command =~ s{\$ENV\{'?(\w+)'?\}}{$ENV{$1} // ''}ge;
    $command =~ s{\$(\w+)}{$variable{$1} // die "falloutd: the answering script starts conf with an unknown \$$1\n"}ge;
    $command =~ s/ config / listnewconfig / or die "falloutd: the answering script does not run make config\n";
    return $command;
}

sub runConf {
    my ($script) = @_;
    my $command = confCommand($script);
    local $ENV{FALLOUTD_RECORD} = $recorded;
    unlink $recorded;
    my $said = `$command 2>&1`;
    die "$said\nfalloutd: conf failed\n" if $? != 0;
    die "$said\nfalloutd: conf recorded nothing\n" unless -s $recorded;
}

sub record {
    my ($out, $kind, $name, $value) = @_;
    print $out "$kind " . length($name) . ' ' . length($value) . "\n$name$value\n";
}

# The files of the tree that say what there is to configure and to build.
sub treeFiles {
    my @found;
    my $wanted = sub {
        return if $File::Find::name eq $source;
        my $path = substr($File::Find::name, length($source) + 1);
        if (-d $_) {
            $File::Find::prune = 1 if $path =~ m{^(?:\.git|tools|build|scripts/kconfig/tests)$};
            return;
        }
        return unless -f $_;
        push @found, $path if /^(?:Kconfig|Makefile|Kbuild)|\.Kconfig$|Platform$/ || $path =~ m{^scripts/kconfig/(?:lexer\.l|parser\.y|util\.c)$};
    };
    find({ wanted => $wanted, no_chdir => 0 }, $source);
    return sort @found;
}

# The lines by which modules say what they are loaded for.
sub moduleAliases {
    open(my $grep, '-|', 'grep', '-rE', '--include=*.c', '^[[:space:]]*MODULE_(ALIAS|DEVICE_TABLE)[A-Z0-9_]*[[:space:]]*\(', $source) or return '';
    local $/;
    my $lines = <$grep> // '';
    close $grep;
    return join '', sort map { "$_\n" } split /\n/, $lines;
}

my $base   = content("$buildRoot/.config");
my $script = content($ENV{falloutdScript} // die "falloutd: the name of the answering script is missing\n");
my @files  = treeFiles();
my %text   = map { $_ => content("$source/$_") } @files;
# A kconfig of before Linux 4.18 has no macros: it asks no shell, and reads nothing of its environment.
my $hasMacros = -e "$kconfig/preprocess.c";
if ($hasMacros) {
    addRecorder();
    runConf($script);
}

# nixpkgs looks into the result for what the toolchain came to; without these lines it would refuse this one.
my $header = "falloutd kernel facts $format\n" . join('', map { "$_\n" } $base =~ /^(CONFIG_(?:CC_IS|LD_IS|RUST_IS)_\w+=y)$/mg) . "\n";
my $result = "$buildRoot/.config";
unlink $result;
open(my $head, '>:raw', $result) or die "falloutd: cannot write $result: $!\n";
print $head $header;
close $head;
open(my $out, '|-', "gzip -n >>'$result'") or die "falloutd: gzip cannot be started: $!\n";
binmode $out;
record($out, 'script', '', $script);
record($out, 'base', '', $base);
record($out, 'setting', $_, $ENV{$_} // '') for qw(AUTO_MODULES PREFER_BUILTIN ignoreConfigErrors);
print $out content($recorded) if $hasMacros;
record($out, 'file', $_, $text{$_}) for @files;
record($out, 'aliases', '', moduleAliases());
record($out, 'end', '', '');
close $out or die "falloutd: the facts could not be written\n";
