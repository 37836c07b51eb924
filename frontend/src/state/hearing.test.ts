import { describe, expect, it } from 'vitest';
import type { FeedEvent } from '../api/wire';
import { Hearing } from './hearing';

const event = (id: number) => ({ id: String(id) }) as FeedEvent;

describe('hearing of events', () => {
  it('is told of each once, whether the feed or a receipt came first', () => {
    const hearing = new Hearing();
    const heard: string[] = [];
    hearing.listen((one) => heard.push(one.id));
    hearing.tell([event(1), event(2)]);
    hearing.tell([event(2), event(3)]);
    expect(heard).toEqual(['1', '2', '3']);
  });

  it('ends when it is given up', () => {
    const hearing = new Hearing();
    const heard: string[] = [];
    hearing.listen((one) => heard.push(one.id))();
    hearing.tell([event(1)]);
    expect(heard).toEqual([]);
  });

  it('still knows the recent ones after a long shift', () => {
    const hearing = new Hearing();
    let heard = 0;
    hearing.listen(() => {
      heard += 1;
    });
    const shift = Array.from({ length: 2_500 }, (_, n) => event(n));
    hearing.tell(shift);
    hearing.tell(shift.slice(-1_000));
    expect(heard).toBe(2_500);
  });
});
