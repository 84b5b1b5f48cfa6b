import { expect } from 'chai';
import fc from 'fast-check';
import { holds, holdsWithin } from './property.js';

describe('a property', () => {
  it('fails for an input that violates it', () => {
    expect(() => holds(fc.property(fc.nat(), (value) => value < 1))).to.throw(/Counterexample: \[1\]/);
  });

  it('fails if it exceeds its time', () => {
    let seen = 0;
    const slow = fc.property(fc.nat(), () => {
      seen += 1;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    });
    expect(() => holdsWithin(slow, 10)).to.throw(/interrupted/);
    expect(seen).to.be.lessThan(60);
  });
});
