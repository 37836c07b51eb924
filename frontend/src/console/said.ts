// The words for what somebody said of a hospital: the same on every card, in every dialog, and in the
// sentence that is read back over the telephone.
import type { Gates, Region, Site } from '../api/wire';
import { nameIn, t, word } from '../i18n';
import { GATES } from './cautions';
import { type Draft, gatesAt } from './declaring';

/** A gate nobody spoke of is not told. */
export function gatesSaid(gates: Partial<Gates>): string[] {
  return GATES.flatMap((gate) => {
    const value = gates[gate];
    return value === null || value === undefined
      ? []
      : [`${word('common:gate', gate)}${t('common:colon')} ${word('common:gate_value', value)}`];
  });
}

export function capabilityNames(codes: readonly string[], region: Region | null): string {
  return codes
    .map((code) => {
      const known = region?.capabilities.find((one) => one.code === code);
      return known ? nameIn(known.name) : code;
    })
    .join(', ');
}

/** Only a number that a telephone can dial becomes a link; words around it are none of its business. */
export function dialled(text: string | null): string | null {
  const found = /\+?\d[\d\s./()-]{4,}\d/.exec(text ?? '');
  return found ? found[0].replace(/[^+\d]/g, '') : null;
}

/** What the dispatcher reads out before the caller agrees to it: place by place, then the rest. */
export function readOut(
  draft: Draft,
  sites: ReadonlyMap<string, Site>,
  region: Region | null,
): string[] {
  const places = draft.siteIds.map((id) => {
    const site = sites.get(id);
    const said = gatesSaid(gatesAt(draft, id)).join(', ') || t('console:event.no_gate');
    return `${site ? nameIn(site.name) : id} — ${said}.`;
  });
  const state = t(`desk:level.${draft.level}`);
  const rest = [
    `${t('console:declare.cause')}${t('common:colon')} ${word('common:cause', draft.cause)}`,
    ...(draft.accepts.length
      ? [
          `${t('desk:declare.accepts')}${t('common:colon')} ${capabilityNames(draft.accepts, region)}`,
        ]
      : []),
    ...(draft.calledBy.trim() ? [t('console:site.called_by', { x: draft.calledBy.trim() })] : []),
    ...(draft.callBack.trim() ? [t('desk:card.call_back', { n: draft.callBack.trim() })] : []),
  ];
  return [`${state}.`, ...places, `${rest.join(', ')}.`];
}
