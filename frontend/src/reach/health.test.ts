import { beforeAll, describe, expect, it } from 'vitest';
import { at, channel, NOON } from '../console/picture.fixture';
import { setLanguage } from '../i18n';
import { healthOf, healthText, inOrder } from './health';

beforeAll(() => setLanguage('en'));

describe('the health of a channel', () => {
  it('works when its last test arrived', () => {
    expect(healthOf(channel('a'))).toBe('works');
  });

  it('is unknown until it was tested', () => {
    const fresh = { test_asked_at: null, last_test_at: null, last_test_ok: null };
    expect(healthOf(channel('a', fresh))).toBe('untested');
  });

  it('says that a test is under way until there is a result', () => {
    expect(healthOf(channel('a', { test_asked_at: at(0) }))).toBe('testing');
    expect(healthOf(channel('a', { last_test_at: null, last_test_ok: null }))).toBe('testing');
  });

  it('says that the last test did not arrive', () => {
    expect(healthOf(channel('a', { last_test_ok: false }))).toBe('test_failed');
  });

  it('fails whatever else is true of it, and says why', () => {
    const failing = channel('a', {
      failing_since: at(-60),
      last_error: 'refused 503',
      test_asked_at: at(0),
    });
    expect(healthOf(failing)).toBe('failing');
    expect(healthText(failing, NOON)).toContain('the gateway refuses, 503');
    expect(healthText(failing, NOON)).toContain('test under way');
  });

  it('shows a reason it has no word for as it was said', () => {
    const failing = channel('a', { failing_since: at(0), last_error: 'novelty' });
    expect(healthText(failing, NOON)).toContain('(novelty)');
  });

  it('lists those that fail first', () => {
    const channels = [channel('a'), channel('b', { failing_since: at(0) }), channel('c')];
    expect(inOrder(channels).map((one) => one.id)).toEqual(['b', 'a', 'c']);
  });
});
