import { expect, test } from 'vitest';
import { Random } from '../../../src/kconfig/conf/glibcRandom.ts';

// The numbers that a C program linked with glibc printed for srand(SEED) and six calls of rand().
test.each([
  [1, [1804289383, 846930886, 1681692777, 1714636915, 1957747793, 424238335]],
  [0, [1804289383, 846930886, 1681692777, 1714636915, 1957747793, 424238335]],
  [42, [71876166, 708592740, 1483128881, 907283241, 442951012, 537146758]],
])('srand(%i)', (seed, numbers) => {
  const random = new Random(seed);
  expect(numbers.map(() => random.next())).toEqual(numbers);
});
