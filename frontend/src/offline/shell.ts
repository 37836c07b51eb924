// Asks the worker to keep this page for a day without a network, and to forget it at sign-out.
// A browser without workers, or a page without TLS, simply does not have that day.

export async function keepShell(): Promise<void> {
  const workers = supported();
  if (!workers) return;
  try {
    await register(workers);
    // The worker has seen no navigation of a page that was there before it: it is told.
    if (!workers.controller) (await workers.ready).active?.postMessage({ keep: location.pathname });
  } catch {
    // A network that fails between page and worker: the next opening tries again.
  }
}

export async function forgetShell(): Promise<void> {
  const found = await supported()?.getRegistration('/');
  found?.active?.postMessage('forget');
}

export function register(workers: ServiceWorkerContainer): Promise<ServiceWorkerRegistration> {
  return workers.register('/sw.js', { scope: '/', updateViaCache: 'none' });
}

export function supported(): ServiceWorkerContainer | null {
  return window.isSecureContext && 'serviceWorker' in navigator ? navigator.serviceWorker : null;
}
