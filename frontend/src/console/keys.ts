// Which key means what: letters and digits count only inside the list and can be switched off
// (WCAG 2.1.4); function keys and Ctrl combinations work everywhere.
export type ListCommand =
  | { do: 'move'; by: 1 | -1 }
  | { do: 'edge'; to: 'first' | 'last' }
  | { do: 'arm'; choice: number }
  | { do: 'commit' }
  | { do: 'keep' }
  | { do: 'other' }
  | { do: 'tick' }
  | { do: 'all' }
  | { do: 'review' }
  | { do: 'radio' }
  | { do: 'disarm' }
  | AnywhereCommand;

export type AnywhereCommand =
  | { do: 'undo' }
  | { do: 'region'; by: 1 | -1 }
  | { do: 'newest' }
  | { do: 'palette' }
  | { do: 'acknowledge' }
  | { do: 'help' };

type Press = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'shiftKey' | 'altKey' | 'metaKey'>;

export function anywhereCommand(press: Press): AnywhereCommand | null {
  if (press.key === 'F6') return { do: 'region', by: press.shiftKey ? -1 : 1 };
  if (press.altKey || press.shiftKey) return null;
  if (press.key === 'F8') return { do: 'newest' };
  const ctrl = press.ctrlKey || press.metaKey;
  return ctrl && press.key.toLowerCase() === 'k' ? { do: 'palette' } : null;
}

/** `onRow`: the row itself has the focus, so Space and Enter are not some button's. */
export function listCommand(press: Press, onRow: boolean, letters: boolean): ListCommand | null {
  if (press.altKey) return null;
  const ctrl = press.ctrlKey || press.metaKey;
  if (ctrl) return press.key.toLowerCase() === 'z' && !press.shiftKey ? { do: 'undo' } : null;
  if (press.key === 'Enter' && press.shiftKey) return { do: 'review' };
  return (
    moving(press.key) ??
    (onRow ? acting(press.key) : null) ??
    (letters ? lettered(press.key) : null)
  );
}

function moving(key: string): ListCommand | null {
  if (key === 'ArrowDown') return { do: 'move', by: 1 };
  if (key === 'ArrowUp') return { do: 'move', by: -1 };
  if (key === 'Home') return { do: 'edge', to: 'first' };
  if (key === 'End') return { do: 'edge', to: 'last' };
  return key === 'Escape' ? { do: 'disarm' } : null;
}

function acting(key: string): ListCommand | null {
  if (key === 'Enter') return { do: 'commit' };
  return key === ' ' ? { do: 'tick' } : null;
}

function lettered(key: string): ListCommand | null {
  if (/^[1-3]$/.test(key)) return { do: 'arm', choice: Number(key) };
  const letters: Record<string, ListCommand> = {
    m: { do: 'keep' },
    o: { do: 'other' },
    a: { do: 'all' },
    r: { do: 'radio' },
    k: { do: 'acknowledge' },
    '?': { do: 'help' },
  };
  return letters[key.toLowerCase()] ?? null;
}
