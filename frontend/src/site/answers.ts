// The answers of each question, each with the glyph and the word it wears everywhere else.
import type { BaseGate, IntakeGate, WalkInGate } from '../api/wire';
import { gateTone, type Tone } from '../ui/status';
import { BASE_GATES, INTAKE_GATES, INTAKES, type Intake, WALK_IN_GATES } from './draft';

type Answer<V> = { value: V; tone: Tone; word: string };

export const intakeAnswers: readonly Answer<Intake>[] = INTAKES.map((value) => ({
  value,
  tone: value === 'suspected' ? 'unknown' : gateTone(value),
  word: `site:intake.${value}`,
}));

export const smurAnswers: readonly Answer<IntakeGate>[] = INTAKE_GATES.map((value) => ({
  value,
  tone: gateTone(value),
  word: `site:smur.${value}`,
}));

export const baseAnswers: readonly Answer<BaseGate>[] = BASE_GATES.map((value) => ({
  value,
  tone: gateTone(value),
  word: `site:base.${value}`,
}));

export const walkInAnswers: readonly Answer<WalkInGate>[] = WALK_IN_GATES.map((value) => ({
  value,
  tone: gateTone(value),
  word: `site:walk_ins.${value}`,
}));
