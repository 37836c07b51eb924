// What is being written down of a place with many casualties; kept while the map is asked where it is.
import type { Urgency } from '../../api/wire';
import { asText } from './casualties';

const blank = (): Record<Urgency, string> => ({ vital: '', urgent: '', routine: '' });
const noNeeds = (): Record<Urgency, string[]> => ({ vital: [], urgent: [], routine: [] });

export class SceneDraft {
  place = $state('');
  where = $state('');
  counts = $state(blank());
  needs = $state(noNeeds());
  /** the map has been asked for a point, and lies open for it */
  picking = $state(false);

  pick(point: { lat: number; lon: number } | null): void {
    if (point) this.where = asText(point);
    this.picking = false;
  }

  clear(): void {
    this.place = '';
    this.where = '';
    this.counts = blank();
    this.needs = noNeeds();
    this.picking = false;
  }
}
