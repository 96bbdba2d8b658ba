import type { KconfigCase } from './case.ts';

/** Trees whose macros print what they are: read once. */
function macros(name: string, kconfig: string, more: Partial<KconfigCase> = {}): KconfigCase {
  return { name, kconfig, requests: [{ mode: 'allnoconfig' }, { mode: 'alldefconfig' }], ...more };
}

/** The macro language: what the kernel's tests/preprocess are about. */
export const MACROS: KconfigCase[] = [
  macros(
    'simple and recursive variables',
    `A := first
B = $(A) and later $(C)
D := $(B)
C := come
A := second
$(info,$(B))
$(info,$(D))
A += third
E += alone
$(info,$(A)|$(E)|$(C))
B += more $(C)
$(info,$(B))
UNDEFINED_ONE = $(nobody)
$(info,[$(UNDEFINED_ONE)])
config X
	string "X"
	default "$(B)"
`,
  ),
  macros(
    'blanks and commas in arguments',
    `f = <$(1)|$(2)|$(3)|$(0)>
$(info,$(f,a,b,c))
$(info,$(f, a , b ,c ))
$(info,$(f,(a,b),c))
$(info,$(f,))
$(info,$(f,a))
comma := ,
$(info,$(f,a$(comma)b))
empty :=
space := $(empty) $(empty)
$(info,[$(space)])
open := (
$(info,$(open))
`,
  ),
  macros(
    'functions within functions and indirect names',
    `greet = Hello, $(1)!
twice = $(1) $(1)
$(info,$(twice,$(greet,you)))
name := greet
$(info,$($(name),World))
which = $(g$(1)et,there)
$(info,$(which,re))
lower = $(shell,echo $(1) | tr A-Z a-z)
$(info,$(lower,LOUD))
`,
  ),
  macros(
    'built-in functions',
    `$(info,$(filename):$(lineno))
$(warning-if,n,not said)
$(warning-if,y,said on $(lineno))
$(warning-if,,nothing)
$(error-if,n,not fatal)
$(info,$(shell,echo one; echo two; echo; echo three; echo; echo))
$(info,[$(shell,true)][$(shell,false)][$(shell,printf 'a\\n\\n')])
$(info,$(shell,printf '%5000s' x | wc -c))
$(info,$(shell,printf '%5000s' x))
source "Kconfig.other"
$(info,$(filename):$(lineno))
`,
    { files: { 'Kconfig.other': '\n$(info,$(filename):$(lineno))\n$(warning-if,y,from elsewhere)\n' } },
  ),
  macros('too few arguments', '$(info,before)\n$(error-if,y)\n'),
  macros('too many arguments', '\n$(info,a,b)\n'),
  macros('an error that ends it', 'config A\n\tbool "A"\n$(info,before)\n$(error-if,y,stop here)\n$(info,never)\n'),
  macros('a variable that contains itself', 'A = $(B)\nB = $(A)\n$(info,$(A))\n'),
  macros('a variable that appends itself', 'A = x $(A)\n\n$(info,$(A))\n'),
  macros('a function that calls itself', 'f = $(f,$(1))\n$(info,$(f,x))\n'),
  macros('a function that calls itself and ends', 'f = $(if_$(1),x)\nif_y = done $(1)\n$(info,$(f,y))\n'),
  macros('a reference that does not end', '$(info,$(A\n'),
  macros('dollars', '$(info,$A $ $(dollar))\nconfig X\n\tstring "costs 5$"\n\tdefault "$ $X"\n'),
  macros(
    'a comment after an assignment belongs to it',
    'A := x # not a remark\n$(info,[$(A)])\nB = y\\#z\n$(info,[$(B)])\n',
  ),
  macros('an assignment over several lines', 'A := one \\\n\ttwo \\\nthree\n$(info,[$(A)])\n'),
  macros('a macro as a whole statement', 'A := config\nB := bool\n$(A) X\n\t$(B) "X"\n\tdefault $(C)\nC := y\n'),
  macros(
    'macros in expressions, prompts, sources and names',
    'T := y\nN := NAME\nF := Kconfig.other\nconfig $(N)_X\n\tbool "Prompt $(N)"\n\tdefault $(T) if $(T)\n\tdepends on $(T) || $(N)_Y\nconfig I\n\tint\n\tdefault $(shell,echo 5)\n\trange 1 $(shell,echo 9)\nsource "$(F)"\n',
    { files: { 'Kconfig.other': 'config OTHER\n\tstring\n\tdefault "$(N)"\n' } },
  ),
  macros(
    'an expansion that is several words',
    'W := A && B\nconfig A\n\tdef_bool y\nconfig B\n\tdef_bool y\nconfig C\n\tbool\n\tdefault y if $(W)\nconfig D\n\tstring\n\tdefault "$(W)"\n',
  ),
  macros(
    'variables of the environment',
    '$(info,$(FROM_OUTSIDE)|$(srctree_is_not_this)|$(EMPTY_OUTSIDE))\nFROM_OUTSIDE := own\n$(info,$(FROM_OUTSIDE))\nconfig X\n\tstring\n\tdefault "$(FROM_OUTSIDE)"\n',
    { environment: { FROM_OUTSIDE: 'outside', EMPTY_OUTSIDE: '' } },
  ),
  macros('appending to a variable of the environment', 'FROM_OUTSIDE += more\n$(info,$(FROM_OUTSIDE))\n', {
    environment: { FROM_OUTSIDE: 'outside' },
  }),
  macros('assignments that are none', 'A : = x\n'),
  macros('an assignment within a config', 'config X\n\tbool "X"\n\tA := x\n\tdefault y\n'),
  macros('a name made of a macro', 'A := B\n$(A) := value\n$(info,$(B))\n$(A)_C = other\n$(info,$(B_C))\n'),
];
