import { RealizeError } from '../error.js';
import { servedByDriverDomain } from '../served-by.js';
import type { Backend } from './backend.js';

/**
 * A console backend in another domain. It requires only the keys, which attach writes: it serves the channels that
 * name its domain (`backend=`), whatever backend serves the others.
 */
export const driverDomainBackend: Backend = {
  ...servedByDriverDomain,
  domidFor: () =>
    Promise.reject(
      new RealizeError(
        'backend',
        "backend driver-domain requires channels with a backend domain; write 'backend=DOMAIN'",
      ),
    ),
  open: () =>
    Promise.resolve({
      look: (channels) =>
        Promise.resolve({ working: new Map(channels.map(({ devid }) => [devid, {}])), isServed: true }),
      make: () => Promise.resolve(),
      remove: () => Promise.resolve(),
      finish: () => Promise.resolve(),
    }),
};
