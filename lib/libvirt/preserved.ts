import type { XmlDescriptor } from './descriptor.js';
import { stubdomainRule, stubdomainSettings } from './stubdomain.js';

/**
 * What no other descriptor reads; it is last in the list. It is written around the others: preserved settings in
 * <metadata>, pieces of XML at their locations (fragments.ts).
 */
export const preserved: XmlDescriptor<'preserved'> = {
  field: 'preserved',
  read: (reader) => ({
    settings: [...reader.preserved.settings, ...stubdomainSettings(reader)],
    fragments: reader.unread(),
  }),
  write: () => [],
  adapt: [stubdomainRule],
};
