// One sentence per alarm, the same for the eye and for the screen reader.
import type { Site } from '../api/wire';
import { nameIn, t } from '../i18n';
import type { Alarm } from './alarms';

export function alarmText(alarm: Alarm, sites: ReadonlyMap<string, Site>): string {
  const site = alarm.siteId ? sites.get(alarm.siteId) : undefined;
  const step = alarm.told ? `_${alarm.told}` : '';
  return t(`console:alarm.${alarm.kind}${step}`, {
    h: site ? nameIn(site.short) : (alarm.siteId ?? ''),
    v: alarm.callSign ?? t('common:unknown'),
    c: alarm.name ?? '',
  });
}
