import { expect } from 'chai';
import { channelState, isConnected, xenbusState } from '../../lib/realize/xenbus-state.js';

describe('the state of a channel', () => {
  it('is parsed from its number', () => {
    expect(['0', '1', '2', '3', '4', '5', '6', '7', '8'].map(xenbusState)).to.deep.equal([
      ...['unknown', 'initialising', 'init-wait', 'initialised', 'connected'],
      ...['closing', 'closed', 'reconfiguring', 'reconfigured'],
    ]);
    expect(xenbusState(undefined)).to.equal('absent');
  });

  it('is unknown for any other value that a guest writes', () => {
    for (const value of ['', '9', '44', ' 4', '4\n', '-1', 'NaN', 'constructor']) {
      expect(xenbusState(value), JSON.stringify(value)).to.equal('unknown');
    }
  });

  it('is connected when both ends are', () => {
    expect(isConnected({ frontendState: 'connected', backendState: 'connected' })).to.equal(true);
    expect(isConnected({ frontendState: 'connected', backendState: 'init-wait' })).to.equal(false);
  });

  it('is printed as a word', () => {
    expect(channelState({ frontendState: 'connected', backendState: 'connected' })).to.equal('connected');
    expect(channelState({ frontendState: 'initialising', backendState: 'init-wait' })).to.equal('waiting');
    expect(channelState({ frontendState: 'connected', backendState: 'closing' })).to.equal('closed');
    expect(channelState({ frontendState: 'absent', backendState: 'connected' })).to.equal('closed');
  });
});
