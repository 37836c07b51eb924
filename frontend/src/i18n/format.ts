// Times are Brussels times on a 24-hour clock whatever the device believes; tables read 14:32:07,
// sentences read as each language writes them.
import type { Language } from '../api/wire';
import { language, t } from './index';

const ZONE = 'Europe/Brussels';

const parts = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

type Time = string | number | Date;
type Pieces = Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', string>;

function millis(time: Time): number {
  if (typeof time === 'number') return time;
  return typeof time === 'string' ? Date.parse(time) : time.getTime();
}

/** Formatting costs a tenth of a millisecond, and a console says the same hundred moments anew each second. */
const known = new Map<number, Pieces>();
const KNOWN_MOST = 1_000;

function pieces(time: Time): Pieces {
  const second = Math.floor(millis(time) / 1000);
  let found = known.get(second);
  if (!found) {
    if (known.size >= KNOWN_MOST) known.clear();
    const told = parts.formatToParts(second * 1000).map((part) => [part.type, part.value]);
    found = Object.fromEntries(told) as Pieces;
    known.set(second, found);
  }
  return found;
}

/** 14:32:07, with CET or CEST only in the hour that occurs twice. */
export function clock(time: Time): string {
  const { hour, minute, second } = pieces(time);
  return `${hour}:${minute}:${second}${repeatedHourSuffix(time)}`;
}

/** 14:32 */
export function shortClock(time: Time): string {
  const { hour, minute } = pieces(time);
  return `${hour}:${minute}${repeatedHourSuffix(time)}`;
}

/** 2026-10-03 */
export function date(time: Time): string {
  const { year, month, day } = pieces(time);
  return `${year}-${month}-${day}`;
}

/** Today's times need no date; older ones carry it, or yesterday's would read as now. */
export function moment(time: Time, now: Time): string {
  return date(time) === date(now) ? clock(time) : `${date(time)} ${clock(time)}`;
}

/** In a sentence: 14 h 32, 14.32 uur, 14:32. */
export function prose(time: Time, wanted: Language = language()): string {
  const { hour, minute } = pieces(time);
  const suffix = repeatedHourSuffix(time);
  if (wanted === 'fr') return `${hour}\u00a0h\u00a0${minute}${suffix}`;
  if (wanted === 'nl') return `${hour}.${minute}\u00a0uur${suffix}`;
  return `${hour}:${minute}${suffix}`;
}

const HOUR = 3_600_000;

function repeatedHourSuffix(time: Time): string {
  const at = millis(time);
  const here = pieces(at);
  const same = (other: number) => {
    const there = pieces(other);
    return there.hour === here.hour && there.day === here.day;
  };
  if (same(at + HOUR)) return ' CEST';
  return same(at - HOUR) ? ' CET' : '';
}

/** 7 min, 45 s: for ages and journey times; rounded so that it never promises less than it is. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 90) return t('common:span.seconds', { n: whole });
  const minutes = Math.round(whole / 60);
  if (minutes < 120) return t('common:span.minutes', { n: minutes });
  return t('common:span.hours', { n: Math.floor(minutes / 60), m: minutes % 60 });
}

/** Journey times in whole minutes, upwards. */
export function minutes(seconds: number): number {
  return Math.max(0, Math.ceil(seconds / 60));
}

/** A countdown: 4:05, or −0:12 once past. */
export function countdown(ms: number): string {
  const total = Math.ceil(ms / 1000);
  const size = Math.abs(total);
  return `${total < 0 ? '−' : ''}${Math.floor(size / 60)}:${String(size % 60).padStart(2, '0')}`;
}
