import { expect } from 'chai';
import { inOneWord, isConnected, xenbusState } from '../../lib/realize/xenbus-state.js';

describe('the state of a channel', () => {
  it('is read by its number', () => {
    expect(['0', '1', '2', '3', '4', '5', '6', '7', '8'].map(xenbusState)).to.deep.equal([
      ...['unknown', 'initialising', 'init-wait', 'initialised', 'connected'],
      ...['closing', 'closed', 'reconfiguring', 'reconfigured'],
    ]);
    expect(xenbusState(undefined)).to.equal('absent');
  });

  it('is unknown, whatever else a guest writes', () => {
    for (const value of ['', '9', '44', ' 4', '4\n', '-1', 'NaN', 'constructor']) {
      expect(xenbusState(value), JSON.stringify(value)).to.equal('unknown');
    }
  });

  it('is connected when both ends are', () => {
    expect(isConnected({ frontend: 'connected', backend: 'connected' })).to.equal(true);
    expect(isConnected({ frontend: 'connected', backend: 'init-wait' })).to.equal(false);
  });

  it('is told in a word', () => {
    expect(inOneWord({ frontend: 'connected', backend: 'connected' })).to.equal('connected');
    expect(inOneWord({ frontend: 'initialising', backend: 'init-wait' })).to.equal('waiting');
    expect(inOneWord({ frontend: 'connected', backend: 'closing' })).to.equal('closed');
    expect(inOneWord({ frontend: 'absent', backend: 'connected' })).to.equal('closed');
  });
});
