# The text of the answering script, in the variants that are in use. Each is a script of its own, as in nixpkgs and its forks:
# whoever wants to know how a kernel's questions are answered has to read the script of its derivation.
let
  text = builtins.readFile ./generate-config.pl;

  replace =
    old: new: text:
    let
      changed = builtins.replaceStrings [ old ] [ new ] text;
    in
    if changed == text then throw "generate-config.pl has no `${old}'" else changed;

  # What ALTS offers instead of an answer. Where ALTS is the present value of an int, hex or string, that is mostly the answer.
  nearestTo = ''
    sub nearestTo {
        my ($name, $answer, $alternatives) = @_;
        return $answer if $answer eq "" || $answer =~ /[^YyMmNn]/;
        my %offered = map { lc($_) => 1 } grep { $_ ne '?' } split m{/}, $alternatives;
        return $answer if $offered{ lc $answer };
        my ($nearest) = grep { $offered{$_} } lc($answer) eq 'm' ? qw(m y n) : qw(y m n);
        return $answer if !defined $nearest;
        warn "clamped $name: '$answer' is not offered by [$alternatives], using '$nearest'\n";
        $clamped{$name} = 1;
        return $nearest;
    }

  '';

  strict-choice = replace "return @yes ?" ''
    die "conflicting answers!" if @yes > 1;
        return @yes ?'' text;

  # make takes an empty answer for the default, so these options are set in the finished .config.
  emptyTexts = ''
    sub emptyTexts {
        my %empty = map { $_ => 1 } grep { $wanted{$_} eq "" } keys %wanted;
        return if !%empty;
        local @ARGV = ("$buildRoot/.config");
        local $^I   = "";
        while (my $line = <>) {
            $line = qq(CONFIG_$1=""\n) if $line =~ /^CONFIG_(\w+)=/ && $empty{$1};
            print $line;
        }
    }

  '';
in
{
  # nixpkgs since 2019: every error of the end is listed.
  all = text;

  # nixpkgs before: the first error ends it.
  first-error = replace ''warn "error: '' ''die "error: '' text;

  # nixpkgs since June 2026: two members of one choice at `y` end it.
  inherit strict-choice;

  # nixpkgs later in 2026: besides, a line without a value stands for an empty text.
  emptying =
    replace "(\\?)?\\s+(\\S.*?)\\s*$" "(\\?)?(?:\\s+(\\S.*?))?\\s*$" (
      replace "$wanted{$1}   = $3;" "$wanted{$1}   = $3 // '';" (
        replace "exit judge" "emptyTexts();\nexit judge" (
          replace "sub readResult" "${emptyTexts}sub readResult" strict-choice
        )
      )
    );

  # A fork: a letter that is not offered is replaced by one that is, and the end only warns about it.
  clamping =
    replace "my (%wanted, %required);" "my (%wanted, %required, %clamped);" (
      replace "return $answer;" "return nearestTo($name, $answer, $alternatives);" (
        replace "# Which member of a choice" "${nearestTo}# Which member of a choice" (
          replace "!$ignoreErrors)" "!$ignoreErrors && !$clamped{$name})" text
        )
      )
    );
}
