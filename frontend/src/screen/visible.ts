// A card counts as seen when most of it has stood on a visible screen for a moment, not when it was
// merely drawn somewhere below the edge.
export const SEEN_AFTER_MS = 1_000;

export function visible(node: HTMLElement, onseen: () => void): { destroy: () => void } {
  let timer: ReturnType<typeof setInterval> | null = null;
  let shown = false;
  const observer = new IntersectionObserver(
    (entries) => {
      shown = entries.at(-1)?.isIntersecting ?? false;
    },
    { threshold: 0.6 },
  );
  observer.observe(node);
  // Repeats while it stays visible: whoever listens sends once, and again only after a failure.
  timer = setInterval(() => {
    if (shown && document.visibilityState === 'visible') onseen();
  }, SEEN_AFTER_MS);
  return {
    destroy() {
      observer.disconnect();
      if (timer) clearInterval(timer);
    },
  };
}
