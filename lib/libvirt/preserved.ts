import type { XmlDescriptor } from './descriptor.js';

/**
 * What no other descriptor reads; it is last in the list. It is written around the others: preserved settings in
 * <metadata>, pieces of XML at their locations (fragments.ts).
 */
export const preserved: XmlDescriptor<'preserved'> = {
  field: 'preserved',
  read: ({ preserved, unread }) => ({ settings: preserved.settings, fragments: unread() }),
  write: () => [],
};
