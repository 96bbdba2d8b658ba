/** Kernel facts as the recording script writes them, of trees in a test. */
import { gzipSync } from 'node:zlib';
import { FACTS_FORMAT } from '../../src/kernel/kernelFacts.ts';

/** The text of nixpkgs' answering script as far as it is told by. */
export const LISTING_SCRIPT = `
my %answers;
open ANSWERS, "<$ENV{KERNEL_CONFIG}" or die "Could not open answer file";
sub runConfig {
    my $pid = open2(\\*IN, \\*OUT, "make -C $ENV{SRC} O=$buildRoot config SHELL=bash ARCH=$ENV{ARCH} $makeFlags");
            if ($line =~ /x/) {
                $choices{$2} = $1;
            } else {
                %choices = ();
            }
        elsif ($line =~ /###$/) {
                $answer = "m" if $autoModules;
                die "repeated question: $question" if $prevQuestion;
            elsif ($line =~ /choice\\[(.*)\\]: ###$/) {
                warn "don't know how to answer this question: $line\\n";
}
runConfig;
runConfig;
    &$f("unused option: $name\\n") unless defined $config{$name};
    &$f("option not set correctly: $name (wanted '$answers{$name}', got '$config{$name}')\\n")
`;

type Given = {
  files: Record<string, string>;
  script?: string;
  baseConfig?: string;
  answers?: Record<string, string>;
  environment?: Record<string, string>;
  settings?: Record<string, string>;
};

export function record(kind: string, name: string, value: string): Buffer {
  const [a, b] = [Buffer.from(name), Buffer.from(value)];
  return Buffer.concat([Buffer.from(`${kind} ${a.length} ${b.length}\n`), a, b, Buffer.from('\n')]);
}

export function factsBytes({
  files,
  script = LISTING_SCRIPT,
  baseConfig = '',
  answers = {},
  environment = {},
  settings = { AUTO_MODULES: '1', PREFER_BUILTIN: '1', ignoreConfigErrors: '' },
}: Given): Buffer {
  const many = (kind: string, all: Record<string, string>): Buffer[] =>
    Object.entries(all).map(([name, value]) => record(kind, name, value));
  const records = [
    record('script', '', script),
    record('base', '', baseConfig),
    ...many('setting', settings),
    ...many('environment', environment),
    ...many('answer', answers),
    ...many('file', files),
    record('end', '', ''),
  ];
  return Buffer.concat([Buffer.from(`falloutd kernel facts ${FACTS_FORMAT}\n\n`), gzipSync(Buffer.concat(records))]);
}
