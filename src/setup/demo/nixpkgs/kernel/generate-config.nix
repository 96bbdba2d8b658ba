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
in
{
  # nixpkgs since 2019: every error of the end is listed.
  all = text;

  # nixpkgs before: the first error ends it.
  first-error = replace ''warn "error: '' ''die "error: '' text;

  # nixpkgs since June 2026: two members of one choice at `y` end it.
  strict-choice = replace "return @yes ?" ''
    die "conflicting answers!" if @yes > 1;
        return @yes ?'' text;

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
