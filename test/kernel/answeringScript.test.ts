import { describe, expect, it } from 'vitest';
import { recogniseScript } from '../../src/kernel/answeringScript.ts';
import { LISTING_SCRIPT } from '../helpers/facts.ts';

const LISTING = {
  moduleAnswers: 'tristates',
  unoffered: 'repeats',
  severalYes: 'one',
  forgetsMembers: true,
  unknownQuestion: 'default',
  emptyTexts: 'quotes',
};

describe('recogniseScript', () => {
  it("knows nixpkgs' script, which lists every error", () => {
    expect(recogniseScript(LISTING_SCRIPT)).toEqual(LISTING);
  });

  it('is not misled by comments', () => {
    const commented = LISTING_SCRIPT.replace(
      '} else {',
      '} else {\n   # The list has ended. %choices = (); conflicting answers!\n',
    );
    expect(recogniseScript(commented)).toEqual({ ...LISTING, severalYes: 'one' });
  });

  it('reads a command that stands there in several pieces', () => {
    const pieces = LISTING_SCRIPT.replace('config SHELL=bash', 'config"\n      . " SHELL=bash');
    expect(pieces).not.toBe(LISTING_SCRIPT);
    expect(recogniseScript(pieces)).toEqual(LISTING);
  });

  it.each([
    ['answers m wherever it reads /m', '$line =~ /x/', '$alts =~ /\\/m/', { moduleAnswers: 'anywhere' }],
    ['clamps', 'my %answers;', 'my %answers; warn "clamped $name: x";', { unoffered: 'clamps' }],
    ['ends at two members', 'my %answers;', 'my %answers; die "conflicting answers!";', { severalYes: 'ends' }],
    ['ends at an unknown question', 'warn "don\'t', 'die "don\'t', { unknownQuestion: 'ends' }],
    ['keeps the members', '%choices = ();', '', { forgetsMembers: false }],
    ['empties texts at the end', 'my %answers;', 'my %answers; local $^I = "";', { emptyTexts: 'emptied' }],
  ])('sees that a script %s', (_, from, to, changed) => {
    expect(recogniseScript(LISTING_SCRIPT.replace(from, () => to))).toEqual({ ...LISTING, ...changed });
  });

  it.each([
    ['one pass', 'runConfig;\nrunConfig;', 'runConfig;'],
    ['another way to ask', 'open2(', 'system('],
    ['another answer than m', '$answer = "m"', '$answer = "n"'],
    ['no comparison', 'unused option: ', 'x'],
  ])('does not know a script with %s', (_, from, to) => {
    expect(recogniseScript(LISTING_SCRIPT.replace(from, to))).toBeNull();
  });
});
