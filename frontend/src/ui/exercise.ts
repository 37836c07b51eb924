// Whether this page was served as an exercise. The server's template decides, before any script runs;
// scripts only follow, and a feed that says otherwise shuts the page (state/world).
import { t } from '../i18n';

const CODE = /-exercise-\d+$/;

export function inExercise(page: Document = document): boolean {
  return page.documentElement.classList.contains('exercise');
}

/** A region's code says it by itself: see the feed's protocol. */
export function isExercise(region: string | null): boolean {
  return region !== null && CODE.test(region);
}

/** The region whose ground an exercise is drawn on; a real one's is its own. */
export function originOf(region: string): string {
  return region.replace(CODE, '');
}

/** A document's title, which is all a tab or a taskbar shows. */
export function titled(text: string): string {
  return inExercise() ? `${t('common:exercise')} · ${text}` : text;
}

/** What stands where a telephone number would. */
export function noPhone(): string {
  return t(inExercise() ? 'common:rehearsal.no_phone' : 'common:not_established');
}
