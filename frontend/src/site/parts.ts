// What is needed once a month is fetched once the page lives, not before its first button: the declaration must not
// wait for it, and once fetched it is there without a network.
export const parts = {
  reopen: () => import('./Reopen.svelte'),
  campuses: () => import('./Campuses.svelte'),
  history: () => import('./History.svelte'),
  quarantine: () => import('./Quarantine.svelte'),
} as const;

/** Fetches what this person may need later; a failure is told where the part is wanted. */
export function prefetch(): void {
  const wait: (work: () => void) => void =
    typeof requestIdleCallback === 'function'
      ? requestIdleCallback
      : (work) => setTimeout(work, 1_000);
  wait(() => {
    for (const part of Object.values(parts)) void part().catch(() => undefined);
  });
}
