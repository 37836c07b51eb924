import { afterEach, expect, it } from 'vitest';
import { inExercise, isExercise, originOf, titled } from './exercise';

afterEach(() => {
  document.documentElement.className = '';
});

it('a page is an exercise when the server made it one', () => {
  expect(inExercise()).toBe(false);
  document.documentElement.className = 'application console exercise';
  expect(inExercise()).toBe(true);
});

it('the title of an exercise begins with the word, a real one is left alone', () => {
  expect(titled('Console')).toBe('Console');
  document.documentElement.className = 'exercise';
  expect(titled('Console')).toMatch(/^\S+ · Console$/);
});

it('a region says by its code whether it is an exercise', () => {
  expect(['brussels-exercise-1', 'namur-exercise-12'].every(isExercise)).toBe(true);
  expect(['brussels', 'exercise-1-brussels', null].some(isExercise)).toBe(false);
  expect(['brussels', 'brussels-exercise-2'].map(originOf)).toEqual(['brussels', 'brussels']);
});
