# What a kernel symbol can be asked to be.
{
  mkIf,
  versionAtLeast,
  versionOlder,
}:
{
  yes = {
    tristate = "y";
    optional = false;
  };

  no = {
    tristate = "n";
    optional = false;
  };

  module = {
    tristate = "m";
    optional = false;
  };

  unset = {
    tristate = null;
    optional = false;
  };

  freeform = text: {
    freeform = text;
    optional = false;
  };

  option = value: value // { optional = true; };

  whenHelpers = version: {
    whenAtLeast = bound: mkIf (versionAtLeast version bound);
    whenOlder = bound: mkIf (versionOlder version bound);
    whenBetween = low: high: mkIf (versionAtLeast version low && versionOlder version high);
  };
}
