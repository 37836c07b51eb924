// The speaker: fixed-pitch motifs with five harmonics, unlike any bedside melody. It reports
// honestly whether the browser really lets it sound; whoever uses it must show that.
import { createSubscriber } from 'svelte/reactivity';
import type { Priority } from './annunciator';
import { inExercise } from './exercise';

export type SoundState = 'unarmed' | 'running' | 'suspended' | 'unsupported';

type Motif = { pitch: number; pulses: readonly number[]; length: number; level: number };

/** Starts of the pulses in seconds: five and five, three, one. */
const MOTIFS: Record<Priority, Motif> = {
  1: {
    pitch: 587,
    pulses: [0, 0.2, 0.4, 0.7, 0.9, 1.5, 1.7, 1.9, 2.2, 2.4],
    length: 0.13,
    level: 0.5,
  },
  2: { pitch: 440, pulses: [0, 0.32, 0.64], length: 0.2, level: 0.35 },
  3: { pitch: 330, pulses: [0], length: 0.25, level: 0.25 },
};

/** Relative strength of the fundamental and its harmonics. */
const HARMONICS = new Float32Array([0, 1, 0.6, 0.45, 0.3, 0.2]);

/** Two dry ticks before every motif of an exercise, at a pitch no alarm has: nobody in the room takes it for real. */
const TICK: Omit<Motif, 'pulses'> = { pitch: 880, length: 0.04, level: 0.3 };
const TICKS = [0, 0.12];
/** The motif begins this long (seconds) after the first tick. */
const AFTER_TICKS = 0.4;

export type Note = { pitch: number; at: number; length: number; level: number };

/** What a motif sounds like, from its beginning in seconds; in an exercise ticked, and at half the loudness. */
export function score(priority: Priority, exercise: boolean): Note[] {
  const { pulses, ...motif } = MOTIFS[priority];
  if (!exercise) return pulses.map((at) => ({ ...motif, at }));
  return [
    ...TICKS.map((at) => ({ ...TICK, at })),
    ...pulses.map((at) => ({ ...motif, at: at + AFTER_TICKS, level: motif.level / 2 })),
  ];
}

class Sound {
  #context: AudioContext | null = null;
  #wave: PeriodicWave | null = null;
  readonly #changed = new EventTarget();
  readonly #subscribe = createSubscriber((update) => {
    this.#changed.addEventListener('state', update);
    return () => this.#changed.removeEventListener('state', update);
  });

  get state(): SoundState {
    this.#subscribe();
    if (typeof AudioContext === 'undefined') return 'unsupported';
    if (!this.#context) return 'unarmed';
    return this.#context.state === 'running' ? 'running' : 'suspended';
  }

  get armed(): boolean {
    return this.state === 'running';
  }

  /** Must be called from a press or a key: browsers unlock sound only then. */
  async arm(): Promise<boolean> {
    if (typeof AudioContext === 'undefined') return false;
    this.#context ??= this.#make();
    // resume() may never settle without a gesture, so the state is what counts.
    await Promise.race([this.#context.resume().catch(() => undefined), wait(500)]);
    this.#changed.dispatchEvent(new Event('state'));
    return this.#context.state === 'running';
  }

  /** False when nothing can be heard: the caller's alarm must then be seen. */
  play(priority: Priority): boolean {
    const context = this.#context;
    if (context?.state !== 'running') return false;
    const begin = context.currentTime + 0.05;
    for (const note of score(priority, inExercise())) this.#pulse(context, note, begin + note.at);
    return true;
  }

  async test(): Promise<boolean> {
    return (await this.arm()) && this.play(2);
  }

  #make(): AudioContext {
    const context = new AudioContext();
    this.#wave = context.createPeriodicWave(new Float32Array(HARMONICS.length), HARMONICS);
    context.onstatechange = () => this.#changed.dispatchEvent(new Event('state'));
    return context;
  }

  #pulse(context: AudioContext, note: Note, at: number): void {
    const tone = context.createOscillator();
    const gain = context.createGain();
    if (this.#wave) tone.setPeriodicWave(this.#wave);
    tone.frequency.value = note.pitch;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(note.level, at + 0.015);
    gain.gain.setValueAtTime(note.level, at + Math.max(0.016, note.length - 0.03));
    gain.gain.linearRampToValueAtTime(0, at + note.length);
    tone.connect(gain).connect(context.destination);
    tone.start(at);
    tone.stop(at + note.length + 0.02);
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

export const sound = new Sound();
