// Gladly's limits on reports through its API: 10 a minute and 2 at once for each organisation.

import { describe, expect, test } from 'vitest';
import { type Admission, GLADLY_LIMITS, limitApi } from '../../analytics/http/apiLimit.ts';

function limiter(limits = GLADLY_LIMITS) {
  let seconds = 0;
  const admit = limitApi(limits, () => new Date(seconds * 1000));
  return {
    at: (second: number) => {
      seconds = second;
    },
    admit: (organisation = 'acme') => admit(organisation),
  };
}

function end(admission: Admission): void {
  if (!admission.ok) throw new Error(admission.detail);
  admission.end();
}

describe('at once', () => {
  test('two download, and a third once one of them has ended', () => {
    const { admit } = limiter();
    const first = admit();
    const second = admit();
    expect([first, second]).toMatchObject([
      { ok: true, remaining: 1 },
      { ok: true, remaining: 0 },
    ]);
    expect(admit()).toEqual({
      ok: false,
      detail: 'Cannot begin another report: your organisation may download 2 at once',
      retryAfterSeconds: 5,
    });
    end(second);
    expect(admit()).toMatchObject({ ok: true });
  });

  test('a download that ends twice makes room for one', () => {
    const { admit } = limiter();
    const first = admit();
    admit();
    end(first);
    end(first);
    expect(admit().ok).toBe(true);
    expect(admit().ok).toBe(false);
  });

  test('a download of another minute still counts', () => {
    const { admit, at } = limiter();
    const first = admit();
    admit();
    at(600);
    expect(admit().ok).toBe(false);
    end(first);
    expect(admit()).toMatchObject({ ok: true, remaining: 0 });
  });
});

describe('in a minute', () => {
  test('ten begin, and the next as soon as the first is a minute old', () => {
    const { admit, at } = limiter();
    for (let second = 0; second < 10; second += 1) {
      at(second);
      end(admit());
    }
    at(10);
    expect(admit()).toEqual({
      ok: false,
      detail: 'Cannot begin another report: your organisation may begin 10 a minute',
      retryAfterSeconds: 50,
    });
    at(59.5);
    expect(admit()).toMatchObject({ ok: false, retryAfterSeconds: 1 });
    at(60);
    end(admit());
    expect(admit()).toMatchObject({ ok: false, retryAfterSeconds: 1 });
  });

  test('what was refused does not count', () => {
    const { admit, at } = limiter({ perMinute: 1, atOnce: 1 });
    end(admit());
    for (let second = 1; second < 60; second += 1) {
      at(second);
      expect(admit().ok).toBe(false);
    }
    at(60);
    expect(admit().ok).toBe(true);
  });

  test('how many remain is what the narrower limit leaves', () => {
    const { admit } = limiter({ perMinute: 3, atOnce: 2 });
    const remaining = [1, 2, 3].map(() => {
      const admission = admit();
      end(admission);
      return admission;
    });
    expect(remaining).toMatchObject([{ remaining: 1 }, { remaining: 1 }, { remaining: 0 }]);
  });
});

test('one organisation’s downloads are nothing to another', () => {
  const { admit } = limiter();
  admit('acme');
  admit('acme');
  expect(admit('acme').ok).toBe(false);
  expect(admit('globex')).toMatchObject({ ok: true, remaining: 1 });
});
