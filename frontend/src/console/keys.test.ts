import { describe, expect, it } from 'vitest';
import { anywhereCommand, listCommand } from './keys';

const press = (key: string, more: Partial<KeyboardEvent> = {}) => ({
  key,
  ctrlKey: false,
  shiftKey: false,
  altKey: false,
  metaKey: false,
  ...more,
});

describe('keys in the list', () => {
  it.each([
    ['ArrowDown', { do: 'move', by: 1 }],
    ['ArrowUp', { do: 'move', by: -1 }],
    ['2', { do: 'arm', choice: 2 }],
    ['Enter', { do: 'commit' }],
    ['m', { do: 'keep' }],
    ['M', { do: 'keep' }],
    ['a', { do: 'all' }],
    [' ', { do: 'tick' }],
    ['k', { do: 'acknowledge' }],
    ['?', { do: 'help' }],
  ])('%s', (key, command) => {
    expect(listCommand(press(key), true, true)).toEqual(command);
  });

  it('Shift+Enter reviews, Ctrl+Z undoes', () => {
    expect(listCommand(press('Enter', { shiftKey: true }), true, true)).toEqual({ do: 'review' });
    expect(listCommand(press('z', { ctrlKey: true }), true, true)).toEqual({ do: 'undo' });
  });

  it('a fourth option does not exist', () => {
    expect(listCommand(press('4'), true, true)).toBeNull();
  });

  it('Enter and Space belong to the button that has the focus', () => {
    expect(listCommand(press('Enter'), false, true)).toBeNull();
    expect(listCommand(press(' '), false, true)).toBeNull();
  });

  it('letters and digits can be switched off, the rest not', () => {
    for (const key of ['1', 'm', 'a', 'k', '?'])
      expect(listCommand(press(key), true, false)).toBeNull();
    expect(listCommand(press('ArrowDown'), true, false)).toEqual({ do: 'move', by: 1 });
  });

  it('browser and screen-reader combinations are left alone', () => {
    expect(listCommand(press('m', { altKey: true }), true, true)).toBeNull();
    expect(listCommand(press('a', { ctrlKey: true }), true, true)).toBeNull();
  });
});

describe('keys anywhere', () => {
  it('function keys and Ctrl+K only', () => {
    expect(anywhereCommand(press('F6'))).toEqual({ do: 'region', by: 1 });
    expect(anywhereCommand(press('F6', { shiftKey: true }))).toEqual({ do: 'region', by: -1 });
    expect(anywhereCommand(press('F8'))).toEqual({ do: 'newest' });
    expect(anywhereCommand(press('k', { ctrlKey: true }))).toEqual({ do: 'palette' });
    for (const key of ['k', 'm', '1', '?', 'Enter']) expect(anywhereCommand(press(key))).toBeNull();
  });
});
