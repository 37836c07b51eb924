// One sentence per alarm, the same for the eye and for the screen reader.
import type { Site } from '../api/wire';
import { nameIn, t, word } from '../i18n';
import { span } from '../i18n/format';
import type { Alarm } from './alarms';

export function alarmText(alarm: Alarm, sites: ReadonlyMap<string, Site>, nowMs: number): string {
  const names = alarm.siteIds.map((id) => nameOf(id, sites));
  return t(`console:alarm.${form(alarm)}`, {
    h: names.length > 0 ? listed(names) : nameOf(alarm.siteId, sites),
    v: alarm.callSign ?? t('common:unknown'),
    x:
      alarm.kind === 'crew_cannot'
        ? word('console:objection', alarm.name ?? '')
        : (alarm.name ?? ''),
    c: alarm.name ?? '',
    n: alarm.n ?? names.length,
    all: alarm.all ?? names.length,
    age: span((nowMs - alarm.since) / 1000),
  });
}

/** A line holds so many names; how many more there are is said, and all of them where they are shown. */
export function listed(names: readonly string[], most = 6): string {
  const more = names.length - most;
  return more > 0 ? `${names.slice(0, most).join(', ')} +${more}` : names.join(', ');
}

/** What several sites share is named; what one site has alone needs no such word. */
function form(alarm: Alarm): string {
  const declared = alarm.kind === 'declaration' || alarm.kind === 'colleague';
  if (declared && alarm.siteIds.length > 1) return `${alarm.kind}_shared`;
  return alarm.form ? `${alarm.kind}_${alarm.form}` : alarm.kind;
}

function nameOf(id: string | null, sites: ReadonlyMap<string, Site>): string {
  const site = id ? sites.get(id) : undefined;
  return site ? nameIn(site.short) : (id ?? '');
}
